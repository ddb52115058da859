/* Outputs that are made in memory. */
#ifndef CD_CMD_WHOLE_H
#define CD_CMD_WHOLE_H

#include <stddef.h>
#include <stdio.h>

/* A stream that is written to memory. */
struct cd_memory {
	FILE *f;
	char *data; /* after cd_memory_close: size bytes; free() it */
	size_t size;
};

/* The struct must stay in place until it is closed. Die (cd_die) where memory
 * runs out. */
void cd_memory_open(struct cd_memory *);
void cd_memory_close(struct cd_memory *);

/* Writes n bytes to path, a file that is whole or not there (cd_log_open), or
 * to standard output where path is NULL. Dies (cd_die) where that fails. */
void cd_write_whole(const char *path, const void *, size_t n);

#endif
