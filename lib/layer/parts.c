#include "layer/parts.h"

#include "kern/elem.h"

enum {
	NEAR = 1 << 10, /* floats of a row that are added before the next, and
			 * so stay in the cache */
	RANKS_LOG = 4,	/* of CD_RANKS_MAX */
};

void
cd_tree_add(float *x, size_t stride, int n, size_t count)
{
	size_t at, some;
	int row, step;

	for (at = 0; at < count; at += some) {
		some = count - at < NEAR ? count - at : NEAR;
		for (step = 1; step < n; step *= 2)
			for (row = 0; row < n; row += 2 * step)
				cd_add(some, x + (row + step) * stride + at,
				    x + row * stride + at);
	}
}

void
cd_tree_add_doubles(double *x, int n, size_t count)
{
	int row, step;
	size_t i;

	for (step = 1; step < n; step *= 2)
		for (row = 0; row < n; row += 2 * step)
			for (i = 0; i < count; i++)
				x[row * count + i] += x[(row + step) * count +
				    i];
}

/* By halves: each rank adds a share of the elements, then all get the others'
 * shares. Rabenseifner, "Optimization of collective reduction operations",
 * 2004, but nearest ranks first, for the shape of the tree. */
void
cd_ranks_sum(const struct cd_ranks *r, float *x, float *scratch, size_t count)
{
	struct {
		size_t from, n;
	} kept, sent[RANKS_LOG];
	int d, k = 0;
	size_t low;

	kept.from = 0;
	kept.n = count;
	for (d = 1; d < r->n; d *= 2, k++) {
		low = kept.n / 2;
		sent[k] = kept;
		if (r->rank & d) {
			sent[k].n = low;
			kept.from += low;
			kept.n -= low;
		} else {
			sent[k].from += low;
			sent[k].n -= low;
			kept.n = low;
		}
		r->swap(r, r->rank ^ d, x + sent[k].from, sent[k].n * sizeof *x,
		    scratch, kept.n * sizeof *x);
		cd_add(kept.n, scratch, x + kept.from);
	}
	while (k-- > 0) {
		d /= 2;
		r->swap(r, r->rank ^ d, x + kept.from, kept.n * sizeof *x,
		    x + sent[k].from, sent[k].n * sizeof *x);
		kept.from = r->rank & d ? sent[k].from : kept.from;
		kept.n += sent[k].n;
	}
}
