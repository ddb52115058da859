#include "rec/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

int
cd_order_add(struct cd_buf *places, const struct cd_rec *rec, uint64_t group,
    struct cd_err *e)
{
	struct cd_place p = { .rank = group };

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
by_place(const struct cd_place *a, const struct cd_place *b)
{
	int c = (a->file > b->file) - (a->file < b->file);

	return c ? c : cmp(a->offset, b->offset);
}

static int
by_key(const void *va, const void *vb)
{
	const struct cd_place *a = va, *b = vb;
	int c = cmp(a->key, b->key);

	if (c == 0)
		c = cmp(a->view, b->view);
	return c ? c : by_place(a, b);
}

static int
by_rank(const void *va, const void *vb)
{
	const struct cd_place *a = va, *b = vb;
	int c = cmp(a->rank, b->rank);

	return c ? c : by_key(a, b);
}

static void
sort(struct cd_place *p, size_t n, int (*by)(const void *, const void *))
{
	if (n > 1)
		qsort(p, n, sizeof *p, by);
}

size_t
cd_order_repeated(struct cd_place *p, size_t n, struct cd_place *first)
{
	size_t i, count = 0;

	sort(p, n, by_key);
	for (i = 1; i < n; i++) {
		if (p[i].key != p[i - 1].key || p[i].view != p[i - 1].view)
			continue;
		if (count++ == 0 || by_place(&p[i], first) < 0)
			*first = p[i];
	}
	return count;
}

void
cd_order_group(struct cd_place *p, size_t n)
{
	sort(p, n, by_rank);
}

uint64_t
cd_order_count(struct cd_order_times *t, const size_t *group, int ngroups)
{
	size_t least = SIZE_MAX;
	uint64_t present = 0, records;
	int i;

	t->size = 0;
	for (i = 0; i < ngroups; i++) {
		if (group[i] == 0)
			continue;
		present++;
		if (group[i] > t->size)
			t->size = group[i];
		if (group[i] < least)
			least = group[i];
	}
	t->most = t->size > 0 ? (t->size - 1) / least + 1 : 1;
	if (__builtin_mul_overflow(t->size * present, t->copies, &records))
		return UINT64_MAX;
	return records;
}

const struct cd_place *
cd_order_check(const struct cd_order_times *t, const struct cd_place *p,
    size_t n)
{
	uint64_t views; /* those of the sample end before it */

	for (; n > 0; n--, p++)
		if (__builtin_mul_overflow(p->view + UINT64_C(1), t->most,
			&views) ||
		    __builtin_mul_overflow(views, t->copies, &views) ||
		    views - 1 > UINT32_MAX)
			return p;
	return NULL;
}

int
cd_order_repeat(struct cd_buf *places, const struct cd_place *p, size_t n,
    const struct cd_order_times *t, uint64_t epoch, struct cd_err *e)
{
	size_t i, more = n ? t->size % n : 0;
	size_t point = n ? epoch % n * more % n : 0;
	uint64_t times, k;
	struct cd_place out;

	for (i = 0; i < n; i++) {
		times = t->size / n + ((i + n - point) % n < more);
		out = p[i];
		/* the copies of its repetitions, in their order */
		out.view = (uint32_t)(p[i].view * t->most * t->copies);
		for (k = 0; k < times * t->copies; k++, out.view++)
			if (cd_buf_add(places, &out, sizeof out, e) < 0)
				return -1;
	}
	return 0;
}

void
cd_order_shuffle(struct cd_place *p, size_t n, uint64_t seed, uint64_t epoch,
    uint64_t stride)
{
	struct cd_rng rng;
	uint64_t key;
	size_t i;

	for (i = 0; i < n; i++) {
		/* as for views in img/augment.c: 0 adds nothing */
		key = p[i].key + p[i].view % stride * 0x9E3779B97F4A7C15u;
		cd_rng_start(&rng, seed, epoch, key, CD_RNG_SHUFFLE);
		p[i].rank = cd_rng_u64(&rng);
	}
	sort(p, n, by_rank);
}
