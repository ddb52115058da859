/* Outputs: regular files that appear under their name only when complete, and
 * streams that are written directly. */
#ifndef CD_BASE_SAVE_H
#define CD_BASE_SAVE_H

#include "base/err.h"

struct cd_save {
	const char *name; /* for messages: the path, or "standard output" */
	int fd;		  /* write here */
	char *temporary;  /* its path; NULL: written directly */
	char *final;	  /* the path that it gets, links followed */
	struct cd_save *volatile next; /* in the list of temporary files */
};

/* Opens an output. path NULL: standard output. /dev/fd/N, /proc/self/fd/N,
 * /dev/stdout and /dev/stderr: a duplicate of that descriptor, not truncated.
 * Any other path that does not exist or is a regular file is written under a
 * temporary name in the same directory, with the permissions (0777) of the file
 * it replaces or those of a plain open; the owner is who runs the program. A
 * symbolic link stays, and what it leads to is replaced. The rest (a FIFO, a
 * device) is opened for writing. A terminal is an error.
 *
 * Until the commit the temporary file is removed when the program exits, and
 * when SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGXCPU or SIGXFSZ ends it:
 * for those that have their default action, a handler is installed that removes
 * the file and then lets the signal end the program.
 * One thread must open and close all outputs of a program. The struct and path
 * must stay in place until commit or abandon. On failure nothing is open. */
int cd_save_open(struct cd_save *, const char *path,
    struct cd_err *) CD_MUST_CHECK;
/* Closes the output; a file is synced and renamed into place. On failure the
 * output is abandoned. */
int cd_save_commit(struct cd_save *, struct cd_err *) CD_MUST_CHECK;
/* The same of one of many files, which can be made again: an error where a file
 * of its name is there by now, which stays; and it is not synced. */
int cd_save_commit_new(struct cd_save *, struct cd_err *) CD_MUST_CHECK;
/* Closes the output and removes the temporary file; no-op after a commit. */
void cd_save_abandon(struct cd_save *);

#endif
