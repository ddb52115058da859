/* One stretch of memory, handed out in pieces. The same code runs twice: with
 * base NULL, to count, and with memory of that size, to hand out. */
#ifndef CD_BASE_ARENA_H
#define CD_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct cd_arena {
	unsigned char *base; /* 64-byte aligned, or NULL */
	size_t used;	     /* bytes */
	bool overflow;	     /* more was asked for than can be addressed */
};

/* n things of size bytes, 64-byte aligned, not initialised; NULL while
 * counting. */
void *cd_arena_take(struct cd_arena *, size_t n, size_t size);
/* n times m floats, likewise. */
float *cd_arena_floats(struct cd_arena *, size_t n, size_t m);

#endif
