/* A vector of channels at a time. Multiply and add are fused only where the
 * product is exact, and sums keep the reference's order. */
#ifndef CD_KERN_EXCITE_SIMD_H
#define CD_KERN_EXCITE_SIMD_H

#include "kern/excite.h"
#include "kern/vec.h"

CD_INLINE void
scale_some(int n, const float *x, const float *s, float *y)
{
	cd_vec_put(y, n, cd_vec_get(x, n) * cd_vec_get(s, n));
}

static void
scale(const struct cd_excite *p, const float *x, const float *s, float *y)
{
	int i, pixels = p->h * p->w, c = p->c, k;

	for (i = 0; i < pixels; i++, x += c, y += c) {
		for (k = 0; k + CD_VEC <= c; k += CD_VEC)
			scale_some(CD_VEC, x + k, s + k, y + k);
		if (k < c)
			scale_some(c - k, x + k, s + k, y + k);
	}
}

/* n channels of c. */
CD_INLINE void
sums_some(int n, int pixels, int c, const float *x, const float *dy, float *ds)
{
	cd_doubles sum = cd_doubles_all(0);
	int i;

	for (i = 0; i < pixels; i++, x += c, dy += c)
		sum = cd_doubles_add_product(sum, cd_vec_get(dy, n),
		    cd_vec_get(x, n));
	cd_vec_put(ds, n, cd_doubles_round(sum));
}

static void
sums(const struct cd_excite *p, const float *x, const float *dy, float *ds)
{
	int pixels = p->h * p->w, c = p->c, k;

	for (k = 0; k + CD_VEC <= c; k += CD_VEC)
		sums_some(CD_VEC, pixels, c, x + k, dy + k, ds + k);
	if (k < c)
		sums_some(c - k, pixels, c, x + k, dy + k, ds + k);
}

CD_INLINE void
backward_some(int n, bool add, const float *dy, const float *s, const float *k,
    float *dx)
{
	cd_vec d = cd_vec_get(dy, n) * cd_vec_get(s, n) + cd_vec_get(k, n);

	if (add)
		d = cd_vec_get(dx, n) + d;
	cd_vec_put(dx, n, d);
}

static void
backward(const struct cd_excite *p, const float *dy, const float *s,
    const float *k, float *dx)
{
	int i, pixels = p->h * p->w, c = p->c, j;

	for (i = 0; i < pixels; i++, dy += c, dx += c) {
		for (j = 0; j + CD_VEC <= c; j += CD_VEC)
			backward_some(CD_VEC, p->add_dx, dy + j, s + j, k + j,
			    dx + j);
		if (j < c)
			backward_some(c - j, p->add_dx, dy + j, s + j, k + j,
			    dx + j);
	}
}

const struct cd_excite_variant VARIANT = { NAME, scale, sums, backward };

#endif
