#include "rec/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

int
cd_order_add(struct cd_buf *places, const struct cd_rec *rec, struct cd_err *e)
{
	struct cd_place p = { 0 };

	p.key = cd_hash(rec->key, strlen(rec->key));
	p.offset = rec->offset;
	p.file = rec->file;
	p.view = rec->view;
	return cd_buf_add(places, &p, sizeof p, e);
}

static int
cmp(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
by_rank(const void *va, const void *vb)
{
	const struct cd_place *a = va, *b = vb;
	int c = cmp(a->rank, b->rank);

	if (c == 0)
		c = cmp(a->key, b->key);
	if (c == 0)
		c = cmp(a->view, b->view);
	if (c == 0)
		c = (a->file > b->file) - (a->file < b->file);
	return c ? c : cmp(a->offset, b->offset);
}

void
cd_order_shuffle(struct cd_place *p, size_t n, uint64_t seed, uint64_t epoch)
{
	struct cd_rng rng;
	size_t i;

	for (i = 0; i < n; i++) {
		cd_rng_start(&rng, seed, epoch, p[i].key, CD_RNG_SHUFFLE);
		p[i].rank = cd_rng_u64(&rng);
	}
	if (n > 1)
		qsort(p, n, sizeof *p, by_rank);
}
