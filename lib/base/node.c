#include "base/node.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	LINKS_MAX = 40, /* as Linux follows */
};

/* Bytes of path up to its last slash, that included. */
static size_t
folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

char *
cd_folder_of(const char *path, struct cd_err *e)
{
	size_t n = folder_length(path);

	return cd_copy_text(n ? path : ".", n ? n : 1, e);
}

/* What the link at path says, as a path from where we are. */
static char *
read_link(const char *path, struct cd_err *e)
{
	char to[PATH_MAX];
	ssize_t n = readlink(path, to, sizeof to);
	size_t folder;
	char *next;

	if (n < 0 || (size_t)n >= sizeof to) {
		errno = n < 0 ? errno : ENAMETOOLONG;
		cd_fail_errno(e, "%s", path);
		return NULL;
	}
	folder = to[0] == '/' ? 0 : folder_length(path);
	next = cd_calloc(folder + (size_t)n + 1, 1, e);
	if (!next)
		return NULL;
	memcpy(next, path, folder);
	memcpy(next + folder, to, (size_t)n);
	return next;
}

char *
cd_follow(const char *path, struct cd_err *e)
{
	char *at = cd_copy_text(path, strlen(path), e), *next;
	struct stat st;
	int i;

	for (i = 0; at && lstat(at, &st) == 0 && S_ISLNK(st.st_mode); i++) {
		next = NULL;
		errno = ELOOP;
		if (i == LINKS_MAX)
			cd_fail_errno(e, "%s", path);
		else
			next = read_link(at, e);
		free(at);
		at = next;
	}
	return at;
}

static void
take(struct cd_node *n, const struct stat *st)
{
	n->known = true;
	n->shared = !S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode);
	n->dev = st->st_dev;
	n->ino = st->st_ino;
	n->name[0] = '\0';
}

void
cd_node_of(struct cd_node *n, int fd)
{
	struct stat st;

	n->known = false;
	if (fstat(fd, &st) == 0)
		take(n, &st);
}

void
cd_node_find(struct cd_node *n, const char *path)
{
	char *end = NULL, *folder = NULL;
	const char *name;
	struct stat st;

	n->known = false;
	if (stat(path, &st) == 0) {
		take(n, &st);
		return;
	}
	end = cd_follow(path, NULL);
	folder = end ? cd_folder_of(end, NULL) : NULL;
	name = end ? end + folder_length(end) : "";
	if (folder && stat(folder, &st) == 0 && *name &&
	    strlen(name) < sizeof n->name) {
		take(n, &st);
		n->shared = false;
		snprintf(n->name, sizeof n->name, "%s", name);
	}
	free(folder);
	free(end);
}

bool
cd_node_same(const struct cd_node *a, const struct cd_node *b)
{
	return a->known && b->known && !a->shared && a->dev == b->dev &&
	    a->ino == b->ino && strcmp(a->name, b->name) == 0;
}
