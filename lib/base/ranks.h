/* Ranks: processes, maybe on several machines, that compute one thing together.
 * How they reach each other is the program's matter; the library knows this
 * alone. All ranks call the same functions in the same order. */
#ifndef CD_BASE_RANKS_H
#define CD_BASE_RANKS_H

#include <stdbool.h>
#include <stddef.h>

struct cd_ranks {
	int rank; /* 0 to n-1 */
	int n;	  /* a power of two */

	/* Sends nout bytes to another rank, which does the same, and receives
	 * nin of it. Does not return where that fails. */
	void (*swap)(const struct cd_ranks *, int with, const void *out,
	    size_t nout, void *in, size_t nin);
	/* Called by all, one after the other's last swap, before they end: one
	 * that ends without it ends all. For programs. */
	void (*end)(void);
};

enum {
	CD_RANKS_MAX = 16,
};

/* Each rank has bytes at[rank] to at[rank+1]-1 of x, and gets the others'
 * there. at: [n+1], rising, the same on all ranks. */
void cd_ranks_gather(const struct cd_ranks *, void *x, const size_t *at);

/* x of rank 0, n bytes, on all ranks. */
void cd_ranks_share(const struct cd_ranks *, void *x, size_t n);

#endif
