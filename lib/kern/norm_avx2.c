/* Eight channels at a time, in groups of neighbouring pixels, so that what is
 * one number a channel is loaded once for several. No multiply and add is
 * fused, and sums go in the reference's order: the results are its own. */
#include <math.h>
#include <stddef.h>

#include "kern/avx2.h"
#include "kern/conv.h"
#include "kern/norm.h"

enum {
	GROUP = 4, /* pixels */
};

/* ---- sums ---- */

CD_INLINE void
sums_group(size_t c, int pixels, const float *x, const float *shift,
    double *sums)
{
	size_t j;
	int i;

	for (j = 0; j + 8 <= c; j += 8) {
		__m256 m = _mm256_loadu_ps(shift + j);
		struct cd_avx2_sums a = cd_avx2_sums_load(sums + j, c);

		for (i = 0; i < pixels; i++) {
			__m256 d = _mm256_loadu_ps(x + i * c + j);

			d = _mm256_sub_ps(d, m);
			cd_avx2_sums_add(&a, d, d);
		}
		cd_avx2_sums_store(sums + j, c, &a);
	}
	for (; j < c; j++)
		for (i = 0; i < pixels; i++) {
			double d = x[i * c + j] - shift[j];

			sums[j] += d;
			sums[c + j] += d * d;
		}
}

static void
sums(const struct cd_norm *p, int n, const float *x, const float *shift,
    double *sums)
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

CD_INLINE __m256
normal(__m256 x, __m256 mean, __m256 scale, __m256 beta)
{
	x = _mm256_mul_ps(_mm256_sub_ps(x, mean), scale);
	return _mm256_add_ps(x, beta);
}

CD_INLINE void
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

/* Eight channels of an output cell; x: the window's two rows. */
CD_INLINE void
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
		cd_avx2_take_larger(&best, &at,
		    normal(_mm256_loadu_ps(x[q / 2] + q % 2 * c + j), mean,
			scale, beta),
		    q);
	shut = relu ? _mm256_cmp_ps(best, zero, _CMP_LE_OQ) : zero;
	_mm256_storeu_ps(y + j, _mm256_andnot_ps(shut, best));
	if (which)
		cd_avx2_store_bytes(which + j,
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

static void
forward(const struct cd_norm *p, int n, const float *x, const float *mean,
    const float *scale, const float *beta, const float *add, float *y,
    uint8_t *which)
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

CD_INLINE void
back_sums_group(size_t c, int pixels, bool relu, const float *x,
    const float *mean, const float *y, const float *dy, double *sums)
{
	const __m256 zero = _mm256_setzero_ps();
	size_t j;
	int i;

	for (j = 0; j + 8 <= c; j += 8) {
		__m256 m = _mm256_loadu_ps(mean + j);
		struct cd_avx2_sums a = cd_avx2_sums_load(sums + j, c);

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
			cd_avx2_sums_add(&a, g, d);
		}
		cd_avx2_sums_store(sums + j, c, &a);
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
CD_INLINE void
back_sums_cell(size_t c, const float *const x[2], const float *mean,
    const uint8_t *which, const float *dy, double *sums)
{
	size_t j;
	int q;

	for (j = 0; j + 8 <= c; j += 8) {
		__m256i at = cd_avx2_load_bytes(which + j);
		struct cd_avx2_sums a = cd_avx2_sums_load(sums + j, c);
		__m256 d = _mm256_loadu_ps(x[0] + j), shut;

		for (q = 1; q < 4; q++)
			d = _mm256_blendv_ps(d,
			    _mm256_loadu_ps(x[q / 2] + q % 2 * c + j),
			    _mm256_castsi256_ps(
				_mm256_cmpeq_epi32(at, _mm256_set1_epi32(q))));
		d = _mm256_sub_ps(d, _mm256_loadu_ps(mean + j));
		shut = _mm256_castsi256_ps(
		    _mm256_cmpeq_epi32(at, _mm256_set1_epi32(CD_CONV_CLOSED)));
		cd_avx2_sums_add(&a,
		    _mm256_andnot_ps(shut, _mm256_loadu_ps(dy + j)),
		    _mm256_andnot_ps(shut, d));
		cd_avx2_sums_store(sums + j, c, &a);
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

static void
backward_sums(const struct cd_norm *p, int n, const float *x, const float *mean,
    const float *y, const uint8_t *which, const float *dy, double *sums)
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

cd_norm_backward_fn cd_norm_backward_avx2;

const struct cd_norm_variant cd_norm_avx2 = { "avx2", sums, forward,
	backward_sums, cd_norm_backward_avx2 };
