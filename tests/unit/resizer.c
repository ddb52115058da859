/* Batches resized: as picture by picture, for any number of threads, whatever
 * sizes came before; by the triangle filter, not another. */
#include "img/resizer.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "unit/check.h"

enum { N = 5, H = 37, W = 29 };

static uint8_t in[N * H * W * 3], want[N * H * W * 3];

static void
test_batch(struct cd_resizer *r, struct cd_team *team, int h, int w)
{
	size_t from = H * W * 3, to = (size_t)h * (size_t)w * 3;
	struct cd_resizer *one;
	struct cd_err e = { "" };
	const uint8_t *got;
	int i;

	CHECK(cd_resizer_new(&one, 1, 3, &e) == 0);
	for (i = 0; i < N; i++)
		CHECK(cd_resizer_one(one, in + i * from, H, W, want + i * to, h,
			  w, &e) == 0);
	got = cd_resizer_run(r, team, in, N, H, W, h, w, &e);
	CHECK(got && memcmp(got, want, N * to) == 0);
	cd_resizer_free(one);
}

static void
test_threads(int threads)
{
	struct cd_err e = { "" };
	struct cd_team *team = cd_team_new(threads, &e);
	struct cd_resizer *r;

	CHECK(team);
	CHECK(cd_resizer_new(&r, threads, 3, &e) == 0);
	test_batch(r, team, 16, 16);
	test_batch(r, team, 20, 9);
	test_batch(r, team, 16, 16);
	test_batch(r, team, H, 8);
	CHECK(cd_resizer_run(r, team, in, N, H, W, H, W, &e) == in);
	cd_resizer_free(r);
	cd_team_free(team);
}

/* Halves: each pixel is (1, 3, 3, 1) / 8 of its row and column. */
static void
test_triangle(void)
{
	static const int k[4] = { 1, 3, 3, 1 };
	uint8_t x[8 * 8 * 3], y[4 * 4 * 3];
	struct cd_resizer *r;
	struct cd_err e = { "" };
	int i, j, a, b;
	double sum;

	memcpy(x, in, sizeof x);
	CHECK(cd_resizer_new(&r, 1, 3, &e) == 0);
	CHECK(cd_resizer_one(r, x, 8, 8, y, 4, 4, &e) == 0);
	for (i = 1; i < 3; i++)
		for (j = 1; j < 3; j++) {
			for (sum = 0, a = 0; a < 4; a++)
				for (b = 0; b < 4; b++)
					sum += k[a] * k[b] *
					    x[((2 * i - 1 + a) * 8 + 2 * j - 1 +
						  b) *
						3];
			CHECK_NEAR(y[(i * 4 + j) * 3], sum / 64, 1);
		}
	cd_resizer_free(r);
}

int
main(void)
{
	struct cd_err e = { "" };
	struct cd_resizer *r;
	struct cd_rng g;
	size_t i;

	cd_rng_start(&g, 1, 0, 0, CD_RNG_TEST);
	for (i = 0; i < sizeof in; i++)
		in[i] = (uint8_t)cd_rng_uniform(&g, 0, 256);
	test_threads(1);
	test_threads(3);
	test_triangle();
	CHECK(cd_resizer_new(&r, 1, 1, &e) < 0);
	CHECK_TEXT(e.msg,
	    "pictures of 1 channels cannot be resized, only those of 3");
	return CHECK_DONE();
}
