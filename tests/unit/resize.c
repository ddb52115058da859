#include "img/fit.h"
#include "pix/resize.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "unit/check.h"

enum {
	SIDE = 700, /* the largest picture here */
};

static uint8_t picture[SIDE * SIDE * 3];
static uint8_t result[SIDE * SIDE * 3];
static double mid[SIDE * SIDE * 3];

static void
fill_picture(uint64_t seed, int hard)
{
	struct cd_rng r;
	size_t i;

	cd_rng_start(&r, seed, 0, 0, CD_RNG_TEST);
	for (i = 0; i < sizeof picture; i++)
		picture[i] = (uint8_t)(!hard ? cd_rng_below(&r, 256) :
			cd_rng_below(&r, 2)  ? 255 :
					       0);
}

/* The filters once more, by their definitions, in real arithmetic. */
static double
filter_at(enum cd_resize_filter f, double x)
{
	const double pi = acos(-1);

	x = fabs(x);
	if (f != CD_RESIZE_LANCZOS3)
		return x < 1 ? 1 - x : 0;
	if (x < 1e-12)
		return 1;
	return x < 3 ? 3 * sin(pi * x) * sin(pi * x / 3) / (pi * pi * x * x) :
		       0;
}

static double
sample(enum cd_resize_filter f, const double *in, size_t step, int n,
    double centre, double wide)
{
	double sum = 0, weights = 0, w;
	int i;

	for (i = 0; i < n; i++) {
		w = f == CD_RESIZE_BOX ?
		    fmax(0,
			fmin(i + 1, centre + wide / 2) -
			    fmax(i, centre - wide / 2)) :
		    filter_at(f, (i + 0.5 - centre) / wide);
		weights += w;
		sum += w * in[step * (size_t)i];
	}
	return sum / weights;
}

/* The largest difference between result (dw x dh) and the definition. */
static double
worst(enum cd_resize_filter f, int w, int h, int dw, int dh)
{
	double sx = (double)w / dw, sy = (double)h / dh, most = 0, v;
	bool box = f == CD_RESIZE_BOX;
	double wx = f == CD_RESIZE_BILINEAR || (sx < 1 && !box) ? 1 : sx;
	double wy = f == CD_RESIZE_BILINEAR || (sy < 1 && !box) ? 1 : sy;
	static double in[SIDE * SIDE * 3];
	size_t x, y, row = 3 * (size_t)w;

	for (x = 0; x < row * (size_t)h; x++)
		in[x] = picture[x];
	for (y = 0; y < (size_t)dh; y++)
		for (x = 0; x < row; x++)
			mid[y * row + x] = sample(f, in + x, row, h,
			    ((double)y + 0.5) * sy, wy);
	for (y = 0; y < (size_t)dh; y++)
		for (x = 0; x < 3 * (size_t)dw; x++) {
			v = sample(f, mid + y * row + x % 3, 3, w,
			    ((double)(x / 3) + 0.5) * sx, wx);
			v = v < 0 ? 0 : v > 255 ? 255 : v;
			v = fabs(v - result[y * 3 * (size_t)dw + x]);
			most = v > most ? v : most;
		}
	return most;
}

static void
resize(enum cd_fit_how how, enum cd_resize_filter f, int w, int h, int dw,
    int dh)
{
	struct cd_fit fit = { dw, dh, how, f };
	struct cd_fitter t = { 0 };
	struct cd_err e = { "" };

	memset(result, 0xaa, sizeof result);
	CHECK(cd_fitter_run(&t, &fit,
		  &(struct cd_fit_input){ .pixels = picture, .w = w, .h = h },
		  result, &e) == 0);
	CHECK(result[3 * (size_t)dw * (size_t)dh] == 0xaa);
	cd_fitter_free(&t);
}

/* Sizes not divided by their ratio, so that no sample lies on an edge. */
static void
test_definition(void)
{
	static const int size[][4] = {
		{ 41, 33, 17, 13 },
		{ 17, 13, 41, 33 },
		{ 5, 64, 32, 7 },
		{ 1, 1, 9, 4 },
		{ 2, 3, 1, 1 },
		{ 90, 70, 90, 70 },
		{ 97, 11, 15, 12 },
	};
	size_t i;
	int f;

	for (f = CD_RESIZE_BOX; f < CD_RESIZE_FILTERS; f++)
		for (i = 0; i < sizeof size / sizeof *size; i++) {
			const int *s = size[i];

			fill_picture(i, i % 2);
			resize(CD_FIT_SQUASH, (enum cd_resize_filter)f, s[0],
			    s[1], s[2], s[3]);
			CHECK_NEAR(worst((enum cd_resize_filter)f, s[0], s[1],
				       s[2], s[3]),
			    0, 0.55);
		}
}

