/* Convolution with fused bias, ReLU and 2x2 max pooling, forward and backward.
 * Layouts: maps [H,W,C], weights [kh,kw,cin/groups,cout], fp32. */
#ifndef CD_KERN_CONV_H
#define CD_KERN_CONV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* A norm and ReLU before the convolution, computed as the input is read: it
 * stands for max(0, (x - mean) scale + beta). Per-channel numbers, [cin]. */
struct cd_conv_input {
	const float *mean, *scale, *beta;
};

/* y[i,j,o] = b[o] + sum over u,v,c of
 *	x[i*stride+u-pad, j*stride+v-pad, c] w[u,v,c,o], x = 0 outside;
 * then max(y, 0) if relu; then, if pool is 2, the maximum of each 2x2 window,
 * stride 2, an odd last row or column dropped. Cross-correlation, as in every
 * framework. */
struct cd_conv {
	int h, w, cin; /* input */
	int kh, kw, stride, pad;
	int cout;
	/* input and output channels are split into this many groups of
	 * adjacent channels, convolved separately; divides both. 0 means 1 */
	int groups;
	bool relu;
	int pool;    /* 0 or 2 */
	int oh, ow;  /* of the convolution:
				 * (h + 2 pad - kh) / stride + 1 */
	int yh, yw;  /* of the output: oh, ow or half of them */
	bool add_dx; /* backward: dx is added to, not overwritten */
	bool add_dw; /* likewise the gradients of weights and bias */
	/* forward of one picture, by variants with bands: rows from .. to-1 of
	 * y, multiples of CD_CONV_BAND, or to = yh. The band from 0 may compute
	 * all rows, the others then none. to = 0: all */
	int from, to;
	/* by variants with norms; dx is then the gradient behind the ReLU.
	 * NULL: x is the input */
	const struct cd_conv_input *input;
};

/* Fills oh, ow, yh, yw (and groups if 0) from the rest. */
void cd_conv_shape(struct cd_conv *);
/* The number of weights. */
size_t cd_conv_weights(const struct cd_conv *);
/* Sets the gradients of `weights` weights, and db: [cout] or NULL, to 0, unless
 * they are to be added to. */
void cd_conv_clear_dw(const struct cd_conv *, size_t weights, float *dw,
    float *db);

enum {
	CD_CONV_BAND = 4,
	CD_CONV_ROUND_TASKS = 72,
	/* which[] is the place of the maximum in its 2x2 window, 0 to 3,
	 * row-major, the first of equals, the first NaN before all; or this if
	 * ReLU closed the window (maximum <= 0) */
	CD_CONV_CLOSED = 4,
};

/* x: [n,h,w,cin], n pictures; pw: the weights as prepare() leaves them; b:
 * [cout] or NULL; y: [n,yh,yw,cout] out. which: [n,yh,yw,cout] out if pool is
 * 2, else unused. scratch: scratch() floats, 64-byte aligned, private to the
 * thread. No two may overlap. */
typedef void cd_conv_forward_fn(const struct cd_conv *, int n, const float *x,
    const float *pw, const float *b, float *y, uint8_t *which, float *scratch);

/* The gradients, given dy: [n,yh,yw,cout], and y and which as forward left
 * them. dpw, of the prepared weights, and db: [cout] or NULL, are overwritten,
 * or added to if add_dw; dx: [n,h,w,cin] or NULL, likewise if add_dx. n > 0. */
typedef void cd_conv_backward_fn(const struct cd_conv *, int n, const float *x,
    const float *pw, const float *y, const uint8_t *which, const float *dy,
    float *dpw, float *db, float *dx, float *scratch);

/* The passes over a batch of n pictures in rounds, for layers with many
 * weights: each round's tasks may run on any threads, in any order; each round
 * begins when the last one has ended. So the gradient of the weights needs no
 * sums in parts. `all`: floats() floats, 64-byte aligned, kept from round to
 * round. Of pictures from .. to-1, the pointers point at the first one's;
 * arguments are else those of the functions above, db is added to, dpw
 * overwritten.
 *	forward		in, product, out; all NULL: as without rounds
 *	backward	in_again and out_back; weights; product_back, in_back
 * product_back may be NULL; it and in_back are for dx. product, weights and
 * product_back have CD_CONV_ROUND_TASKS tasks, the others as many as one
 * likes; product and product_back, of pictures from .. to-1, may spoil in all
 * what those rounds before made of others. */
