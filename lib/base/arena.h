/* A bump allocator over one block. The same code runs twice: with base NULL to
 * count bytes, then with a block of that size. */
#ifndef CD_BASE_ARENA_H
#define CD_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct cd_arena {
	unsigned char *base; /* 64-byte aligned, or NULL */
	size_t used;	     /* bytes */
	bool overflow;	     /* the total does not fit the address space */
};

/* n elements of size bytes, 64-byte aligned, uninitialised; NULL while
 * counting. */
void *cd_arena_take(struct cd_arena *, size_t n, size_t size);
/* n * m floats, likewise. */
float *cd_arena_floats(struct cd_arena *, size_t n, size_t m);

#endif
