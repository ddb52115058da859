/* The bytes of the operands, in order, read ahead so that a record costs about
 * one system call. Private to lib/rec. */
#ifndef CD_REC_INPUT_H
#define CD_REC_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct cd_source {
	const char *name; /* for messages */
	int fd;
	bool regular, piped; /* piped: a pipe or a socket */
	uint64_t base;	     /* file offset at which the stream begins */
};

struct cd_input {
	struct cd_source *src;
	int nsrc, cur;
	uint64_t offset; /* of the next byte, from the source's base */
	double waited;	 /* seconds in reading */
	unsigned char *ahead;
	size_t pos, len, ahead_size;
};

/* Opens all n paths (n = 0: standard input). The caller must call
 * cd_input_close on failure too. */
int cd_input_open(struct cd_input *, char *const *paths, int n,
    struct cd_err *) CD_MUST_CHECK;
/* Reads n bytes; fewer only at the end of the file. < 0: an I/O error, or
 * stopped (base/stop.h) while waiting. */
int64_t cd_input_get(struct cd_input *, void *to, size_t n,
    struct cd_err *) CD_MUST_CHECK;
/* Reads exactly n bytes; fewer are an error that names them by `what`. */
int cd_input_need(struct cd_input *, void *to, size_t n, const char *what,
    struct cd_err *) CD_MUST_CHECK;
/* The error of a stream that ends `got` bytes into something of that size. */
int cd_input_cut(const struct cd_input *, uint64_t got, const char *what,
    uint64_t of, struct cd_err *);
/* Skips n bytes of a regular file; does not detect its end. */
int cd_input_skip(struct cd_input *, uint64_t n, struct cd_err *) CD_MUST_CHECK;
/* Seeks in a regular file; from now on less is read ahead. */
int cd_input_seek(struct cd_input *, int file, uint64_t offset,
    struct cd_err *) CD_MUST_CHECK;
/* Moves on to the next operand; false: there is none. */
bool cd_input_next_source(struct cd_input *);
void cd_input_close(struct cd_input *);

#endif