static void
test_exact(void)
{
	int f, x;

	/* the same size: the same picture */
	for (f = 0; f < CD_RESIZE_FILTERS; f++) {
		fill_picture(3, 0);
		resize(CD_FIT_SQUASH, (enum cd_resize_filter)f, 61, 47, 61, 47);
		CHECK(memcmp(result, picture, 61 * 47 * 3) == 0);
	}
	/* nearest: every third pixel, from the middle of three */
	resize(CD_FIT_SQUASH, CD_RESIZE_NEAREST, 60, 3, 20, 1);
	for (x = 0; x < 20; x++)
		CHECK(memcmp(result + 3 * x, picture + 3 * (60 + 3 * x + 1),
			  3) == 0);
	/* one colour stays that colour, however much it shrinks */
	for (f = 0; f < CD_RESIZE_FILTERS; f++) {
		memset(picture, 201, sizeof picture);
		resize(CD_FIT_SQUASH, (enum cd_resize_filter)f, SIDE, SIDE, 3,
		    2);
		for (x = 0; x < 18; x++)
			CHECK(result[x] == 201);
	}
}

/* 40x20: left half 10, right half 200. */
static void
test_fits(void)
{
	int i;

	for (i = 0; i < 40 * 20 * 3; i++)
		picture[i] = i / 3 % 40 < 20 ? 10 : 200;
	resize(CD_FIT_CROP, CD_RESIZE_BOX, 40, 20, 4, 4);
	for (i = 0; i < 16; i++)
		CHECK(result[3 * i] == (i % 4 < 2 ? 10 : 200));
	resize(CD_FIT_PAD, CD_RESIZE_BOX, 40, 20, 4, 4);
	for (i = 0; i < 16; i++)
		CHECK(result[3 * i + 1] ==
		    (i < 4 || i >= 12 ? 0 :
			    i % 4 < 2 ? 10 :
					200));
	/* only the middle is seen of a picture that is too wide */
	for (i = 0; i < 40 * 20 * 3; i++)
		picture[i] = (uint8_t)(i / 3 % 40);
	resize(CD_FIT_CROP, CD_RESIZE_NEAREST, 40, 20, 20, 20);
	for (i = 0; i < 20; i++)
		CHECK(result[3 * i] == 10 + i);
	/* as high as can be */
	resize(CD_FIT_PAD, CD_RESIZE_NEAREST, 20, 40, 9, 4);
	for (i = 0; i < 36; i++)
		CHECK((result[3 * i] > 0) == (i % 9 == 3 || i % 9 == 4));
}

/* Random axes through two variants give the same bytes. */
static void
compare(const struct cd_resize_variant *a, const struct cd_resize_variant *b)
{
	static int16_t m1[3 * SIDE + 1000], m2[3 * SIDE + 1000];
	static uint8_t o1[3 * SIDE + 1], o2[3 * SIDE + 1];
	static int32_t start[SIDE], count[SIDE];
	static int16_t weight[SIDE * 100];
	struct cd_resize_axis x = { 0, 0, 0, start, count, weight };
	struct cd_rng r;
	int i;

	cd_rng_start(&r, 9, 0, 0, CD_RNG_TEST);
	for (i = 0; i < 600; i++) {
		enum cd_resize_filter f = (enum cd_resize_filter)
		    cd_rng_below(&r, CD_RESIZE_FILTERS);
		int n, k;

		x.src = 1 + (int)cd_rng_below(&r, i % 3 ? 40 : SIDE);
		x.dst = (x.src + 14) / 15 +
		    (int)cd_rng_below(&r, i % 3 ? 40 : SIDE - 60);
		x.taps = cd_resize_taps(f, x.src, x.dst);
		cd_resize_fill(&x, f, 0, x.src);
		n = 3 * x.src;
		k = (int)cd_rng_below(&r, (uint32_t)x.dst);
		memset(m1, 0x55, sizeof m1);
		memset(m2, 0x55, sizeof m2);
		a->down(m1, picture, (size_t)n + 1, n, weight + k * x.taps,
		    count[k]);
		b->down(m2, picture, (size_t)n + 1, n, weight + k * x.taps,
		    count[k]);
		CHECK(memcmp(m1, m2, sizeof m1) == 0);
		memset(o1, 0x55, sizeof o1);
		memset(o2, 0x55, sizeof o2);
		a->across(o1, m1, &x);
		b->across(o2, m1, &x);
		CHECK(memcmp(o1, o2, sizeof o1) == 0);
	}
}

static void
test_orient(void)
{
	/* 1 2 3
	 * 4 5 6, as each orientation shows it, row after row */
	static const char *const seen[9] = { "", "123456", "321654", "654321",
		"456123", "142536", "415263", "635241", "362514" };
	uint8_t in[18], out[18];
	char got[7] = "";
	int i, o;

	for (i = 0; i < 18; i++)
		in[i] = (uint8_t)(10 * (i / 3 + 1) + i % 3);
	for (o = 1; o <= 8; o++) {
		cd_orient(out, in, 3, 2, o);
		for (i = 0; i < 6; i++) {
			got[i] = (char)('0' + out[3 * i] / 10);
			CHECK(out[3 * i + 2] == out[3 * i] + 2);
		}
		CHECK_TEXT(got, seen[o]);
	}
}

int
main(void)
{
	const struct cd_resize_row *row;

	test_definition();
	test_exact();
	test_fits();
	CD_EACH_VARIANT (row, cd_resize_table) {
		fill_picture(5, 0);
		compare(&cd_resize_ref, row->variant);
		fill_picture(6, 1);
		compare(&cd_resize_ref, row->variant);
	}
	test_orient();
	return CHECK_DONE();
}
