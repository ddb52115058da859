/* The inner loops of depthwise convolution (conv_depth.c), over a run: adjacent
 * pixels of a row for which the same taps are inside the picture. */
#ifndef CD_KERN_CONV_DEPTH_H
#define CD_KERN_CONV_DEPTH_H

#include <stdbool.h>
#include <stddef.h>

#include "kern/conv.h"

enum {
	CD_DEPTH_TAPS = 9, /* most in a call of grad */
};

/* y[p,k] = from[p,k] + sum over u < nu, v < nv of x[p,u,v,k] w[u,v,k], then
 * max(y, 0) if relu; p < pixels, k < n contiguous channels. Strides in floats:
 * xp to the next pixel, xu and xv to the next row and column of taps; wu, wv,
 * fromp and yp likewise. */
struct cd_depth_sum {
	int pixels, n, nu, nv;
	const float *x, *w, *from; /* from NULL: 0 */
	float *y;		   /* may be from */
	ptrdiff_t xp, xu, xv, wu, wv, fromp, yp;
	bool relu;
};

/* dw[t,k] += sum over p < pixels of x[p,t,k] dz[p,k], t < taps, k < n: tap t's
 * x is at x + xt[t], its dw at dw + wt[t]; pixel strides xp and dzp. */
struct cd_depth_grad {
	int pixels, n, taps;
	const float *x, *dz;
	float *dw;
	ptrdiff_t xp, dzp, xt[CD_DEPTH_TAPS], wt[CD_DEPTH_TAPS];
};

struct cd_depth {
	const struct cd_conv_variant *variant; /* for cd_conv_blocks */
	void (*sum)(const struct cd_depth_sum *);
	void (*grad)(const struct cd_depth_grad *);
};

extern const struct cd_depth cd_depth_plain;

/* Rows from .. to-1 of one picture's output, for steps that go by strips, made
 * of input that begins at row `first` of the picture. */
struct cd_depth_rows {
	int from, to, first;
};

/* These rows, the first at y; no ReLU. */
void cd_depth_rows_forward(const struct cd_depth *, const struct cd_conv *,
    struct cd_depth_rows, const float *x, const float *w, const float *b,
    float *y);
/* Adds what these rows, whose gradient begins at dz, give to dw. */
void cd_depth_rows_dw(const struct cd_depth *, const struct cd_conv *,
    struct cd_depth_rows, const float *x, const float *dz, float *dw);
/* The gradient of rows from .. to-1 of the input; dx is that of row 0, added to
 * if add_dx. dz begins at row r.first of the output, and holds the rows that
 * these are read by. */
void cd_depth_rows_dx(const struct cd_depth *, const struct cd_conv *,
    struct cd_depth_rows r, const float *dz, const float *w, float *dx);

/* The functions of a variant (kern/conv.h), given its inner loops. */
bool cd_depth_fits(const struct cd_conv *);
size_t cd_depth_scratch(const struct cd_conv *);
void cd_depth_forward(const struct cd_depth *, const struct cd_conv *, int n,
    const float *x, const float *w, const float *b, float *y);
void cd_depth_backward(const struct cd_depth *, const struct cd_conv *, int n,
    const float *x, const float *w, const float *y, const float *dy, float *dw,
    float *db, float *dx, float *scratch);

#endif
