#define _GNU_SOURCE /* mkostemp */
#include "base/save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/node.h"
#include "base/num.h"

/* The signals that end a program from outside, except SIGKILL; and SIGPIPE,
 * because another output may be a pipe. */
static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM,
	SIGXCPU, SIGXFSZ };
enum {
	ENDING = sizeof ending / sizeof ending[0],
};

/* The outputs with a temporary file. Signal handlers read the list: each change
 * is one pointer store, and an element is freed only after its removal. */
static struct cd_save *volatile open_saves;
static pthread_t owner; /* of the list */

static void
remove_all(void)
{
	const struct cd_save *s;

	for (s = open_saves; s; s = s->next)
		unlink(s->temporary);
}

static void
on_signal(int sig)
{
	/* in another thread the list could be in the middle of a change */
	if (!pthread_equal(pthread_self(), owner)) {
		pthread_kill(owner, sig);
		return;
	}
	remove_all();
	/* delivered when this handler returns, which unblocks the signal */
	signal(sig, SIG_DFL);
	raise(sig);
}

/* Leaves signals alone that are ignored (nohup) or caught by the command
 * (base/stop.h). */
static void
catch_ending(void)
{
	struct sigaction old, a;
	int i;

	memset(&a, 0, sizeof a);
	a.sa_handler = on_signal;
	a.sa_flags = SA_RESTART;
	sigemptyset(&a.sa_mask);
	for (i = 0; i < ENDING; i++)
		sigaddset(&a.sa_mask, ending[i]);
	for (i = 0; i < ENDING; i++)
		if (sigaction(ending[i], NULL, &old) == 0 &&
		    !(old.sa_flags & SA_SIGINFO) && old.sa_handler == SIG_DFL)
			sigaction(ending[i], &a, NULL);
}

static void
enlist(struct cd_save *s)
{
	static bool registered;

	if (!registered && atexit(remove_all) == 0)
		registered = true;
	s->next = open_saves;
	open_saves = s;
}

static void
delist(const struct cd_save *s)
{
	struct cd_save *volatile *p;

	for (p = &open_saves; *p; p = &(*p)->next)
		if (*p == s) {
			*p = s->next;
			return;
		}
}

