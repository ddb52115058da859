/* Buffers in one stretch: none that are in use together overlap, whatever the
 * order, and little is lost. */
#include <stdlib.h>

#include "base/rng.h"
#include "plan/layout.h"
#include "unit/check.h"

enum {
	MOST = 60,
	ROUNDS = 500,
};

static int order[MOST];

static size_t
most_at_once(const struct cd_interval *s, int n)
{
	size_t most = 0, sum;
	int t, i;

	for (t = 0; t < 100; t++) {
		for (sum = 0, i = 0; i < n; i++)
			if (s[i].from <= t && t <= s[i].to)
				sum += s[i].size;
		most = sum > most ? sum : most;
	}
	return most;
}

static void
check_apart(const struct cd_interval *s, int n, size_t end)
{
	int i, k;

	for (i = 0; i < n; i++) {
		CHECK(s[i].at + s[i].size <= end);
		for (k = 0; k < i; k++)
			CHECK(s[i].to < s[k].from || s[k].to < s[i].from ||
			    s[i].at + s[i].size <= s[k].at ||
			    s[k].at + s[k].size <= s[i].at);
	}
}

static void
test_random(struct cd_rng *r)
{
	struct cd_interval s[MOST];
	size_t end, bound, lost = 0, all = 0;
	int round, i, n;

	for (round = 0; round < ROUNDS; round++) {
		n = 1 + (int)cd_rng_below(r, MOST);
		for (i = 0; i < n; i++) {
			s[i].size = cd_rng_below(r, 1000);
			s[i].from = (int)cd_rng_below(r, 80);
			s[i].to = s[i].from + (int)cd_rng_below(r, 20);
		}
		end = cd_layout(s, n, order);
		bound = most_at_once(s, n);
		check_apart(s, n, end);
		CHECK(end >= bound);
		lost += end - bound;
		all += bound;
	}
	CHECK(lost < all / 10);
}

static void
test_chain(void)
{
	/* each in use with its neighbours only: two places do */
	struct cd_interval s[4] = { { 10, 0, 1, 0 }, { 10, 1, 2, 0 },
		{ 10, 2, 3, 0 }, { 10, 3, 4, 0 } };

	CHECK(cd_layout(s, 4, order) == 20);
	CHECK(cd_layout(s, 1, order) == 10);
	CHECK(cd_layout(s, 0, order) == 0);
}

int
main(void)
{
	struct cd_rng r;

	cd_rng_start(&r, 2, 0, 0, CD_RNG_TEST);
	test_chain();
	test_random(&r);
	return CHECK_DONE();
}
