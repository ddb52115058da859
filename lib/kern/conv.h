/* Convolution of one picture, with what usually follows it: bias, ReLU, 2x2
 * max pooling. Layouts: maps [H,W,C], weights [kh,kw,cin/groups,cout], fp32. */
#ifndef CD_KERN_CONV_H
#define CD_KERN_CONV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* y[i,j,o] = b[o] + sum over u,v,c of
 *	x[i*stride+u-pad, j*stride+v-pad, c] w[u,v,c,o], x = 0 outside;
 * then max(y, 0) where relu; then, where pool is 2, the maximum of each 2x2
 * window, windows side by side, an odd row or column at the end dropped.
 * Cross-correlation, as in every framework. */
struct cd_conv {
	int h, w, cin; /* input */
	int kh, kw, stride, pad;
	int cout;
	/* channels in and out fall into so many groups of neighbours, each of
	 * which sees its own alone; both are multiples of it. 0 is made 1 */
	int groups;
	bool relu;
	int pool;    /* 0 or 2 */
	int oh, ow;  /* of the convolution:
				 * (h + 2 pad - kh) / stride + 1 */
	int yh, yw;  /* of the output: oh, ow or half of them */
	bool add_dx; /* backward: dx is added to, not overwritten */
	/* forward, of variants that can (bands): rows from .. to-1 of y alone,
	 * both multiples of CD_CONV_BAND, or to = yh. to = 0: all */
	int from, to;
};

/* Fills oh, ow, yh, yw (and groups, where it is 0) from the rest. */
void cd_conv_shape(struct cd_conv *);

enum {
	CD_CONV_BAND = 4,
	/* value of which[] where ReLU closed the window (maximum <= 0);
	 * otherwise the place of the maximum in its 2x2 window, 0 to 3,
	 * row-major, the first of equals */
	CD_CONV_CLOSED = 4,
};

/* n pictures, one behind the other. x: [n,h,w,cin]; pw: the weights
 * [kh,kw,cin/groups,cout] as prepare() leaves them; b: [cout] or NULL; y:
 * [n,yh,yw,cout] out. which: [n,yh,yw,cout] out where pool is 2; unused
 * otherwise. scratch: as many floats as scratch() says, 64-byte aligned,
 * private to the thread. No two may overlap. */
typedef void cd_conv_forward_fn(const struct cd_conv *, int n, const float *x,
    const float *pw, const float *b, float *y, uint8_t *which, float *scratch);

/* The gradient, given dy: [n,yh,yw,cout] of the output, y and which as forward
 * left them. dpw: the prepared weights' gradient, and db: [cout] (or NULL) are
 * accumulated into; dx: [n,h,w,cin] is overwritten, or NULL where it is not
 * wanted; with add_dx it is added to instead. */
typedef void cd_conv_backward_fn(const struct cd_conv *, int n, const float *x,
    const float *pw, const float *y, const uint8_t *which, const float *dy,
    float *dpw, float *db, float *dx, float *scratch);

/* A way to compute it. Weights may be kept transformed for a whole step:
 * prepared floats, and their gradient gradient floats; where prepare is NULL
 * the weights are used as they are. */
struct cd_conv_variant {
	const char *name;
	bool (*fits)(const struct cd_conv *);	   /* can it do this shape? */
	size_t (*scratch)(const struct cd_conv *); /* floats a thread */
	cd_conv_forward_fn *forward;
	cd_conv_backward_fn *backward;
	bool bands; /* can forward be asked for some rows? */

	size_t (*prepared)(const struct cd_conv *);
	size_t (*gradient)(const struct cd_conv *);
	/* w: [kh,kw,cin/groups,cout] to pw, out: input channels from ..
	 * to-1 alone, so that threads can share the work */
	void (*prepare)(const struct cd_conv *, int from, int to,
	    const float *w, float *pw);
	/* the adjoint: dpw to dw: [kh,kw,cin/groups,cout], out, likewise */
	void (*gather)(const struct cd_conv *, int from, int to,
	    const float *dpw, float *dw);
};

/* Block sizes, 0 where a variant has none. */
struct cd_conv_blocks {
	int rows, columns; /* pixels by channels, summed in registers; constants
			    * of the variant's file (kern/blocks.h) */
	/* floats, about, of the block that is to stay in the second-level
	 * cache: patches (im2col), output rows (direct), V and M (wino) */
	size_t cache;
	size_t packed; /* direct: floats, about, of patches side by side */
	size_t near;   /* direct: floats of weights that need no packing */
	int run;       /* depth: pixels whose rows stay in the first cache */
};

/* The variants (base/cpu.h). */
struct cd_conv_row {
	const struct cd_conv_variant *variant;
	enum cd_cpu level;
	struct cd_conv_blocks blocks;
};

extern const struct cd_conv_variant cd_conv_ref;
extern const struct cd_conv_row cd_conv_table[];

/* The best that this machine can run, of those that can do this shape. */
const struct cd_conv_variant *cd_conv_best(const struct cd_conv *);

/* The blocks of a variant's row. */
const struct cd_conv_blocks *cd_conv_blocks(const struct cd_conv_variant *);

#endif
