/* Writing an output that lies in memory. */
#ifndef CD_CMD_WHOLE_H
#define CD_CMD_WHOLE_H

#include <stddef.h>

/* Writes n bytes to path, a file that is whole or not there (cd_log_open), or
 * to standard output where path is NULL. Dies (cd_die) where that fails. */
void cd_write_whole(const char *path, const void *, size_t n);

#endif
