/* Batch normalisation (Ioffe and Szegedy 2015) of maps [n,h,w,C], fp32, fused
 * with a shortcut's sum and ReLU, or ReLU and 2x2 max pooling. The caller
 * computes the per-channel numbers, in double: with m = n h w values a channel,
 *
 *	mean = shift + S1 / m	S1, S2: from sums(), with any shift near the
 *	var = S2 / m - (S1/m)^2	mean, such as the running mean
 *	scale = gamma / sqrt(var + epsilon)
 *	y = (x - mean) scale + beta
 *
 * and backward, with G, H from backward_sums(), g the gradient before ReLU and
 * pooling, and r = 1 / (var + epsilon):
 *
 *	dbeta = G		G = sum g
 *	dgamma = H sqrt(r)	H = sum g (x - mean)
 *	dx = scale (g - G / m - (x - mean) r H / m)
 *
 * so a = scale, b = -scale r H / m, k = -scale G / m for backward(); if mean
 * and variance are not the batch's, b = k = 0. */
#ifndef CD_KERN_NORM_H
#define CD_KERN_NORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

struct cd_norm {
	int h, w, c;
	bool relu;
	int pool;      /* 0 or 2, not together with a shortcut */
	int yh, yw;    /* h, w or, rounded down, half of them */
	bool add_dx;   /* backward: dx is added to, not overwritten */
	bool add_dadd; /* backward: likewise dadd */
};

/* Per-channel numbers, each [c], of the formulas above; a, b and k only for
 * backward(). */
struct cd_norm_channels {
	const float *mean, *scale, *beta, *a, *b, *k;
};

/* In the functions below n is the number of pictures; x, add, dx, dadd are
 * [n,h,w,c], y, which, dy [n,yh,yw,c], per-channel numbers [c]. Outputs must
 * not overlap other buffers unless stated. A NaN passes ReLU and wins its
 * pooling window. */

/* sums[0..c-1] += sum of x - shift, sums[c..2c-1] += sum of (x - shift)^2, over
 * pictures and pixels. Differences, and sums over CD_NORM_PIXELS adjacent
 * pixels (kern/blocks.h), are rounded to fp32, their sums are in double: the
 * error is up to 2^-20 of the sum of magnitudes. */
typedef void cd_norm_sums_fn(const struct cd_norm *, int n, const float *x,
    const float *shift, double *sums);

/* y = pool(relu((x - mean) scale + beta + add)). add may be NULL. which: out if
 * pool is 2, as in kern/conv.h (CD_CONV_CLOSED), or NULL; won: out likewise,
 * [n,yh,yw,c], x at the winner's place, or NULL. y may be x or add if pool is
 * 0. */
typedef void cd_norm_forward_fn(const struct cd_norm *, int n, const float *x,
    const struct cd_norm_channels *, const float *add, float *y, uint8_t *which,
    float *won);

/* With g = dy where the gradient passes (ReLU: not y <= 0; pooling: the
 * winner's place) and 0 elsewhere: sums[0..c-1] += sum of g, sums[c..2c-1] +=
 * sum of g (x - mean); rounded as in sums(). With pooling, x is what forward
 * left in `won`. y is read only for ReLU without pooling; NULL: it was made
 * without add, and is computed again from x, which is there anyway. which is
 * read only for pooling. */
typedef void cd_norm_backward_sums_fn(const struct cd_norm *, int n,
    const float *x, const struct cd_norm_channels *, const float *y,
    const uint8_t *which, const float *dy, double *sums);

/* dx = a g + b (x - mean) + k; dadd = g, the shortcut's gradient, or NULL. If
 * pool is 0, either may be dy unless it is added to. */
typedef void cd_norm_backward_fn(const struct cd_norm *, int n, const float *x,
    const struct cd_norm_channels *, const float *y, const uint8_t *which,
    const float *dy, float *dx, float *dadd);

struct cd_norm_variant {
	const char *name;
	cd_norm_sums_fn *sums;
	cd_norm_forward_fn *forward;
	cd_norm_backward_sums_fn *backward_sums;
	cd_norm_backward_fn *backward;
};

/* Block sizes, 0 where a variant has none; constants of its file
 * (kern/blocks.h). */
struct cd_norm_blocks {
	int pixels; /* at a time, a vector of channels each */
};

/* The variants (base/cpu.h). Results are bit-identical, NaN payloads aside. */
struct cd_norm_row {
	const struct cd_norm_variant *variant;
	enum cd_cpu level;
	struct cd_norm_blocks blocks;
};

extern const struct cd_norm_variant cd_norm_ref;
extern const struct cd_norm_row cd_norm_table[];

/* The best that this machine can run. */
const struct cd_norm_variant *cd_norm_best(void);

#endif