/* Signals are blocked: a handler always finds the new file in the list. */
static int
create(struct cd_save *s)
{
	sigset_t block, before;
	int i, saved;

	owner = pthread_self();
	catch_ending();
	sigemptyset(&block);
	for (i = 0; i < ENDING; i++)
		sigaddset(&block, ending[i]);
	pthread_sigmask(SIG_BLOCK, &block, &before);
	s->fd = mkostemp(s->temporary, O_CLOEXEC);
	saved = errno;
	if (s->fd >= 0)
		enlist(s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return s->fd;
}

static void
free_names(struct cd_save *s)
{
	free(s->temporary);
	free(s->final);
	s->temporary = s->final = NULL;
}

/* The names of the file that path leads to, beside which the new one is
 * written. */
static int
find_names(struct cd_save *s, const char *path, struct cd_err *e)
{
	static const char suffix[] = ".tmpXXXXXX";
	size_t n;

	s->final = cd_follow(path, e);
	if (!s->final)
		return -1;
	n = strlen(s->final);
	s->temporary = cd_calloc(n + sizeof suffix, 1, e);
	if (!s->temporary) {
		free_names(s);
		return -1;
	}
	memcpy(s->temporary, s->final, n);
	memcpy(s->temporary + n, suffix, sizeof suffix);
	return 0;
}

/* Of a file that is replaced the permissions are kept, but neither its owner
 * nor what gives rights to its name: set-user-ID, set-group-ID, sticky. */
static int
open_temporary(struct cd_save *s, const char *path, const struct stat *old,
    struct cd_err *e)
{
	mode_t mask;

	if (find_names(s, path, e) < 0)
		return -1;
	if (create(s) < 0) {
		cd_fail_errno(e, "%s", path);
		free_names(s);
		return -1;
	}
	mask = umask(0);
	umask(mask);
	if (fchmod(s->fd, old ? old->st_mode & 0777 : 0666 & ~mask) < 0) {
		cd_fail_errno(e, "%s", path);
		cd_save_abandon(s);
		return -1;
	}
	return 0;
}

/* The descriptor that path names; -1: none. */
static int
descriptor(const char *path)
{
	static const char *const folder[] = { "/dev/fd/", "/proc/self/fd/" };
	int64_t n;
	size_t i, len;

	if (strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (i = 0; i < 2; i++) {
		len = strlen(folder[i]);
		if (strncmp(path, folder[i], len) == 0 &&
		    cd_parse_int(path + len, 0, INT_MAX, &n, NULL) == 0)
			return (int)n;
	}
	return -1;
}

static bool
is_writable(int fd, const char *name, struct cd_err *e)
{
	int flags = fcntl(fd, F_GETFL);

	/* if standard output was closed, an input may have got its number */
	if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY) {
		flags = -1;
		errno = EBADF;
	}
	if (flags < 0)
		cd_fail_errno(e, "%s", name);
	else if (isatty(fd))
		cd_fail(e,
		    "%s is a terminal: redirect it or name a file with -o",
		    name);
	else
		return true;
	return false;
}

int
cd_save_open(struct cd_save *s, const char *path, struct cd_err *e)
{
	int n = path ? descriptor(path) : -1;
	struct stat st;
	bool exists;

	memset(s, 0, sizeof *s);
	s->name = path ? path : "standard output";
	s->fd = -1;
	if (!path) {
		s->fd = STDOUT_FILENO;
	} else if (n >= 0) {
		s->fd = fcntl(n, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	} else {
		exists = stat(path, &st) == 0;
		if (!exists || S_ISREG(st.st_mode))
			return open_temporary(s, path, exists ? &st : NULL, e);
		do
			s->fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
		while (s->fd < 0 && errno == EINTR);
	}
	if (s->fd >= 0 && is_writable(s->fd, s->name, e))
		return 0;
	if (s->fd < 0)
		cd_fail_errno(e, "%s", s->name);
	else if (path)
		close(s->fd);
	s->fd = -1;
	return -1;
}

/* Makes the rename durable. Best effort: not every file system can sync a
 * directory. */
static void
sync_directory(const char *path)
{
	char *dir = cd_folder_of(path, NULL);
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	free(dir);
	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

/* fresh: a file that is there is not replaced, nothing is synced. */
static int
commit(struct cd_save *s, bool fresh, struct cd_err *e)
{
	int fd = s->fd;

	while (s->temporary && !fresh && fsync(fd) < 0)
		if (errno != EINTR)
			return cd_fail_errno(e, "%s: sync", s->name);
	s->fd = -1;
	/* close() frees the descriptor even on EINTR (Linux) */
	if (close(fd) < 0 && errno != EINTR)
		return cd_fail_errno(e, "%s: close", s->name);
	if (!s->temporary)
		return 0;
	/* the temporary name goes when the output is abandoned */
	if (fresh)
		return link(s->temporary, s->final) < 0 ?
		    cd_fail_errno(e, "%s", s->name) :
		    0;
	if (rename(s->temporary, s->final) < 0)
		return cd_fail_errno(e, "%s: rename", s->name);
	delist(s);
	sync_directory(s->final);
	free_names(s);
	return 0;
}

int
cd_save_commit(struct cd_save *s, struct cd_err *e)
{
	int rc = commit(s, false, e);

	cd_save_abandon(s);
	return rc;
}

int
cd_save_commit_new(struct cd_save *s, struct cd_err *e)
{
	int rc = commit(s, true, e);

	cd_save_abandon(s);
	return rc;
}

void
cd_save_abandon(struct cd_save *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	if (!s->temporary)
		return;
	unlink(s->temporary);
	delist(s);
	free_names(s);
}
