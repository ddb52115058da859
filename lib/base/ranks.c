#include "base/ranks.h"

/* Groups of 1, 2, 4 .. ranks that have each other's bytes exchange them with
 * the group beside. */
void
cd_ranks_gather(const struct cd_ranks *r, void *x, const size_t *at)
{
	char *p = x;
	int d, mine, other;

	for (d = 1; d < r->n; d *= 2) {
		mine = r->rank / d * d;
		other = mine ^ d;
		r->swap(r, r->rank ^ d, p + at[mine], at[mine + d] - at[mine],
		    p + at[other], at[other + d] - at[other]);
	}
}

void
cd_ranks_share(const struct cd_ranks *r, void *x, size_t n)
{
	size_t at[CD_RANKS_MAX + 1] = { 0 };
	int i;

	for (i = 1; i <= r->n; i++)
		at[i] = n;
	cd_ranks_gather(r, x, at);
}
