/* Shapes of convolutions that are easy to get wrong. */
#ifndef CD_TESTS_KERNCHECK_CONV_SHAPES_H
#define CD_TESTS_KERNCHECK_CONV_SHAPES_H

#include "base/rng.h"
#include "kern/conv.h"

/* h, w, cin, kh, kw, stride, pad, cout, groups (0: 1) */
static const int conv_shapes[][9] = {
	{ 1, 1, 1, 1, 1, 1, 0, 1 },
	{ 2, 2, 1, 1, 1, 1, 0, 1 },
	{ 3, 3, 1, 3, 3, 1, 0, 1 },
	{ 4, 4, 3, 3, 3, 1, 0, 16 },
	{ 5, 7, 3, 3, 3, 1, 1, 17 },
	{ 7, 5, 2, 3, 5, 1, 2, 5 },
	{ 9, 11, 3, 7, 7, 2, 3, 8 },
	{ 8, 8, 5, 1, 1, 2, 0, 7 },
	{ 2, 3, 4, 3, 3, 1, 1, 4 },
	{ 1, 9, 3, 1, 4, 3, 0, 6 },
	{ 9, 1, 3, 4, 1, 1, 3, 6 },
	{ 6, 6, 16, 5, 5, 5, 2, 2 },
	{ 12, 10, 16, 3, 3, 1, 1, 16 },
	{ 13, 9, 17, 3, 3, 1, 1, 33 },
	{ 10, 10, 32, 3, 3, 1, 0, 64 },
	{ 17, 19, 8, 3, 3, 2, 1, 24 },
	{ 34, 21, 3, 3, 3, 1, 0, 32 },
	{ 15, 15, 64, 3, 3, 1, 1, 48 },
	{ 7, 6, 48, 1, 1, 1, 0, 40 },
	{ 3, 3, 130, 3, 3, 1, 1, 10 },
	{ 26, 14, 32, 3, 3, 1, 1, 32 },
	{ 3, 3, 16, 3, 3, 1, 0, 16 },
	{ 13, 10, 24, 3, 3, 1, 1, 32 },
	{ 9, 8, 13, 3, 3, 1, 0, 16 },
	{ 5, 9, 16, 3, 3, 1, 2, 32 },
	{ 4, 7, 48, 3, 3, 1, 1, 16 },
	{ 17, 17, 16, 3, 3, 1, 0, 16 },
	{ 11, 1, 16, 3, 3, 1, 1, 16 },
	{ 40, 60, 4, 3, 3, 1, 1, 8 },
	{ 6, 6, 8, 1, 1, 1, 0, 16 },
	{ 5, 4, 3, 1, 1, 1, 0, 32 },
	{ 7, 7, 8, 3, 3, 2, 1, 16 },
	{ 3, 4, 40, 3, 3, 1, 1, 48 },
	{ 6, 6, 200, 3, 3, 2, 1, 64 },
	{ 6, 5, 6, 3, 3, 1, 1, 4, 2 },
	{ 7, 7, 12, 1, 1, 2, 0, 36, 4 },
	{ 9, 31, 32, 3, 3, 1, 1, 32, 32 },
	{ 12, 13, 21, 3, 3, 2, 1, 21, 21 },
	{ 2, 2, 9, 3, 3, 1, 1, 9, 9 },
	{ 21, 20, 16, 5, 5, 3, 2, 16, 16 },
};

static struct cd_conv
conv_listed(const int *s)
{
	return (struct cd_conv){ .h = s[0],
		.w = s[1],
		.cin = s[2],
		.kh = s[3],
		.kw = s[4],
		.stride = s[5],
		.pad = s[6],
		.cout = s[7],
		.groups = s[8] };
}

static struct cd_conv
conv_random(struct cd_rng *r)
{
	struct cd_conv cv = { 0 };

	cv.kh = 1 + (int)cd_rng_below(r, 5);
	cv.kw = cd_rng_below(r, 2) ? cv.kh : 1 + (int)cd_rng_below(r, 5);
	cv.stride = 1 + (int)cd_rng_below(r, 3);
	cv.pad = (int)cd_rng_below(r, 3);
	cv.h = cv.kh + (int)cd_rng_below(r, 16);
	cv.w = cv.kw + (int)cd_rng_below(r, 16);
	cv.cin = 1 + (int)cd_rng_below(r, 20);
	cv.cout = 1 + (int)cd_rng_below(r, 40);
	cv.groups = 1;
	if (cd_rng_below(r, 3) == 0) { /* groups, or depthwise */
		bool alone = cd_rng_below(r, 3) > 0;

		cv.groups = 1 + (int)cd_rng_below(r, alone ? 40 : 6);
		cv.cin = cv.groups * (alone ? 1 : 1 + (int)cd_rng_below(r, 5));
		cv.cout = cv.groups * (alone ? 1 : 1 + (int)cd_rng_below(r, 5));
		return cv;
	}
	if (cd_rng_below(r, 3) > 0)
		return cv;
	/* the shapes that fast variants are made for */
	cv.kh = cv.kw = 3;
	cv.stride = 1;
	cv.h += 3;
	cv.w += 3;
	cv.cin = 16 * (1 + (int)cd_rng_below(r, 3));
	cv.cout = 16 * (1 + (int)cd_rng_below(r, 3));
	return cv;
}

#endif
