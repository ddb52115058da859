/* Outputs: a file that is whole under its name or is not there, or what is
 * written as it comes. */
#ifndef CD_BASE_SAVE_H
#define CD_BASE_SAVE_H

#include <stdbool.h>

#include "base/err.h"

struct cd_save {
	const char *name; /* for messages: the path, or "standard output" */
	int fd;		  /* to be written to */
	char *temporary;  /* NULL: written as it comes */
	struct cd_save *volatile next; /* of those with a temporary file */
};

/* Opens an output. path NULL: standard output. /dev/fd/N, /proc/self/fd/N,
 * /dev/stdout and /dev/stderr are that descriptor, duplicated: what others
 * wrote to it stays. Any other path that is absent or a regular file is
 * written under a temporary name beside it, with the mode that a plain open
 * would have given or that of the file it replaces. The rest (a FIFO, a
 * device) is opened for writing. A terminal is an error.
 *
 * Until the commit the temporary file is removed when the program exits, and
 * when SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGXCPU or SIGXFSZ ends it:
 * where one of these has its default action, a handler is installed that
 * removes the file and then lets the signal end the program.
 *
 * All outputs of a program are opened and closed by one thread. The struct
 * stays where it is, and path too, until commit or abandon. On failure nothing
 * is open. */
int cd_save_open(struct cd_save *, const char *path,
    struct cd_err *) CD_MUST_CHECK;
/* Closes it; a file is synced and gets its own name. On failure it is as if
 * abandoned. */
int cd_save_commit(struct cd_save *, struct cd_err *) CD_MUST_CHECK;
/* Closes it and removes the temporary file; nothing after a commit. */
void cd_save_abandon(struct cd_save *);

/* Do two paths name one output? False where that cannot be known: opening
 * will tell why. */
bool cd_save_same(const char *, const char *);

#endif
