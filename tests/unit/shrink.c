/* Averaging areas, against the definition in double. */
#include "pix/shrink.h"

#include <math.h>

#include "base/rng.h"
#include "unit/check.h"

enum {
	SIDE = 40,
};

static uint8_t src[SIDE * SIDE * 4], dst[SIDE * SIDE * 4 + 1];
static uint32_t scratch[SIDE * 4];

/* How much of [k, k + 1) lies in the i-th of on parts of n. */
static double
share(int k, int i, int n, int on)
{
	double from = fmax(k, (double)i * n / on);
	double to = fmin(k + 1, (double)(i + 1) * n / on);

	return to > from ? to - from : 0;
}

static double
mean(int i, int j, int b, int oh, int ow, int h, int w, int c)
{
	double sum = 0;
	int y, x;

	for (y = 0; y < h; y++)
		for (x = 0; x < w; x++)
			sum += share(y, i, h, oh) * share(x, j, w, ow) *
			    src[(y * w + x) * c + b];
	return sum * oh * ow / h / w;
}

/* A part of what is in dst: nothing else is touched. */
static void
in_part(struct cd_rng *r, int oh, int ow, int h, int w, int c)
{
	static uint8_t got[SIDE * SIDE * 4];
	struct cd_shrink_part p;
	int i, j, n;

	p.top = (int)cd_rng_below(r, (uint32_t)oh);
	p.bottom = p.top + 1 + (int)cd_rng_below(r, (uint32_t)(oh - p.top));
	p.left = (int)cd_rng_below(r, (uint32_t)ow);
	p.right = p.left + 1 + (int)cd_rng_below(r, (uint32_t)(ow - p.left));
	memset(got, 78, sizeof got);
	cd_shrink(got, oh, ow, src, h, w, c, &p, scratch);
	for (n = i = 0; i < oh; i++)
		for (j = 0; j < ow * c; j++, n++)
			CHECK(got[n] ==
			    (i >= p.top && i < p.bottom && j >= p.left * c &&
					j < p.right * c ?
				    dst[n] :
				    78));
}

static void
at_random(struct cd_rng *r)
{
	int h = 1 + (int)cd_rng_below(r, SIDE), w, oh, ow, c, i, j, b, n = 0;

	w = 1 + (int)cd_rng_below(r, SIDE);
	oh = 1 + (int)cd_rng_below(r, (uint32_t)h);
	ow = 1 + (int)cd_rng_below(r, (uint32_t)w);
	c = 1 + (int)cd_rng_below(r, 4);
	for (i = 0; i < (int)sizeof src; i++)
		src[i] = (uint8_t)cd_rng_u32(r);
	dst[oh * ow * c] = 77;
	cd_shrink(dst, oh, ow, src, h, w, c, NULL, scratch);
	for (i = 0; i < oh; i++)
		for (j = 0; j < ow; j++)
			for (b = 0; b < c; b++)
				CHECK_NEAR(dst[n++],
				    mean(i, j, b, oh, ow, h, w, c), 0.5 + 1e-9);
	CHECK(dst[n] == 77);
	in_part(r, oh, ow, h, w, c);
}

int
main(void)
{
	static const uint8_t two[] = { 10, 11, 20, 22 };
	struct cd_rng r;
	int i;

	cd_rng_start(&r, 2, 0, 0, CD_RNG_TEST);
	for (i = 0; i < 60; i++)
		at_random(&r);
	/* halves go up, and the same size is a copy */
	cd_shrink(dst, 1, 2, two, 1, 4, 1, NULL, scratch);
	CHECK(dst[0] == 11 && dst[1] == 21);
	cd_shrink(dst, 2, 2, two, 2, 2, 1, NULL, scratch);
	CHECK(memcmp(dst, two, 4) == 0);
	memset(src, 255, sizeof src);
	cd_shrink(dst, 7, 3, src, SIDE, SIDE, 4, NULL, scratch);
	for (i = 0; i < 7 * 3 * 4; i++)
		CHECK(dst[i] == 255);
	return CHECK_DONE();
}
