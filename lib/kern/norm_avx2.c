/* Eight channels at a time, in groups of neighbouring pixels, so that what is
 * one number a channel is loaded once for several. No multiply and add is
 * fused, and sums go in the reference's order: the results are its own. */
#include <immintrin.h>
#include <math.h>
#include <stddef.h>

#include "kern/conv.h"
#include "kern/norm.h"

#define INLINE static inline __attribute__((always_inline))

enum {
	GROUP = 4, /* pixels */
};

/* ---- sums in double, of eight channels ---- */

struct sums8 {
	__m256d s0, s1, t0, t1;
};

INLINE struct sums8
sums_load(const double *s, size_t c)
{
	return (struct sums8){ _mm256_loadu_pd(s), _mm256_loadu_pd(s + 4),
		_mm256_loadu_pd(s + c), _mm256_loadu_pd(s + c + 4) };
}

INLINE void
sums_store(double *s, size_t c, const struct sums8 *a)
{
	_mm256_storeu_pd(s, a->s0);
	_mm256_storeu_pd(s + 4, a->s1);
	_mm256_storeu_pd(s + c, a->t0);
	_mm256_storeu_pd(s + c + 4, a->t1);
}

/* s += g, t += g d. The product of two floats is exact in double, so that
 * fusing changes nothing. */
INLINE void
sums_add(struct sums8 *a, __m256 g, __m256 d)
{
	__m256d g0 = _mm256_cvtps_pd(_mm256_castps256_ps128(g));
	__m256d g1 = _mm256_cvtps_pd(_mm256_extractf128_ps(g, 1));
	__m256d d0 = _mm256_cvtps_pd(_mm256_castps256_ps128(d));
	__m256d d1 = _mm256_cvtps_pd(_mm256_extractf128_ps(d, 1));

	a->s0 = _mm256_add_pd(a->s0, g0);
	a->s1 = _mm256_add_pd(a->s1, g1);
	a->t0 = _mm256_fmadd_pd(g0, d0, a->t0);
	a->t1 = _mm256_fmadd_pd(g1, d1, a->t1);
}

INLINE void
sums_group(size_t c, int pixels, const float *x, const float *shift,
    double *sums)
{
	size_t j;
	int i;

	for (j = 0; j + 8 <= c; j += 8) {
		__m256 m = _mm256_loadu_ps(shift + j);
		struct sums8 a = sums_load(sums + j, c);

		for (i = 0; i < pixels; i++) {
			__m256 d = _mm256_loadu_ps(x + i * c + j);

			d = _mm256_sub_ps(d, m);
			sums_add(&a, d, d);
		}
		sums_store(sums + j, c, &a);
	}
	for (; j < c; j++)
		for (i = 0; i < pixels; i++) {
			double d = x[i * c + j] - shift[j];

			sums[j] += d;
			sums[c + j] += d * d;
		}
}

void
cd_norm_sums_avx2(const struct cd_norm *p, int n, const float *x,
    const float *shift, double *sums)
{
	size_t pixels = (size_t)n * p->h * p->w, c = (size_t)p->c;

	for (; pixels >= GROUP; pixels -= GROUP, x += GROUP * c)
		sums_group(c, GROUP, x, shift, sums);
	for (; pixels > 0; pixels--, x += c)
		sums_group(c, 1, x, shift, sums);
}

/* ---- forward ---- */

/* One number a channel. */
struct of_channel {
	const float *mean, *scale, *beta;
};

INLINE __m256
normal(__m256 x, __m256 mean, __m256 scale, __m256 beta)
{
	x = _mm256_mul_ps(_mm256_sub_ps(x, mean), scale);
	return _mm256_add_ps(x, beta);
}

INLINE void
forward_group(size_t c, int pixels, bool relu, const struct of_channel *f,
    const float *x, const float *add, float *y)
{
	const __m256 zero = _mm256_setzero_ps();
	size_t j;
	int i;

	for (j = 0; j + 8 <= c; j += 8) {
		__m256 mean = _mm256_loadu_ps(f->mean + j);
		__m256 scale = _mm256_loadu_ps(f->scale + j);
		__m256 beta = _mm256_loadu_ps(f->beta + j), v;

		for (i = 0; i < pixels; i++) {
			v = _mm256_loadu_ps(x + i * c + j);
			v = normal(v, mean, scale, beta);
			if (add)
				v = _mm256_add_ps(v,
				    _mm256_loadu_ps(add + i * c + j));
			if (relu)
				v = _mm256_andnot_ps(_mm256_cmp_ps(v, zero,
							 _CMP_LE_OQ),
				    v);
			_mm256_storeu_ps(y + i * c + j, v);
		}
	}
	for (; j < c; j++)
		for (i = 0; i < pixels; i++) {
			float v = (x[i * c + j] - f->mean[j]) * f->scale[j] +
			    f->beta[j];

			if (add)
				v += add[i * c + j];
			y[i * c + j] = relu && v <= 0 ? 0 : v;
		}
}

