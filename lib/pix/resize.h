/* Resizing 8-bit pictures of three interleaved channels by separable filters in
 * fixed point, first down the columns, then across the rows. All variants give
 * the same bytes:
 *
 *	mid[i] = clamp16((sum_t wy[t] in[y0+t][i] + 2^7) >> 8)	(6 fractional
 *								bits)
 *	out[x][c] = clamp8((sum_t wx[t] mid[x0+t][c] + 2^19) >> 20)
 *
 * Weights are in units of 2^-14 and sum to 2^14. Sample i of n is centred at
 * i + 1/2 in a span of n. The result is within 1 of real arithmetic if pictures
 * shrink by a factor of 100 at most. */
#ifndef CD_PIX_RESIZE_H
#define CD_PIX_RESIZE_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

enum cd_resize_filter {
	CD_RESIZE_NEAREST,  /* the sample that contains the centre */
	CD_RESIZE_BOX,	    /* mean of the area that the output covers */
	CD_RESIZE_TRIANGLE, /* linear; support 1, widened on shrinking */
	CD_RESIZE_BILINEAR, /* linear; support 1, never widened: aliases */
	CD_RESIZE_LANCZOS3, /* windowed sinc; support 3, likewise widened */
	CD_RESIZE_FILTERS
};

enum {
	CD_RESIZE_ONE = 1 << 14, /* the weights' sum */
};

/* The filter of one axis: output i is the sum over t < count[i] of
 * weight[i * taps + t] times sample start[i] + t. Weights from count[i] on
 * are 0. */
struct cd_resize_axis {
	int src, dst;	 /* samples in; samples out */
	int taps;	 /* a multiple of 4 */
	int32_t *start;	 /* [dst], 0 <= start, start + count <= src */
	int32_t *count;	 /* [dst], >= 1, <= taps */
	int16_t *weight; /* [dst][taps] */
};

/* The taps needed when span source samples become dst. */
int cd_resize_taps(enum cd_resize_filter, double span, int dst);

/* Fills start, count and weight (the caller's memory) of an axis whose src,
 * dst and taps are set, for the interval [from, from + span) of the source;
 * -1 < from, from + span < src + 1: for what is beyond the source its last
 * sample stands. */
void cd_resize_fill(struct cd_resize_axis *, enum cd_resize_filter, double from,
    double span);

struct cd_resize_variant {
	const char *name;
	/* mid[i], i < n: the weighted sum of count rows from in on, stride
	 * bytes apart. */
	void (*down)(int16_t *mid, const uint8_t *in, size_t stride, int n,
	    const int16_t *weight, int count);
	/* out[dst][3] from mid[src][3]. 3 * taps + 8 elements past the end of
	 * mid must be readable; their values do not matter. */
	void (*across)(uint8_t *out, const int16_t *mid,
	    const struct cd_resize_axis *);
};

/* The variants (base/cpu.h). Their results are equal. */
struct cd_resize_row {
	const struct cd_resize_variant *variant;
	enum cd_cpu level;
};

extern const struct cd_resize_variant cd_resize_ref;
extern const struct cd_resize_row cd_resize_table[];

/* The best that this machine can run. */
const struct cd_resize_variant *cd_resize_best(void);

/* Turns a picture of w x h upright by its EXIF orientation (1 to 8; others: 1);
 * out is h x w if orientation >= 5. out and in must not overlap. */
void cd_orient(uint8_t *out, const uint8_t *in, int w, int h, int orientation);

#endif
