/* Squeeze-and-excitation (Hu et al. 2018) of one picture: the passes over the
 * map. The whole, with m the mean of x over the map (kern/pool.h, global) and
 * two dense layers, is
 *
 *	s = sigmoid(W2 relu(W1 m + b1) + b2)
 *	y = x s
 *
 * and backward
 *
 *	ds = sum over pixels of dy x
 *	dz = ds s (1 - s), then through the dense layers to dm
 *	dx = dy s + k, k = dm / (h w), the mean's gradient
 *
 * Maps [h,w,c], fp32; s, ds, k [c]. */
#ifndef CD_KERN_EXCITE_H
#define CD_KERN_EXCITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cpu.h"

struct cd_excite {
	int h, w, c;
	bool add_dx; /* backward: dx is added to, not overwritten */
};

/* y = x s, out; may be in place. */
typedef void cd_excite_scale_fn(const struct cd_excite *, const float *x,
    const float *s, float *y);

/* ds = sum of dy x, out; summed in double. */
typedef void cd_excite_sums_fn(const struct cd_excite *, const float *x,
    const float *dy, float *ds);

/* dx = dy s + k; may be in place unless add_dx. */
typedef void cd_excite_backward_fn(const struct cd_excite *, const float *dy,
    const float *s, const float *k, float *dx);

struct cd_excite_variant {
	const char *name;
	cd_excite_scale_fn *scale;
	cd_excite_sums_fn *sums;
	cd_excite_backward_fn *backward;
};

/* The variants (base/cpu.h). Results are bit-identical, NaN payloads aside. */
struct cd_excite_row {
	const struct cd_excite_variant *variant;
	enum cd_cpu level;
};

extern const struct cd_excite_variant cd_excite_ref;
extern const struct cd_excite_row cd_excite_table[];

/* The best that this machine can run. */
const struct cd_excite_variant *cd_excite_best(void);

/* s = 1 / (1 + exp(-z)), n of them, computed in double. May be in place. */
void cd_sigmoid(size_t n, const float *z, float *s);
/* dz = ds s (1 - s). May be in place. */
void cd_sigmoid_backward(size_t n, const float *s, const float *ds, float *dz);

#endif