static void
forward_plain(const struct cd_norm *p, size_t pixels,
    const struct of_channel *f, const float *x, const float *add, float *y)
{
	size_t c = (size_t)p->c, step = GROUP * c;

	for (; pixels >= GROUP; pixels -= GROUP, x += step, y += step) {
		forward_group(c, GROUP, p->relu, f, x, add, y);
		add = add ? add + step : NULL;
	}
	for (; pixels > 0; pixels--, x += c, y += c) {
		forward_group(c, 1, p->relu, f, x, add, y);
		add = add ? add + c : NULL;
	}
}

/* Eight 32-bit numbers below 256, as eight bytes. */
INLINE void
store_bytes(uint8_t *to, __m256i v)
{
	__m128i w = _mm_packs_epi32(_mm256_castsi256_si128(v),
	    _mm256_extracti128_si256(v, 1));

	_mm_storel_epi64((__m128i *)(void *)to, _mm_packus_epi16(w, w));
}

INLINE __m256i
load_bytes(const uint8_t *from)
{
	return _mm256_cvtepu8_epi32(
	    _mm_loadl_epi64((const __m128i *)(const void *)from));
}

/* Where v is more than best, or not a number while best is one: v and its
 * place. */
INLINE void
take_larger(__m256 *best, __m256i *at, __m256 v, int place)
{
	__m256 more = _mm256_and_ps(_mm256_cmp_ps(v, *best, _CMP_NLE_UQ),
	    _mm256_cmp_ps(*best, *best, _CMP_ORD_Q));

	*best = _mm256_blendv_ps(*best, v, more);
	*at = _mm256_blendv_epi8(*at, _mm256_set1_epi32(place),
	    _mm256_castps_si256(more));
}

/* Eight channels of an output cell; x: the window's two rows. */
INLINE void
forward_window(size_t c, bool relu, const struct of_channel *f, size_t j,
    const float *const x[2], float *y, uint8_t *which)
{
	const __m256 zero = _mm256_setzero_ps();
	__m256 mean = _mm256_loadu_ps(f->mean + j);
	__m256 scale = _mm256_loadu_ps(f->scale + j);
	__m256 beta = _mm256_loadu_ps(f->beta + j), best, shut;
	__m256i at = _mm256_setzero_si256();
	int q;

	best = normal(_mm256_loadu_ps(x[0] + j), mean, scale, beta);
	for (q = 1; q < 4; q++)
		take_larger(&best, &at,
		    normal(_mm256_loadu_ps(x[q / 2] + q % 2 * c + j), mean,
			scale, beta),
		    q);
	shut = relu ? _mm256_cmp_ps(best, zero, _CMP_LE_OQ) : zero;
	_mm256_storeu_ps(y + j, _mm256_andnot_ps(shut, best));
	if (which)
		store_bytes(which + j,
		    _mm256_blendv_epi8(at, _mm256_set1_epi32(CD_CONV_CLOSED),
			_mm256_castps_si256(shut)));
}

/* One channel of an output cell. */
static void
forward_one(size_t c, bool relu, const struct of_channel *f, size_t j,
    const float *const x[2], float *y, uint8_t *which)
{
	float best = 0, v;
	int at = 0, q;

	for (q = 0; q < 4; q++) {
		v = (x[q / 2][q % 2 * c + j] - f->mean[j]) * f->scale[j] +
		    f->beta[j];
		if (q > 0 && (v <= best || isnan(best)))
			continue;
		best = v;
		at = q;
	}
	if (relu && best <= 0) {
		best = 0;
		at = CD_CONV_CLOSED;
	}
	y[j] = best;
	if (which)
		which[j] = (uint8_t)at;
}

void
cd_norm_forward_avx2(const struct cd_norm *p, int n, const float *x,
    const float *mean, const float *scale, const float *beta, const float *add,
    float *y, uint8_t *which)
{
	const struct of_channel f = { mean, scale, beta };
	size_t c = (size_t)p->c, line = (size_t)p->w * c, j;
	int k, i, s;

	if (!p->pool) {
		forward_plain(p, (size_t)n * p->h * p->w, &f, x, add, y);
		return;
	}
	for (k = 0; k < n; k++, x += (size_t)p->h * line)
		for (i = 0; i < p->yh; i++)
			for (s = 0; s < p->yw; s++, y += c) {
				const float *top = x + 2 * i * line + 2 * s * c;
				const float *rows[2] = { top, top + line };

				for (j = 0; j + 8 <= c; j += 8)
					forward_window(c, p->relu, &f, j, rows,
					    y, which);
				for (; j < c; j++)
					forward_one(c, p->relu, &f, j, rows, y,
					    which);
				which = which ? which + c : NULL;
			}
}