struct cd_conv_rounds {
	bool (*fits)(const struct cd_conv *); /* handles this shape? */
	size_t (*floats)(const struct cd_conv *, int n);
	void (*in)(const struct cd_conv *, int n, int from, int to,
	    const float *x, float *all);
	void (*product)(const struct cd_conv *, int n, int from, int to,
	    int task, const float *pw, float *all);
	void (*out)(const struct cd_conv *, int n, int from, int to,
	    const float *b, float *all, float *y, uint8_t *which,
	    float *scratch);
	void (*in_again)(const struct cd_conv *, int n, int from, int to,
	    const float *x, float *all);
	void (*out_back)(const struct cd_conv *, int n, int from, int to,
	    const float *y, const uint8_t *which, const float *dy, float *db,
	    float *all, float *scratch);
	void (*weights)(const struct cd_conv *, int n, int task, float *all,
	    float *dpw);
	void (*product_back)(const struct cd_conv *, int n, int from, int to,
	    int task, const float *pw, float *all);
	void (*in_back)(const struct cd_conv *, int n, int from, int to,
	    const float *pw, float *all, float *dx, float *scratch);
};

/* A variant. Weights may be kept transformed for a whole step: in prepared()
 * floats, their gradient in gradient() floats. prepare NULL: they are used as
 * they are. */
struct cd_conv_variant {
	const char *name;
	bool (*fits)(const struct cd_conv *);	   /* handles this shape? */
	size_t (*scratch)(const struct cd_conv *); /* floats per thread */
	cd_conv_forward_fn *forward;
	cd_conv_backward_fn *backward;
	bool bands; /* does forward take from and to? */
	bool norms; /* does it take `input`? */

	size_t (*prepared)(const struct cd_conv *);
	size_t (*gradient)(const struct cd_conv *);
	/* w: [kh,kw,cin/groups,cout] to pw, out, for input channels from ..
	 * to-1, so that threads can share the work */
	void (*prepare)(const struct cd_conv *, int from, int to,
	    const float *w, float *pw);
	/* the adjoint: dpw to dw: [kh,kw,cin/groups,cout], out, likewise */
	void (*gather)(const struct cd_conv *, int from, int to,
	    const float *dpw, float *dw);
	const struct cd_conv_rounds *rounds; /* NULL: none */
	const struct cd_depth *depth;	     /* kern/conv_depth.h, or NULL */
};

/* Block sizes, 0 where a variant has none. */
struct cd_conv_blocks {
	int rows, columns; /* pixels by channels, summed in registers;
			    * from kern/blocks.h */
	/* approximate floats of a block, to fit in the L2 cache: of patches
	 * (im2col), output rows (direct), V and M (wino) */
	size_t cache;
	size_t packed; /* direct: approximate floats of packed patches */
	size_t near;   /* direct: most floats of weights without packing */
	int run;       /* depth, dw: pixels in a run, to stay in L1 */
	int least;     /* wino: tiles in a block, for each reads all weights */
	/* in rounds: from so many floats of the gradient on, if rounds have no
	 * more floats than `most` */
	size_t many, most;
};

/* The variants (base/cpu.h). */
struct cd_conv_row {
	const struct cd_conv_variant *variant;
	enum cd_cpu level;
	struct cd_conv_blocks blocks;
};

extern const struct cd_conv_variant cd_conv_ref;
extern const struct cd_conv_row cd_conv_table[];

/* The best that this machine can run, of those that fit the shape. */
const struct cd_conv_variant *cd_conv_best(const struct cd_conv *);

/* Has it so many weights that their gradient costs more to sum in parts than it
 * gains? */
bool cd_conv_has_many_weights(const struct cd_conv_variant *,
    const struct cd_conv *);
/* Should it go in rounds for a batch of n pictures? */
bool cd_conv_wants_rounds(const struct cd_conv_variant *,
    const struct cd_conv *, int n);

/* The blocks of a variant's row. */
const struct cd_conv_blocks *cd_conv_blocks(const struct cd_conv_variant *);

#endif
