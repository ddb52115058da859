/* Which file a name leads to. */
#ifndef CD_BASE_NODE_H
#define CD_BASE_NODE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* A file as the system knows it: by device and inode or, where it has yet to be
 * made, by those of its folder and its name there. */
struct cd_node {
	bool known;
	bool shared; /* neither a regular file nor a pipe: /dev/null, say, may
		      * be used for several things at once */
	dev_t dev;
	ino_t ino;
	char name[NAME_MAX + 1]; /* "": the file exists */
};

/* The file that path leads to, symbolic links followed; not known where that
 * cannot be found out: opening it will tell. */
void cd_node_find(struct cd_node *, const char *path);
void cd_node_of(struct cd_node *, int fd);

/* Are the two known, and one file that is not shared? Hard links are one file.
 */
bool cd_node_same(const struct cd_node *, const struct cd_node *);

/* The path that a symbolic link at the end of path leads to, or a copy of path;
 * free() it. The file need not exist. NULL: a loop of links, out of memory. */
char *cd_follow(const char *path, struct cd_err *);

/* The folder of path, "." where it names none; free() it. NULL: out of memory.
 */
char *cd_folder_of(const char *path, struct cd_err *);

#endif
