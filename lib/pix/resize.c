#include "pix/resize.h"

#include <math.h>
#include <string.h>

extern const struct cd_resize_variant cd_resize_avx2;

const struct cd_resize_row cd_resize_table[] = {
	{ &cd_resize_ref, CD_CPU_REF },
#if defined(__x86_64__)
	{ &cd_resize_avx2, CD_CPU_AVX2 },
#endif
	{ NULL, 0 },
};

const struct cd_resize_variant *
cd_resize_best(void)
{
	const struct cd_resize_row *row, *best = cd_resize_table;

	CD_EACH_VARIANT (row, cd_resize_table)
		best = row;
	return best->variant;
}

static const double support[CD_RESIZE_FILTERS] = {
	[CD_RESIZE_NEAREST] = 0.5,
	[CD_RESIZE_BOX] = 0.5,
	[CD_RESIZE_TRIANGLE] = 1,
	[CD_RESIZE_BILINEAR] = 1,
	[CD_RESIZE_LANCZOS3] = 3,
};

static double
sinc(double x)
{
	static const double pi = 3.14159265358979323846;

	return x == 0 ? 1 : sin(pi * x) / (pi * x);
}

/* How much of what lies from a to b is in the box: area averaging. */
static double
overlap(double a, double b, double centre, double wide)
{
	return fmax(fmin(b, centre + wide / 2) - fmax(a, centre - wide / 2), 0);
}

/* The weight of what lies from a to b, a sample or less of one, before all are
 * brought to the sum 1. */
static double
kernel(enum cd_resize_filter filter, double a, double b, double centre,
    double wide)
{
	double x = ((a + b) / 2 - centre) / wide;

	switch (filter) {
	case CD_RESIZE_BOX:
		return overlap(a, b, centre, wide);
	case CD_RESIZE_TRIANGLE:
	case CD_RESIZE_BILINEAR:
		return fabs(x) < 1 ? (b - a) * (1 - fabs(x)) : 0;
	case CD_RESIZE_LANCZOS3:
		return fabs(x) < 3 ? (b - a) * sinc(x) * sinc(x / 3) : 0;
	default: /* nearest: the only sample */
		return x > -0.5 && x <= 0.5;
	}
}

/* The source that an axis is filled for: its samples are 0 to src, and it may
 * span a part of one more at either end, for which the last one there stands.
 */
struct span {
	double from, to;
};

/* The weight of sample k of the source. */
static double
weight(const struct cd_resize_axis *a, const struct span *s, int k,
    enum cd_resize_filter filter, double centre, double wide)
{
	double w = kernel(filter, k, k + 1, centre, wide);

	if (filter == CD_RESIZE_NEAREST)
		return w;
	if (k == 0 && s->from < 0)
		w += kernel(filter, s->from, 0, centre, wide);
	if (k == a->src - 1 && s->to > a->src)
		w += kernel(filter, a->src, s->to, centre, wide);
	return w;
}

/* The factor by which the filter is widened: scale if shrinking, to prevent
 * aliasing. */
static double
widening(enum cd_resize_filter filter, double scale)
{
	if (filter == CD_RESIZE_NEAREST || filter == CD_RESIZE_BILINEAR)
		return 1;
	/* a box is what the output sample covers, be it less than a sample */
	return scale > 1 || filter == CD_RESIZE_BOX ? scale : 1;
}

int
cd_resize_taps(enum cd_resize_filter filter, double span, int dst)
{
	double reach = support[filter] * widening(filter, span / dst);

	return ((int)ceil(reach) * 2 + 1 + 3) / 4 * 4;
}

/* The weights of one output: kernel values, normalised, and rounded so that
 * they sum to CD_RESIZE_ONE, as differences of the rounded running sum. */
static void
fill_one(struct cd_resize_axis *a, const struct span *s, int i,
    enum cd_resize_filter filter, double centre, double wide)
{
	int16_t *w = a->weight + (size_t)i * a->taps;
	double sum = 0, run = 0;
	int n = a->count[i], t, done = 0;

	for (t = 0; t < n; t++)
		sum += weight(a, s, a->start[i] + t, filter, centre, wide);
	for (t = 0; t < a->taps; t++)
		w[t] = 0;
	if (sum == 0) { /* rounding put it between two samples' boxes */
		w[0] = CD_RESIZE_ONE;
		return;
	}
	for (t = 0; t < n; t++) {
		int upto;

		run += weight(a, s, a->start[i] + t, filter, centre, wide);
		upto = (int)floor(run / sum * CD_RESIZE_ONE + 0.5);
		w[t] = (int16_t)(upto - done);
		done = upto;
	}
}

void
cd_resize_fill(struct cd_resize_axis *a, enum cd_resize_filter filter,
    double from, double span)
{
	double scale = span / a->dst, wide = widening(filter, scale);
	double reach = support[filter] * wide;
	struct span s = { from, from + span };
	int i;

	for (i = 0; i < a->dst; i++) {
		/* in this order it is exact on sample boundaries */
		double centre = from + (i + 0.5) * span / a->dst;
		int lo = (int)floor(centre - reach + 0.5);
		int hi = (int)floor(centre + reach + 0.5);

		if (filter == CD_RESIZE_NEAREST) {
			lo = (int)floor(centre);
			hi = lo + 1;
		} else if (filter == CD_RESIZE_BOX) {
			lo = (int)floor(centre - reach);
			hi = (int)ceil(centre + reach);
		}
		if (lo < 0)
			lo = 0;
		if (lo > a->src - 1)
			lo = a->src - 1;
		if (hi > a->src)
			hi = a->src;
		if (hi < lo + 1)
			hi = lo + 1;
		if (hi > lo + a->taps)
			hi = lo + a->taps;
		a->start[i] = lo;
		a->count[i] = hi - lo;
		if (filter == CD_RESIZE_NEAREST)
			centre = lo + 0.5;
		fill_one(a, &s, i, filter, centre, wide);
	}
}

void
cd_orient(uint8_t *out, const uint8_t *in, int w, int h, int orientation)
{
	/* right, down: 1 or -1: do stored columns and rows run along the
	 * upright ones or against them; swap: transposed */
	static const struct {
		signed char right, down, swap;
	} way[9] = {
		{ 1, 1, 0 },
		{ 1, 1, 0 },
		{ -1, 1, 0 },
		{ -1, -1, 0 },
		{ 1, -1, 0 },
		{ 1, 1, 1 },
		{ -1, 1, 1 },
		{ -1, -1, 1 },
		{ 1, -1, 1 },
	};
	int o = orientation >= 1 && orientation <= 8 ? orientation : 1;
	int swap = way[o].swap, ow = swap ? h : w, oh = swap ? w : h;
	int x, y;

	for (y = 0; y < oh; y++)
		for (x = 0; x < ow; x++) {
			/* upright (x, y) is stored at (sx, sy) */
			int u = way[o].right > 0 ? x : ow - 1 - x;
			int v = way[o].down > 0 ? y : oh - 1 - y;
			int sx = swap ? v : u, sy = swap ? u : v;

			memcpy(out, in + 3 * ((size_t)sy * w + sx), 3);
			out += 3;
		}
}
