/* Locks: of two programs that would rewrite one file, the second is refused. */
#ifndef CD_BASE_LOCK_H
#define CD_BASE_LOCK_H

#include "base/err.h"

/* Keeps path (symbolic links followed) for this process until it ends: a locked
 * file ".NAME.lock" beside it, which is removed when the program exits. One
 * that was left by a process that was killed is not locked, and taken over.
 * Held by another process, after a wait of 2 s for one that is just ending: an
 * error that tells its number. What exists and is no regular file is not
 * locked, nor is anything where the file system has no locks. Errors name path.
 */
int cd_lock(const char *path, struct cd_err *) CD_MUST_CHECK;

#endif
