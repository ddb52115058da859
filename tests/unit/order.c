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
		CHECK(cd_order_add(b, &rec, 0, &e) == 0);
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
		cd_order_shuffle(p, N, 1, (uint64_t)epoch, 1);
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
	cd_order_shuffle(p, 100, 7, 3, 1);
	cd_order_shuffle(q, 100, 7, 3, 1);
	CHECK(memcmp(p, q, a.len) == 0);
	cd_order_shuffle(q, 100, 7, 4, 1);
	CHECK(memcmp(p, q, a.len) != 0);
	cd_order_shuffle(q, 100, 8, 3, 1);
	CHECK(memcmp(p, q, a.len) != 0);
	cd_order_shuffle(q, 100, 7, 3, 1);
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

	cd_order_shuffle(p, 4, 1, 1, 1);
	CHECK(p[0].offset == 8 && p[1].offset == 9);
	CHECK(p[2].file == 1 && p[3].view == 1);
}

/* Copies are places of their own: two of a key follow each other as often as
 * any two do, and the first comes first half of the time. */
static void
test_copies(void)
{
	struct cd_order_times t = { .size = N, .most = 1, .copies = 2 };
	struct cd_buf b = { 0 }, out = { 0 };
	struct cd_err e = { "" };
	struct cd_place *p;
	int epoch, i, k, next = 0, ahead = 0;

	places(&b, N);
	for (epoch = 0; epoch < TRIALS; epoch++) {
		out.len = 0;
		CHECK(cd_order_repeat(&out, (struct cd_place *)b.data, N, &t,
			  (uint64_t)epoch, &e) == 0);
		CHECK(out.len == 2 * b.len);
		p = (struct cd_place *)out.data;
		cd_order_shuffle(p, 2 * N, 1, (uint64_t)epoch, 2);
		for (i = 0; i < 2 * N; i++)
			for (k = i + 1; k < 2 * N; k++) {
				if (p[i].key != p[k].key)
					continue;
				CHECK(p[i].view + p[k].view == 1);
				next += k == i + 1;
				ahead += p[i].view == 0;
			}
	}
	/* of 10 places 9 pairs are neighbours, of 45; 5 sigma */
	CHECK_NEAR((double)next / TRIALS, N * 9 / 45.0, 0.05);
	CHECK_NEAR((double)ahead / TRIALS, N / 2.0, 0.06);
	cd_buf_free(&b);
	cd_buf_free(&out);
}

/* A group of 5 made 17: 3 or 4 of each in an epoch, 17 in five of them. */
static void
test_repeat(void)
{
	struct cd_order_times t = { .size = 17, .most = 4, .copies = 3 };
	struct cd_buf b = { 0 }, out = { 0 };
	struct cd_err e = { "" };
	struct cd_place *p;
	int epoch, i, count[N] = { 0 }, now[N][12];

	places(&b, N);
	((struct cd_place *)b.data)[1].view = 6;
	for (epoch = 0; epoch < 100; epoch++) {
		memset(now, 0, sizeof now);
		out.len = 0;
		CHECK(cd_order_repeat(&out, (struct cd_place *)b.data, N, &t,
			  (uint64_t)epoch, &e) == 0);
		CHECK(out.len == 3 * 17 * sizeof *p);
		p = (struct cd_place *)out.data;
		for (i = 0; i < 3 * 17; i++) {
			int k = (int)p[i].offset;

			CHECK(p[i].view / 12 == (k == 1 ? 6 : 0));
			now[k][p[i].view % 12]++;
			count[k]++;
		}
		for (i = 0; i < N * 12; i++)
			CHECK(now[i / 12][i % 12] <= 1);
		for (i = 0; i < N; i++)
			CHECK(now[i][8] == 1);
		for (i = 1; i < N; i++)
			CHECK(count[i] - count[0] <= 3 &&
			    count[0] - count[i] <= 3);
		for (i = 0; i < N && epoch % N == N - 1; i++)
			CHECK(count[i] == 3 * 17 * (epoch + 1) / N);
	}
	out.len = 0;
	CHECK(cd_order_repeat(&out, NULL, 0, &t, 1, &e) == 0 && out.len == 0);
	cd_buf_free(&b);
	cd_buf_free(&out);
}

static void
test_count(void)
{
	static const size_t group[4] = { 4, 0, 9, 1 };
	struct cd_order_times t = { .copies = 5 };
	struct cd_place p[2] = { { .view = 0 }, { .view = 7 } };

	CHECK(cd_order_count(&t, group, 4) == 3 * 9 * 5);
	CHECK(t.size == 9 && t.most == 9);
	CHECK(cd_order_count(&t, group, 3) == 2 * 9 * 5 && t.most == 3);
	CHECK(cd_order_count(&t, group, 2) == 4 * 5 && t.most == 1);
	CHECK(cd_order_count(&t, group + 1, 1) == 0 && t.most == 1);
	CHECK(cd_order_count(&t, NULL, 0) == 0 && t.most == 1);

	t.most = 3;
	CHECK(cd_order_check(&t, p, 2) == NULL);
	t.copies = UINT32_MAX / 24;
	CHECK(cd_order_check(&t, p, 2) == NULL);
	t.copies++;
	CHECK(cd_order_check(&t, p, 2) == &p[1]);
	CHECK(cd_order_check(&t, p, 1) == NULL);
	p[0].view = UINT32_MAX;
	t.most = t.copies = 1;
	CHECK(cd_order_check(&t, p, 1) == NULL);
	t.most = UINT64_MAX;
	CHECK(cd_order_check(&t, p, 1) == p);
}

static void
test_repeated(void)
{
	struct cd_place p[6] = { { .key = 5, .view = 0, .offset = 60 },
		{ .key = 5, .view = 1, .offset = 50 },
		{ .key = 3, .file = 1, .offset = 40 },
		{ .key = 5, .view = 0, .offset = 30 },
		{ .key = 5, .view = 0, .offset = 20 },
		{ .key = 3, .file = 0, .offset = 45 } };
	struct cd_place first = { 0 };

	CHECK(cd_order_repeated(p, 6, &first) == 3);
	CHECK(first.offset == 30);
	CHECK(cd_order_repeated(p, 1, &first) == 0);
	CHECK(cd_order_repeated(NULL, 0, &first) == 0);
}

int
main(void)
{
	test_uniform();
	test_function();
	test_ties();
	test_copies();
	test_repeat();
	test_count();
	test_repeated();
	cd_order_shuffle(NULL, 0, 1, 1, 1);
	return CHECK_DONE();
}