/* ---- backward: the sums ---- */

INLINE void
back_sums_group(size_t c, int pixels, bool relu, const float *x,
    const float *mean, const float *y, const float *dy, double *sums)
{
	const __m256 zero = _mm256_setzero_ps();
	size_t j;
	int i;

	for (j = 0; j + 8 <= c; j += 8) {
		__m256 m = _mm256_loadu_ps(mean + j);
		struct sums8 a = sums_load(sums + j, c);

		for (i = 0; i < pixels; i++) {
			__m256 g = _mm256_loadu_ps(dy + i * c + j), shut;
			__m256 d = _mm256_sub_ps(_mm256_loadu_ps(x + i * c + j),
			    m);

			if (relu) {
				shut = _mm256_cmp_ps(_mm256_loadu_ps(
							 y + i * c + j),
				    zero, _CMP_LE_OQ);
				g = _mm256_andnot_ps(shut, g);
				d = _mm256_andnot_ps(shut, d);
			}
			sums_add(&a, g, d);
		}
		sums_store(sums + j, c, &a);
	}
	for (; j < c; j++)
		for (i = 0; i < pixels; i++) {
			double g = dy[i * c + j];

			if (relu && y[i * c + j] <= 0)
				continue;
			sums[j] += g;
			sums[c + j] += g * (double)(x[i * c + j] - mean[j]);
		}
}

static void
back_sums_plain(const struct cd_norm *p, size_t pixels, const float *x,
    const float *mean, const float *y, const float *dy, double *sums)
{
	size_t c = (size_t)p->c, i = 0;

	for (; i + GROUP <= pixels; i += GROUP)
		back_sums_group(c, GROUP, p->relu, x + i * c, mean,
		    p->relu ? y + i * c : NULL, dy + i * c, sums);
	for (; i < pixels; i++)
		back_sums_group(c, 1, p->relu, x + i * c, mean,
		    p->relu ? y + i * c : NULL, dy + i * c, sums);
}

/* An output cell: its winner's x alone counts. */
INLINE void
back_sums_cell(size_t c, const float *const x[2], const float *mean,
    const uint8_t *which, const float *dy, double *sums)
{
	size_t j;
	int q;

	for (j = 0; j + 8 <= c; j += 8) {
		__m256i at = load_bytes(which + j);
		struct sums8 a = sums_load(sums + j, c);
		__m256 d = _mm256_loadu_ps(x[0] + j), shut;

		for (q = 1; q < 4; q++)
			d = _mm256_blendv_ps(d,
			    _mm256_loadu_ps(x[q / 2] + q % 2 * c + j),
			    _mm256_castsi256_ps(
				_mm256_cmpeq_epi32(at, _mm256_set1_epi32(q))));
		d = _mm256_sub_ps(d, _mm256_loadu_ps(mean + j));
		shut = _mm256_castsi256_ps(
		    _mm256_cmpeq_epi32(at, _mm256_set1_epi32(CD_CONV_CLOSED)));
		sums_add(&a, _mm256_andnot_ps(shut, _mm256_loadu_ps(dy + j)),
		    _mm256_andnot_ps(shut, d));
		sums_store(sums + j, c, &a);
	}
	for (; j < c; j++) {
		double g = dy[j];

		q = which[j];
		if (q == CD_CONV_CLOSED)
			continue;
		sums[j] += g;
		sums[c + j] += g * (double)(x[q / 2][q % 2 * c + j] - mean[j]);
	}
}

void
cd_norm_backward_sums_avx2(const struct cd_norm *p, int n, const float *x,
    const float *mean, const float *y, const uint8_t *which, const float *dy,
    double *sums)
{
	size_t c = (size_t)p->c, line = (size_t)p->w * c;
	int k, i, s;

	if (!p->pool) {
		back_sums_plain(p, (size_t)n * p->h * p->w, x, mean, y, dy,
		    sums);
		return;
	}
	for (k = 0; k < n; k++, x += (size_t)p->h * line)
		for (i = 0; i < p->yh; i++)
			for (s = 0; s < p->yw; s++, which += c, dy += c) {
				const float *top = x + 2 * i * line + 2 * s * c;
				const float *rows[2] = { top, top + line };

				back_sums_cell(c, rows, mean, which, dy, sums);
			}
}
