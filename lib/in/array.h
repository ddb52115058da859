/* Arrays in files of other formats: NumPy's NPY and NPZ, and safetensors. What
 * such a file says is not believed: sizes are checked before memory is taken,
 * and room is made as bytes arrive. */
#ifndef CD_IN_ARRAY_H
#define CD_IN_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

enum {
	CD_ARRAY_RANK = 8,	   /* most dimensions */
	CD_ARRAY_NAME = 255,	   /* most bytes of a name */
	CD_ARRAY_TEXT = 192,	   /* bytes that any cd_array_text fits in */
	CD_ARRAY_HEADER = 4 << 20, /* most bytes of a safetensors header */
	CD_NPY_HEADER = 64 << 10,  /* and of one of NPY */
};

/* An array, its numbers little-endian. */
struct cd_array {
	char name[CD_ARRAY_NAME + 1]; /* "" in a plain NPY file */
	char kind;    /* NumPy's: u i f b (bool) S (bytes) U (UCS-4); V: bf16 */
	size_t size;  /* bytes an element; 0 only of S and U */
	bool fortran; /* the first dimension runs fastest, not the last */
	int rank;     /* 0: one element */
	uint64_t dim[CD_ARRAY_RANK];
	size_t n;     /* elements */
	size_t bytes; /* of all of them */
};

struct cd_arrays; /* a file of arrays, being read */

/* Opens the file; path NULL: standard input. Its first bytes tell what it is;
 * an NPZ archive must be a file, the others may come through a pipe. Errors of
 * all functions name the file. path must last. */
int cd_arrays_open(struct cd_arrays **, const char *path,
    struct cd_err *) CD_MUST_CHECK;
/* Is it a plain NPY file: one array, without a name? */
bool cd_arrays_is_plain(const struct cd_arrays *);
/* 1: *array is the next, valid until the next call; 0: there are no more; < 0:
 * an error. Where the array before was read to its end, checks that it ends
 * there and, in an archive, its CRC: so who wants to be sure calls it until it
 * gives 0. */
int cd_arrays_next(struct cd_arrays *, const struct cd_array **,
    struct cd_err *) CD_MUST_CHECK;
/* The next n bytes of the array; there must be as many. */
int cd_arrays_read(struct cd_arrays *, void *, size_t n,
    struct cd_err *) CD_MUST_CHECK;
/* All bytes of the array, if no more than most, in b, whose content goes. */
int cd_arrays_load(struct cd_arrays *, struct cd_buf *b, size_t most,
    struct cd_err *) CD_MUST_CHECK;
/* Begins with the first array again; the file must be a regular one. */
int cd_arrays_rewind(struct cd_arrays *, struct cd_err *) CD_MUST_CHECK;
/* Prefixes the message with "FILE: 'ARRAY': ". Returns -1. */
int cd_arrays_blame(const struct cd_arrays *, struct cd_err *);
const char *cd_arrays_name(const struct cd_arrays *); /* of the file */
void cd_arrays_close(struct cd_arrays *);

/* "f4 [3,3,16]" for messages; "bf16", too. Returns buf. */
char *cd_array_text(const struct cd_array *, char buf[CD_ARRAY_TEXT]);

/* Fills n and bytes of what the rest says; an error where they overflow. */
int cd_array_measure(struct cd_array *, struct cd_err *) CD_MUST_CHECK;

#endif
