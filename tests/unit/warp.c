/* Resampling: against plain arithmetic in double, against SciPy's results in
 * tests/vectors/warp.txt, and every variant against the plain loops, to the
 * bit. */
#include "pix/warp.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"
#include "unit/vector.h"

enum {
	SIDE = 70,
	ROOM = SIDE * SIDE * 4 + CD_WARP_SLACK,
	GUARD = 0xa5,
};

static const char *const fills[] = { "nearest", "constant", "reflect", "wrap" };

static uint8_t src[ROOM], dst[2 * ROOM], other[2 * ROOM];

static int
extended(enum cd_fill fill, int i, int n)
{
	if (fill == CD_FILL_WRAP)
		return ((i % n) + n) % n;
	if (fill == CD_FILL_REFLECT) {
		i = ((i % (2 * n)) + 2 * n) % (2 * n);
		return i < n ? i : 2 * n - 1 - i;
	}
	return i < 0 ? 0 : i >= n ? n - 1 : i;
}

static double
pixel(const struct cd_warp *w, int y, int x, int k)
{
	y = extended(w->fill, y, w->h);
	x = extended(w->fill, x, w->w);
	return w->src[(y * w->w + x) * w->channels + k];
}

/* What the header promises, in double; *edge: a hair decides between the
 * constant and the picture. */
static double
exact(const struct cd_warp *w, int i, int j, int k, bool *edge)
{
	double y = w->m[0][0] * i + w->m[0][1] * j + w->m[0][2];
	double x = w->m[1][0] * i + w->m[1][1] * j + w->m[1][2];
	double ty = y - floor(y), tx = x - floor(x);
	int y0 = (int)floor(y), x0 = (int)floor(x);

	*edge = false;
	if (w->fill == CD_FILL_CONSTANT) {
		*edge = fabs(y) < 1e-6 || fabs(y - w->h + 1) < 1e-6 ||
		    fabs(x) < 1e-6 || fabs(x - w->w + 1) < 1e-6;
		if (y < 0 || y > w->h - 1 || x < 0 || x > w->w - 1)
			return w->value;
	}
	return (1 - ty) *
	    ((1 - tx) * pixel(w, y0, x0, k) + tx * pixel(w, y0, x0 + 1, k)) +
	    ty *
	    ((1 - tx) * pixel(w, y0 + 1, x0, k) +
		tx * pixel(w, y0 + 1, x0 + 1, k));
}

static double
worst(const struct cd_warp *w)
{
	double d, most = 0;
	bool edge;
	int i, j, k, n = 0;

	for (i = 0; i < w->oh; i++)
		for (j = 0; j < w->ow; j++)
			for (k = 0; k < w->channels; k++, n++) {
				d = fabs(w->dst[n] - exact(w, i, j, k, &edge));
				if (!edge && d > most)
					most = d;
			}
	return most;
}

static int
size_of(const struct cd_warp *w)
{
	return w->oh * w->ow * w->channels;
}

/* Every variant: the reference's bytes, and none beyond the slack touched. */
static void
compare(struct cd_warp *w)
{
	const struct cd_warp_row *row;
	int i, n = size_of(w);

	memset(dst, GUARD, sizeof dst);
	w->dst = dst;
	cd_warp_ref.warp(w);
	for (i = n; i < n + CD_WARP_SLACK; i++)
		CHECK(dst[i] == GUARD);
	w->dst = other;
	CD_EACH_VARIANT (row, cd_warp_table) {
		memset(other, GUARD, sizeof other);
		row->variant->warp(w);
		CHECK(memcmp(dst, other, (size_t)n) == 0);
		for (i = n + CD_WARP_SLACK; i < n + 2 * CD_WARP_SLACK; i++)
			CHECK(other[i] == GUARD);
	}
}

static void
random_picture(struct cd_rng *r)
{
	size_t i;

	for (i = 0; i < sizeof src; i++)
		src[i] = (uint8_t)cd_rng_u32(r);
}

/* Sizes from 1 up, matrices from tame to wild. */
static void
at_random(struct cd_rng *r, double wild)
{
	struct cd_warp w = { .src = src, .value = (uint8_t)cd_rng_u32(r) };
	int i, j;

	random_picture(r);
	w.h = 1 + (int)cd_rng_below(r, cd_rng_below(r, 4) ? SIDE : 3);
	w.w = 1 + (int)cd_rng_below(r, cd_rng_below(r, 4) ? SIDE : 3);
	w.oh = 1 + (int)cd_rng_below(r, SIDE);
	w.ow = 1 + (int)cd_rng_below(r, SIDE);
	w.channels = 1 + (int)cd_rng_below(r, 4);
	for (i = 0; i < 2; i++) {
		for (j = 0; j < 2; j++)
			w.m[i][j] = (i == j) + wild * cd_rng_uniform(r, -1, 1);
		w.m[i][2] = wild * SIDE * cd_rng_uniform(r, -1, 1);
	}
	for (i = 0; i < 4; i++) {
		w.fill = (enum cd_fill)i;
		compare(&w);
		if (wild < 1e4) /* else double's own error shows */
			CHECK(worst(&w) < 0.52);
	}
}

