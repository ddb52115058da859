/* Logs of what was drawn at random: their files, and lines cut at tabs. */
#ifndef CD_BASE_LOG_H
#define CD_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/save.h"

/* Opens a log for reading; *hash is the 64-bit FNV-1a hash of all its bytes,
 * for which the file is read once. What cannot be read twice, such as a pipe,
 * is copied to an unnamed temporary file. NULL: an error, which names the
 * path. */
FILE *cd_log_reopen(const char *path, uint64_t *hash, struct cd_err *);

/* A log being written; f is NULL when there is none. */
struct cd_log {
	FILE *f;
	const char *path;
	bool saved; /* written through save */
	struct cd_save save;
};

/* Opens a log as cd_save_open does, except that a terminal is allowed. The
 * struct and path must stay in place until the commit. Errors name the path,
 * here and below. */
int cd_log_open(struct cd_log *, const char *path,
    struct cd_err *) CD_MUST_CHECK;
/* Closes the log; a file gets its own name, or is removed on an error. */
int cd_log_commit(struct cd_log *, struct cd_err *) CD_MUST_CHECK;

/* Copies a line to copy, of room bytes, cut into n columns at its tabs. */
int cd_log_columns(const char *line, char *copy, size_t room, char **at, int n,
    struct cd_err *) CD_MUST_CHECK;

/* A column that is an integer in [min, max]. */
int cd_log_whole(const char *s, int64_t min, int64_t max, int *out,
    struct cd_err *) CD_MUST_CHECK;

#endif
