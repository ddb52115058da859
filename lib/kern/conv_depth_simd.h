/* A vector of channels of several pixels at a time, sums in registers: each
 * weight is loaded once for all of the pixels. */
#ifndef CD_KERN_CONV_DEPTH_SIMD_H
#define CD_KERN_CONV_DEPTH_SIMD_H

#include "kern/conv_depth.h"
#include "kern/vec.h"

enum {
	PIXELS = CD_DEPTH_PIXELS,
};

/* Loads, and below stores, the sums of channels k .. k+n-1 of pixels p .. p +
 * pixels - 1. */
CD_INLINE void
sum_begin(const struct cd_depth_sum *s, int pixels, int p, int k, int n,
    cd_vec *a)
{
	const float *from = s->from ? s->from + p * s->fromp + k : NULL;
	int i;

#pragma GCC unroll 8
	for (i = 0; i < pixels; i++)
		a[i] = from ? cd_vec_get(from + i * s->fromp, n) :
			      cd_vec_all(0);
}

CD_INLINE void
sum_end(const struct cd_depth_sum *s, int pixels, int p, int k, int n,
    cd_vec *a)
{
	float *y = s->y + p * s->yp + k;
	int i;

#pragma GCC unroll 8
	for (i = 0; i < pixels; i++) {
		if (s->relu)
			a[i] = cd_vec_unless(cd_vec_le(a[i], cd_vec_all(0)),
			    a[i]);
		cd_vec_put(y + i * s->yp, n, a[i]);
	}
}

CD_INLINE void
sum_block(const struct cd_depth_sum *s, int pixels, int p, int k, int n)
{
	const float *x = s->x + p * s->xp + k, *w = s->w + k;
	cd_vec a[PIXELS], f;
	int i, u, v;

	sum_begin(s, pixels, p, k, n, a);
	for (u = 0; u < s->nu; u++)
		for (v = 0; v < s->nv; v++) {
			const float *at = x + u * s->xu + v * s->xv;

			f = cd_vec_get(w + u * s->wu + v * s->wv, n);
#pragma GCC unroll 8
			for (i = 0; i < pixels; i++)
				a[i] = cd_vec_fma(cd_vec_get(at + i * s->xp, n),
				    f, a[i]);
		}
	sum_end(s, pixels, p, k, n, a);
}

/* PIXELS pixels and three adjacent taps a row (xv = xp or -xp): each vector of
 * x is loaded once for all the sums that it is in. */
CD_INLINE void
sum_three(const struct cd_depth_sum *s, int p, int k, int n)
{
	bool back = s->xv < 0; /* the taps' order */
	const float *x = s->x + (back ? p - 2 : p) * s->xp + k;
	const float *w = s->w + (back ? 2 * s->wv : 0) + k;
	ptrdiff_t xp = s->xp, wv = back ? -s->wv : s->wv;
	cd_vec a[PIXELS], f[3], d;
	int i, u, v;

	sum_begin(s, PIXELS, p, k, n, a);
	for (u = 0; u < s->nu; u++, x += s->xu, w += s->wu) {
		for (v = 0; v < 3; v++)
			f[v] = cd_vec_get(w + v * wv, n);
#pragma GCC unroll 10
		for (i = 0; i < PIXELS + 2; i++) {
			d = cd_vec_get(x + i * xp, n);
#pragma GCC unroll 3
			for (v = 0; v < 3; v++)
				if (i - v >= 0 && i - v < PIXELS)
					a[i - v] = cd_vec_fma(d, f[v],
					    a[i - v]);
		}
	}
	sum_end(s, PIXELS, p, k, n, a);
}

/* All channels of the pixels from p on that a block takes, `pixels` or, with
 * three, PIXELS. */
CD_INLINE void
sum_pixels(const struct cd_depth_sum *s, bool three, int pixels, int p)
{
	int k;

	for (k = 0; k + CD_VEC <= s->n; k += CD_VEC)
		if (three)
			sum_three(s, p, k, CD_VEC);
		else
			sum_block(s, pixels, p, k, CD_VEC);
	if (k == s->n)
		return;
	if (three)
		sum_three(s, p, k, s->n - k);
	else
		sum_block(s, pixels, p, k, s->n - k);
}

static void
sum(const struct cd_depth_sum *s)
{
	bool three = s->nv == 3 && (s->xv == s->xp || s->xv == -s->xp);
	int p;

	for (p = 0; three && p + PIXELS <= s->pixels; p += PIXELS)
		sum_pixels(s, true, PIXELS, p);
	for (; p + PIXELS <= s->pixels; p += PIXELS)
		sum_pixels(s, false, PIXELS, p);
	for (; p < s->pixels; p++)
		sum_pixels(s, false, 1, p);
}

/* Taps t .. t + taps - 1, channels k .. k+n-1. */
CD_INLINE void
grad_block(const struct cd_depth_grad *g, int taps, int t, int k, int n)
{
	const float *x[CD_DEPTH_TAPS], *dz = g->dz + k;
	cd_vec a[CD_DEPTH_TAPS], d;
	ptrdiff_t at = 0;
	int i, p;

#pragma GCC unroll 9
	for (i = 0; i < taps; i++) {
		x[i] = g->x + g->xt[t + i] + k;
		a[i] = cd_vec_get(g->dw + g->wt[t + i] + k, n);
	}
	for (p = 0; p < g->pixels; p++, dz += g->dzp, at += g->xp) {
		d = cd_vec_get(dz, n);
#pragma GCC unroll 9
		for (i = 0; i < taps; i++)
			a[i] = cd_vec_fma(cd_vec_get(x[i] + at, n), d, a[i]);
	}
#pragma GCC unroll 9
	for (i = 0; i < taps; i++)
		cd_vec_put(g->dw + g->wt[t + i] + k, n, a[i]);
}

CD_INLINE void
grad_some(const struct cd_depth_grad *g, int k, int n)
{
	int t = 0;

	if (g->taps == 9) {
		grad_block(g, 9, 0, k, n);
		return;
	}
	for (; t + 3 <= g->taps; t += 3)
		grad_block(g, 3, t, k, n);
	for (; t < g->taps; t++)
		grad_block(g, 1, t, k, n);
}

static void
grad(const struct cd_depth_grad *g)
{
	int k;

	for (k = 0; k + CD_VEC <= g->n; k += CD_VEC)
		grad_some(g, k, CD_VEC);
	if (k < g->n)
		grad_some(g, k, g->n - k);
}

extern const struct cd_conv_variant VARIANT;

static const struct cd_depth how = { &VARIANT, sum, grad };

static void
forward(const struct cd_conv *c, int n, const float *x, const float *w,
    const float *b, float *y, uint8_t *which, float *scratch)
{
	(void)which;
	(void)scratch;
	cd_depth_forward(&how, c, n, x, w, b, y);
}

static void
backward(const struct cd_conv *c, int n, const float *x, const float *w,
    const float *y, const uint8_t *which, const float *dy, float *dw, float *db,
    float *dx, float *scratch)
{
	(void)which;
	cd_depth_backward(&how, c, n, x, w, y, dy, dw, db, dx, scratch);
}

const struct cd_conv_variant VARIANT = {
	.name = NAME,
	.fits = cd_depth_fits,
	.scratch = cd_depth_scratch,
	.forward = forward,
	.backward = backward,
	.depth = &how,
};

#endif
