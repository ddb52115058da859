/* Resizing pictures of 8 bits and three interleaved channels: separable
 * filters in fixed point, first down the columns, then across the rows. All
 * variants give the same bytes. Weights and passes:
 *
 *	mid[i] = clamp16((sum_t wy[t] in[y0+t][i] + 2^7) >> 8)	(6 bits behind
 *								the point)
 *	out[x][c] = clamp8((sum_t wx[t] mid[x0+t][c] + 2^19) >> 20)
 *
 * Weights are in units of 1/2^14 and sum to 2^14. Sample i of n lies at
 * i + 1/2 of a span of n. The result is within 1 of that of real arithmetic
 * where pictures shrink by no more than 100. */
#ifndef CD_PIX_RESIZE_H
#define CD_PIX_RESIZE_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

enum cd_resize_filter {
	CD_RESIZE_NEAREST,  /* the sample that lies there */
	CD_RESIZE_BOX,	    /* mean; support 1/2 */
	CD_RESIZE_TRIANGLE, /* linear, widened where it shrinks; 1 */
	CD_RESIZE_BILINEAR, /* linear, never widened (aliases); 1 */
	CD_RESIZE_LANCZOS3, /* windowed sinc, widened; 3 */
	CD_RESIZE_FILTERS
};

enum {
	CD_RESIZE_ONE = 1 << 14, /* the weights' sum */
};

/* What one axis reads: output i is the sum over t < count[i] of
 * weight[i * taps + t] times sample start[i] + t. Weights from count[i] on
 * are 0. */
struct cd_resize_axis {
	int src, dst;	 /* samples there are; samples wanted */
	int taps;	 /* a multiple of 4 */
	int32_t *start;	 /* [dst], 0 <= start, start + count <= src */
	int32_t *count;	 /* [dst], >= 1, <= taps */
	int16_t *weight; /* [dst][taps] */
};

/* Weights a sample needs when span source samples become dst. */
int cd_resize_taps(enum cd_resize_filter, double span, int dst);

/* Fills start, count and weight (the caller's memory) of an axis whose src,
 * dst and taps are set, for the stretch [from, from + span) of the source;
 * 0 <= from, from + span <= src. */
void cd_resize_fill(struct cd_resize_axis *, enum cd_resize_filter, double from,
    double span);

struct cd_resize_variant {
	const char *name;
	/* mid[i], i < n: the weighted sum of count rows; in: the first of
	 * them, rows are stride bytes apart. */
	void (*down)(int16_t *mid, const uint8_t *in, size_t stride, int n,
	    const int16_t *weight, int count);
	/* out[dst][3] from mid[src][3]. mid must have 3 * taps + 8 readable
	 * elements behind, of any value. */
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

/* Pixels of w x h as their EXIF orientation (1 to 8) says they are seen; out
 * has h x w where orientation >= 5. out and in do not overlap. */
void cd_orient(uint8_t *out, const uint8_t *in, int w, int h, int orientation);

#endif
