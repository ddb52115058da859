#include "base/arena.h"

#include <stdint.h>

#include "base/num.h"

void *
cd_arena_take(struct cd_arena *a, size_t n, size_t size)
{
	size_t bytes, at = a->used;

	/* one extra cache line, so that buffers of a power of two do not all
	 * start in the same cache set */
	if (!cd_mul(n, size, &bytes) || bytes > SIZE_MAX / 4 - a->used)
		a->overflow = true;
	else
		a->used += cd_round_up(bytes, 64) + 64;
	return a->base ? a->base + at : NULL;
}

float *
cd_arena_floats(struct cd_arena *a, size_t n, size_t m)
{
	size_t all;

	if (!cd_mul(n, m, &all)) {
		a->overflow = true;
		return NULL;
	}
	return cd_arena_take(a, all, sizeof(float));
}
