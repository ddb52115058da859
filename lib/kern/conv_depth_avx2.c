/* Eight channels of several pixels at a time, sums in registers: each weight is
 * loaded once for all of the pixels. */
#include "kern/conv_depth.h"
#include "kern/vec.h"

enum {
	LANES = 8,
	PIXELS = CD_DEPTH_PIXELS,
};

/* Loads, and below stores, the sums of channels k .. k+7 of pixels p .. p +
 * pixels - 1. */
CD_INLINE void
sum_begin(const struct cd_depth_sum *s, int pixels, int p, int k, __m256 *a)
{
	const float *from = s->from ? s->from + p * s->fromp + k : NULL;
	int i;

#pragma GCC unroll 8
	for (i = 0; i < pixels; i++)
		a[i] = from ? _mm256_loadu_ps(from + i * s->fromp) :
			      _mm256_setzero_ps();
}

CD_INLINE void
sum_end(const struct cd_depth_sum *s, int pixels, int p, int k, __m256 *a)
{
	float *y = s->y + p * s->yp + k;
	int i;

#pragma GCC unroll 8
	for (i = 0; i < pixels; i++) {
		if (s->relu)
			a[i] = _mm256_andnot_ps(_mm256_cmp_ps(a[i],
						    _mm256_setzero_ps(),
						    _CMP_LE_OQ),
			    a[i]);
		_mm256_storeu_ps(y + i * s->yp, a[i]);
	}
}

CD_INLINE void
sum_block(const struct cd_depth_sum *s, int pixels, int p, int k)
{
	const float *x = s->x + p * s->xp + k, *w = s->w + k;
	__m256 a[PIXELS], f;
	int i, u, v;

	sum_begin(s, pixels, p, k, a);
	for (u = 0; u < s->nu; u++)
		for (v = 0; v < s->nv; v++) {
			const float *at = x + u * s->xu + v * s->xv;

			f = _mm256_loadu_ps(w + u * s->wu + v * s->wv);
#pragma GCC unroll 8
			for (i = 0; i < pixels; i++)
				a[i] = _mm256_fmadd_ps(_mm256_loadu_ps(
							   at + i * s->xp),
				    f, a[i]);
		}
	sum_end(s, pixels, p, k, a);
}

/* PIXELS pixels and three adjacent taps a row (xv = xp or -xp): each vector of
 * x is loaded once for all the sums that it is in. */
CD_INLINE void
sum_three(const struct cd_depth_sum *s, int p, int k)
{
	bool back = s->xv < 0; /* the taps' order */
	const float *x = s->x + (back ? p - 2 : p) * s->xp + k;
	const float *w = s->w + (back ? 2 * s->wv : 0) + k;
	ptrdiff_t xp = s->xp, wv = back ? -s->wv : s->wv;
	__m256 a[PIXELS], f[3], d;
	int i, u, v;

	sum_begin(s, PIXELS, p, k, a);
	for (u = 0; u < s->nu; u++, x += s->xu, w += s->wu) {
		for (v = 0; v < 3; v++)
			f[v] = _mm256_loadu_ps(w + v * wv);
#pragma GCC unroll 10
		for (i = 0; i < PIXELS + 2; i++) {
			d = _mm256_loadu_ps(x + i * xp);
#pragma GCC unroll 3
			for (v = 0; v < 3; v++)
				if (i - v >= 0 && i - v < PIXELS)
					a[i - v] = _mm256_fmadd_ps(d, f[v],
					    a[i - v]);
		}
	}
	sum_end(s, PIXELS, p, k, a);
}

static void
sum(const struct cd_depth_sum *s)
{
	bool three = s->nv == 3 && (s->xv == s->xp || s->xv == -s->xp);
	struct cd_depth_sum rest = *s;
	int p, k, n = s->n / LANES * LANES;

	for (p = 0; three && p + PIXELS <= s->pixels; p += PIXELS)
		for (k = 0; k < n; k += LANES)
			sum_three(s, p, k);
	for (; p + PIXELS <= s->pixels; p += PIXELS)
		for (k = 0; k < n; k += LANES)
			sum_block(s, PIXELS, p, k);
	for (; p < s->pixels; p++)
		for (k = 0; k < n; k += LANES)
			sum_block(s, 1, p, k);
	if (n == s->n)
		return;
	rest.n = s->n - n;
	rest.x += n;
	rest.w += n;
	rest.y += n;
	rest.from = s->from ? s->from + n : NULL;
	cd_depth_plain.sum(&rest);
}

/* Taps t .. t + taps - 1, channels k .. k+7. */
CD_INLINE void
grad_block(const struct cd_depth_grad *g, int taps, int t, int k)
{
	const float *x[CD_DEPTH_TAPS], *dz = g->dz + k;
	__m256 a[CD_DEPTH_TAPS], d;
	ptrdiff_t at = 0;
	int i, p;

#pragma GCC unroll 9
	for (i = 0; i < taps; i++) {
		x[i] = g->x + g->xt[t + i] + k;
		a[i] = _mm256_loadu_ps(g->dw + g->wt[t + i] + k);
	}
	for (p = 0; p < g->pixels; p++, dz += g->dzp, at += g->xp) {
		d = _mm256_loadu_ps(dz);
#pragma GCC unroll 9
		for (i = 0; i < taps; i++)
			a[i] = _mm256_fmadd_ps(_mm256_loadu_ps(x[i] + at), d,
			    a[i]);
	}
#pragma GCC unroll 9
	for (i = 0; i < taps; i++)
		_mm256_storeu_ps(g->dw + g->wt[t + i] + k, a[i]);
}

static void
grad(const struct cd_depth_grad *g)
{
	struct cd_depth_grad rest = *g;
	int t, k, n = g->n / LANES * LANES;

	for (k = 0; k < n; k += LANES) {
		t = 0;
		if (g->taps == 9) {
			grad_block(g, 9, 0, k);
			continue;
		}
		for (; t + 3 <= g->taps; t += 3)
			grad_block(g, 3, t, k);
		for (; t < g->taps; t++)
			grad_block(g, 1, t, k);
	}
	if (n == g->n)
		return;
	rest.n = g->n - n;
	rest.x += n;
	rest.dz += n;
	rest.dw += n;
	cd_depth_plain.grad(&rest);
}

extern const struct cd_conv_variant cd_conv_depth_avx2;

static const struct cd_depth how = { &cd_conv_depth_avx2, sum, grad };

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

const struct cd_conv_variant cd_conv_depth_avx2 = {
	.name = "depth-avx2",
	.fits = cd_depth_fits,
	.scratch = cd_depth_scratch,
	.forward = forward,
	.backward = backward,
};
