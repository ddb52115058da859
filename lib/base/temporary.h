/* Temporary files without a name. */
#ifndef CD_BASE_TEMPORARY_H
#define CD_BASE_TEMPORARY_H

#include "base/err.h"

/* A descriptor, for reading and writing, of a new file in the folder for
 * temporary files; nothing of it is left when it is closed. < 0: an error,
 * which names the folder. */
int cd_temporary(struct cd_err *) CD_MUST_CHECK;

/* Makes e the error of a temporary file that could not be written or read, for
 * the reason errno; it names the folder, and how to choose another. Returns
 * -1. */
int cd_temporary_fail(struct cd_err *e);

#endif
