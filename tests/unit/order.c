/* The order of a shuffled epoch. */
#include "rec/order.h"

#include <stdio.h>
#include <string.h>

#include "unit/check.h"

enum {
	N = 5,
	TRIALS = 12000,
};

static void
places(struct cd_buf *b, int n)
{
	struct cd_err e = { "" };
	struct cd_rec rec;
	char key[32];
	int i;

	b->len = 0;
	for (i = 0; i < n; i++) {
		memset(&rec, 0, sizeof rec);
		snprintf(key, sizeof key, "cat.%d.jpg", i);
		rec.key = key;
		rec.offset = (uint64_t)i;
		CHECK(cd_order_add(b, &rec, &e) == 0);
	}
}

/* All 120 orders of five come about equally often. */
static void
test_uniform(void)
{
	static int count[120];
	struct cd_buf b = { 0 };
	struct cd_place *p;
	double chi2 = 0, want = TRIALS / 120.0;
	int epoch, i, k, rank;

	places(&b, N);
	p = (struct cd_place *)b.data;
	for (epoch = 0; epoch < TRIALS; epoch++) {
		cd_order_shuffle(p, N, 1, (uint64_t)epoch);
		for (rank = 0, i = 0; i < N; i++) {
			int smaller = 0;

			for (k = i + 1; k < N; k++)
				smaller += p[k].offset < p[i].offset;
			rank = rank * (N - i) + smaller;
		}
		count[rank]++;
	}
	for (i = 0; i < 120; i++)
		chi2 += (count[i] - want) * (count[i] - want) / want;
	/* 119 degrees of freedom: beyond these once in 1000 either way */
	CHECK(chi2 < 172);
	CHECK(chi2 > 77);
	cd_buf_free(&b);
}

/* The order that places come in does not matter; seed and epoch do. */
static void
test_function(void)
{
	struct cd_buf a = { 0 }, b = { 0 };
	struct cd_place *p, *q, t;
	int i;

	places(&a, 100);
	places(&b, 100);
	p = (struct cd_place *)a.data;
	q = (struct cd_place *)b.data;
	for (i = 0; i < 50; i++) {
		t = q[i];
		q[i] = q[99 - i];
		q[99 - i] = t;
	}
	cd_order_shuffle(p, 100, 7, 3);
	cd_order_shuffle(q, 100, 7, 3);
	CHECK(memcmp(p, q, a.len) == 0);
	cd_order_shuffle(q, 100, 7, 4);
	CHECK(memcmp(p, q, a.len) != 0);
	cd_order_shuffle(q, 100, 8, 3);
	CHECK(memcmp(p, q, a.len) != 0);
	cd_order_shuffle(q, 100, 7, 3);
	CHECK(memcmp(p, q, a.len) == 0);
	cd_buf_free(&a);
	cd_buf_free(&b);
}

/* One key: by view, then file, then offset. */
static void
test_ties(void)
{
	struct cd_place p[4] = { { .view = 1, .offset = 5 },
		{ .view = 0, .file = 1, .offset = 0 },
		{ .view = 0, .file = 0, .offset = 9 },
		{ .view = 0, .file = 0, .offset = 8 } };

	cd_order_shuffle(p, 4, 1, 1);
	CHECK(p[0].offset == 8 && p[1].offset == 9);
	CHECK(p[2].file == 1 && p[3].view == 1);
}

int
main(void)
{
	test_uniform();
	test_function();
	test_ties();
	cd_order_shuffle(NULL, 0, 1, 1);
	return CHECK_DONE();
}
