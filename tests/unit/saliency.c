/* The map of a layer's numbers and their gradient, at several sizes, against
 * the formula in double. */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "score/saliency.h"
#include "unit/check.h"

enum { MOST = 1200 };

static struct cd_rng rng;
static float a[MOST], da[MOST], rough[MOST], smooth[MOST];
static uint8_t out[MOST];

/* The map at row i, column j. */
static double
coarse(int h, int w, int c, int i, int j)
{
	double sum = 0, alpha;
	int k, at;

	for (k = 0; k < c; k++) {
		for (alpha = 0, at = 0; at < h * w; at++)
			alpha += (double)da[at * c + k];
		sum += alpha / (h * w) * (double)a[(i * w + j) * c + k];
	}
	return fmax(sum, 0);
}

static int
clamp(int i, int n)
{
	return i < 0 ? 0 : i < n ? i : n - 1;
}

/* At row y, column x of the picture: a sum of hats about the cells' centres,
 * those outside as those at the edge. */
static double
fine(int h, int w, int c, double y, double x)
{
	double sum = 0;
	int i, j;

	for (i = -1; i <= h; i++)
		for (j = -1; j <= w; j++)
			sum += fmax(0, 1 - fabs(y - i)) *
			    fmax(0, 1 - fabs(x - j)) *
			    coarse(h, w, c, clamp(i, h), clamp(j, w));
	return sum;
}

static void
test_shape(int h, int w, int c, int oh, int ow)
{
	static double want[MOST];
	struct cd_err err = { "" };
	double most = 0;
	char what[80];
	int i;

	for (i = 0; i < h * w * c; i++) {
		a[i] = (float)cd_rng_uniform(&rng, -1, 1);
		da[i] = (float)cd_rng_uniform(&rng, -1, 1);
	}
	for (i = 0; i < oh * ow; i++) {
		want[i] = fine(h, w, c, (i / ow + 0.5) * h / oh - 0.5,
		    (i % ow + 0.5) * w / ow - 0.5);
		most = fmax(most, want[i]);
	}
	CHECK(most > 0);
	CHECK(cd_saliency_map(a, da, h, w, c, rough, smooth, out, oh, ow,
		  &err) == 0);
	snprintf(what, sizeof what, "%dx%dx%d at %dx%d", h, w, c, oh, ow);
	for (i = 0; i < oh * ow; i++)
		check_near(out[i], 255 * want[i] / most, 0.501, what, __FILE__,
		    __LINE__);
}

static void
test_extremes(void)
{
	struct cd_err err = { "" };
	int i;

	for (i = 0; i < 12; i++) {
		a[i] = 1;
		da[i] = -1;
		out[i] = 9;
	}
	/* negative everywhere */
	CHECK(cd_saliency_map(a, da, 2, 3, 2, rough, smooth, out, 3, 4, &err) ==
	    0);
	for (i = 0; i < 12; i++)
		CHECK(out[i] == 0);
	/* a negative infinity is not a zero */
	a[3] = INFINITY;
	CHECK(cd_saliency_map(a, da, 2, 3, 2, rough, smooth, out, 3, 4, &err) <
	    0);
	CHECK_TEXT(err.msg, "the net's numbers are not all finite");
	a[3] = 1;
	da[0] = NAN;
	CHECK(cd_saliency_map(a, da, 2, 3, 2, rough, smooth, out, 3, 4, NULL) <
	    0);
	/* the smallest numbers are scaled like others */
	for (i = 0; i < 12; i++) {
		a[i] = i ? 0 : 1e-20f;
		da[i] = 1e-20f;
	}
	CHECK(cd_saliency_map(a, da, 2, 3, 2, rough, smooth, out, 2, 3, &err) ==
	    0);
	CHECK(out[0] == 255 && out[1] == 0 && out[5] == 0);
}

int
main(void)
{
	cd_rng_start(&rng, 1, 0, 0, CD_RNG_TEST);
	test_shape(3, 5, 4, 11, 7);
	test_shape(5, 3, 1, 5, 3);
	test_shape(7, 6, 8, 3, 4);
	test_shape(1, 6, 3, 20, 31);
	test_shape(6, 1, 3, 1, 1);
	test_extremes();
	return CHECK_DONE();
}
