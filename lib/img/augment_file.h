/* The files that logs (img/augment_log.h) are read from and written to. */
#ifndef CD_IMG_AUGMENT_FILE_H
#define CD_IMG_AUGMENT_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/save.h"

/* Opens a file for reading, having read it once: *hash is the FNV-1a hash, 64
 * bits, of all its bytes. What cannot be read twice, such as a pipe, is copied
 * to a temporary file without a name. NULL: an error, which names the path. */
FILE *cd_augment_open_log(const char *path, uint64_t *hash, struct cd_err *);

/* A log being written; f NULL: none. */
struct cd_augment_file {
	FILE *f;
	const char *path;
	bool saved; /* through save */
	struct cd_save save;
};

/* Begins a log as cd_save_open does: under a temporary name, or as it comes.
 * But a terminal will do. The struct and path must stay where they are. Errors
 * name the path, here and below. */
int cd_augment_file_open(struct cd_augment_file *, const char *path,
    struct cd_err *) CD_MUST_CHECK;
/* Closes it; a file, whole, gets its own name. On an error it is gone. */
int cd_augment_file_commit(struct cd_augment_file *,
    struct cd_err *) CD_MUST_CHECK;

#endif
