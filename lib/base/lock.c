#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/node.h"

enum {
	TRIES = 100,  /* at a file that others remove meanwhile */
	PATIENCE = 2, /* seconds, for one that was stopped and is saving */
};

struct lock {
	char *path;
	int fd;
	pid_t owner; /* a child that exits keeps its hands off */
	struct lock *next;
};

static struct lock *held;

static void
remove_all(void)
{
	const struct lock *l;

	for (l = held; l; l = l->next)
		if (l->owner == getpid())
			unlink(l->path);
}

/* "DIR/.NAME.lock" of DIR/NAME, links followed. */
static char *
lock_name(const char *path, struct cd_err *e)
{
	char *end = cd_follow(path, e), *folder, *name = NULL;
	const char *slash;
	size_t room;

	folder = end ? cd_folder_of(end, e) : NULL;
	if (folder) {
		slash = strrchr(end, '/');
		room = strlen(folder) + strlen(end) + sizeof "/..lock";
		name = cd_calloc(room, 1, e);
		if (name)
			snprintf(name, room, "%s/.%s.lock", folder,
			    slash ? slash + 1 : end);
	}
	free(folder);
	free(end);
	return name;
}

/* 1: locked; 0: *by has it; < 0: errno says why not. */
static int
try(int fd, pid_t *by)
{
	struct flock f = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	while (fcntl(fd, F_SETLK, &f) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EACCES && errno != EAGAIN)
			return -1;
		if (fcntl(fd, F_GETLK, &f) < 0)
			return -1;
		if (f.l_type != F_UNLCK) {
			*by = f.l_pid;
			return 0;
		}
		f = (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
	}
	return 1;
}

/* Is the file that was locked still the one of that name? Who held it before
 * may have removed it meanwhile. */
static int
is_current(int fd, const char *path)
{
	struct cd_node a, b;

	cd_node_of(&a, fd);
	cd_node_find(&b, path);
	return cd_node_same(&a, &b);
}

/* Opens and locks l->path; results as of try. */
static int
acquire(struct lock *l, pid_t *by)
{
	int got, why, i;

	for (i = 0; i < TRIES; i++) {
		do
			l->fd = open(l->path, O_RDWR | O_CREAT | O_CLOEXEC,
			    0666);
		while (l->fd < 0 && errno == EINTR);
		if (l->fd < 0)
			return -1;
		got = try(l->fd, by);
		if (got == 1 && is_current(l->fd, l->path))
			return 1;
		why = errno;
		close(l->fd);
		errno = why;
		if (got != 1)
			return got;
	}
	errno = EAGAIN;
	return -1;
}

/* 1: l is held; 0: it cannot be, but need not; < 0: an error. */
static int
hold(struct lock *l, const char *path, struct cd_err *e)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
	double until = cd_seconds() + PATIENCE;
	pid_t by = 0;
	int got;

	while ((got = acquire(l, &by)) == 0 && cd_seconds() < until)
		nanosleep(&pause, NULL);
	if (got == 0)
		return cd_fail(e, "%s: process %ld is at work on it", path,
		    (long)by);
	if (got < 0 && (errno == ENOLCK || errno == ENOTSUP)) {
		unlink(l->path);
		return 0;
	}
	if (got < 0)
		return cd_fail_errno(e, "%s: lock", path);
	if (!held && atexit(remove_all) != 0) {
		unlink(l->path);
		close(l->fd);
		return cd_fail(e, "%s: lock: out of memory", path);
	}
	return 1;
}

int
cd_lock(const char *path, struct cd_err *e)
{
	struct stat st;
	struct lock *l;
	int got = -1;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return 0;
	l = cd_calloc(1, sizeof *l, e);
	if (!l)
		return -1;
	l->path = lock_name(path, e);
	if (l->path)
		got = hold(l, path, e);
	if (got == 1) {
		l->owner = getpid();
		l->next = held;
		held = l;
		return 0;
	}
	free(l->path);
	free(l);
	return got;
}
