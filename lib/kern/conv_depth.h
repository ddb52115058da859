/* The inner loops of depthwise convolution (conv_depth.c), over runs of pixels
 * side by side in a row for which the same taps are inside the picture. */
#ifndef CD_KERN_CONV_DEPTH_H
#define CD_KERN_CONV_DEPTH_H

#include <stdbool.h>
#include <stddef.h>

#include "kern/conv.h"

enum {
	CD_DEPTH_TAPS = 9, /* of a weight's gradient, at once */
};

/* y[p,k] = from[p,k] + sum over u < nu, v < nv of x[p,u,v,k] w[u,v,k], then
 * max(y, 0) where relu; k < n channels side by side. Of each, how many floats
 * it is to the next pixel (xp), row (xu) and column (xv) of taps. */
struct cd_depth_sum {
	int pixels, n, nu, nv;
	const float *x, *w, *from; /* from NULL: 0 */
	float *y;		   /* may be from */
	ptrdiff_t xp, xu, xv, wu, wv, fromp, yp;
	bool relu;
};

/* dw[t][k] += sum over p of x[p,t,k] dz[p,k], t < taps: tap t's x begins at
 * x + xt[t], its dw at dw + wt[t]. */
struct cd_depth_grad {
	int pixels, n, taps;
	const float *x, *dz;
	float *dw;
	ptrdiff_t xp, dzp, xt[CD_DEPTH_TAPS], wt[CD_DEPTH_TAPS];
};

struct cd_depth {
	const struct cd_conv_variant *variant; /* whose row has the blocks */
	void (*sum)(const struct cd_depth_sum *);
	void (*grad)(const struct cd_depth_grad *);
};

extern const struct cd_depth cd_depth_plain;

/* What a variant of kern/conv.h is made of, given its inner loops. */
bool cd_depth_fits(const struct cd_conv *);
size_t cd_depth_scratch(const struct cd_conv *);
void cd_depth_forward(const struct cd_depth *, const struct cd_conv *, int n,
    const float *x, const float *w, const float *b, float *y);
void cd_depth_backward(const struct cd_depth *, const struct cd_conv *, int n,
    const float *x, const float *w, const float *y, const float *dy, float *dw,
    float *db, float *dx, float *scratch);

#endif