/* What needs no mixing is copied as it is. */
static void
exact_places(struct cd_rng *r)
{
	struct cd_warp w = { .src = src,
		.h = 13,
		.w = 21,
		.oh = 13,
		.ow = 21,
		.channels = 3,
		.m = { { 1, 0, 0 }, { 0, 1, 0 } } };
	int i, j, k;

	random_picture(r);
	for (k = 0; k < 4; k++) {
		w.fill = (enum cd_fill)k;
		w.m[1][1] = 1;
		w.m[1][2] = 0;
		compare(&w);
		CHECK(memcmp(other, src, (size_t)size_of(&w)) == 0);
		w.m[1][1] = -1;
		w.m[1][2] = 20;
		compare(&w);
		for (i = 0; i < 13; i++)
			for (j = 0; j < 21; j++)
				CHECK(memcmp(other + (i * 21 + j) * 3,
					  src + (i * 21 + 20 - j) * 3, 3) == 0);
	}
}

/* The four manners, as the header draws them. */
static void
manners(void)
{
	static const char *const want[] = { "aaaaabcddddd", "....abcd....",
		"dcbaabcddcba", "abcdabcdabcd" };
	struct cd_warp w = { .src = src,
		.h = 1,
		.w = 4,
		.oh = 1,
		.ow = 12,
		.channels = 1,
		.m = { { 1, 0, 0 }, { 0, 1, -4 } },
		.value = '.' };
	int i;

	memcpy(src, "abcd", 4);
	for (i = 0; i < 4; i++) {
		w.fill = (enum cd_fill)i;
		compare(&w);
		other[12] = '\0';
		CHECK_TEXT((char *)other, want[i]);
	}
}

/* A hundred million pixels away there is the edge. */
static void
far_away(struct cd_rng *r)
{
	struct cd_warp w = { .src = src,
		.h = 9,
		.w = 10,
		.oh = 9,
		.ow = 11,
		.channels = 3,
		.m = { { 1, 0, 1e8 }, { 0, 1, -1e8 } } };
	int i;

	random_picture(r);
	for (i = 0; i < 4; i++) {
		w.fill = (enum cd_fill)i;
		compare(&w);
	}
	w.fill = CD_FILL_NEAREST;
	compare(&w);
	for (i = 0; i < 9 * 11; i++)
		CHECK(memcmp(other + 3 * i, src + 8 * 10 * 3, 3) == 0);
}

static void
vectors(void)
{
	FILE *f = vector_open("warp.txt");
	struct cd_warp w = { .src = src, .dst = dst };
	char fill[16];
	double want;
	int i, value, cases = 0;

	for (; fscanf(f, " warp %15s %d %d %d %d %d %d", fill, &value, &w.h,
		   &w.w, &w.channels, &w.oh, &w.ow) == 7;
	     cases++) {
		w.value = (uint8_t)value;
		for (i = 0; i < 4; i++)
			if (strcmp(fill, fills[i]) == 0)
				w.fill = (enum cd_fill)i;
		for (i = 0; i < 6; i++)
			w.m[i / 3][i % 3] = vector_number(f);
		for (i = 0; i < w.h * w.w * w.channels; i++)
			src[i] = (uint8_t)vector_number(f);
		cd_warp(&w);
		for (i = 0; i < size_of(&w); i++) {
			want = vector_number(f);
			CHECK_NEAR(dst[i], want, 0.52);
		}
	}
	CHECK(feof(f) && cases == 16);
	fclose(f);
}

static void
pointwise(struct cd_rng *r)
{
	uint8_t table[256], lo, hi;
	int i;

	random_picture(r);
	memcpy(dst, src, sizeof src);
	for (i = 0; i < 256; i++)
		table[i] = (uint8_t)(255 - i);
	cd_lookup(dst, 100, table);
	for (i = 0; i < 100; i++)
		CHECK(dst[i] == 255 - src[i]);
	CHECK(dst[100] == src[100]);
	memset(dst, 7, 50);
	cd_extremes(dst, 50, &lo, &hi);
	CHECK(lo == 7 && hi == 7);
	dst[0] = 3;
	dst[49] = 200;
	cd_extremes(dst, 50, &lo, &hi);
	CHECK(lo == 3 && hi == 200);
}

int
main(void)
{
	struct cd_rng r;
	int i;

	cd_rng_start(&r, 1, 0, 0, CD_RNG_TEST);
	for (i = 0; i < 300; i++)
		at_random(&r, i % 3 == 0 ? 0.1 : i % 3 == 1 ? 2 : 1e5);
	exact_places(&r);
	manners();
	far_away(&r);
	vectors();
	pointwise(&r);
	return CHECK_DONE();
}
