/* The last step of batch norm's backward pass; norm_avx2.c says how. */
#include <stddef.h>

#include "kern/avx2.h"
#include "kern/norm.h"

cd_norm_backward_fn cd_norm_backward_avx2;

enum {
	GROUP = 4, /* pixels */
};

/* One number a channel. */
struct of_channel {
	const float *mean, *a, *b, *k;
};

/* What to do, the same for all pixels. */
struct how {
	bool relu, add_dx, dadd, add_dadd;
};

CD_INLINE void
put(float *to, bool add, __m256 v)
{
	if (add)
		v = _mm256_add_ps(_mm256_loadu_ps(to), v);
	_mm256_storeu_ps(to, v);
}

CD_INLINE void
put_one(float *to, bool add, float v)
{
	*to = add ? *to + v : v;
}

/* dx of eight channels of one pixel, given g. */
CD_INLINE void
put_dx(const float *x, __m256 g, __m256 mean, __m256 a, __m256 b, __m256 k,
    bool add, float *dx)
{
	__m256 d = _mm256_sub_ps(_mm256_loadu_ps(x), mean);

	d = _mm256_add_ps(_mm256_mul_ps(a, g), _mm256_mul_ps(b, d));
	put(dx, add, _mm256_add_ps(d, k));
}

CD_INLINE void
put_dx_one(float x, float g, const struct of_channel *f, size_t j, bool add,
    float *dx)
{
	put_one(dx, add, f->a[j] * g + f->b[j] * (x - f->mean[j]) + f->k[j]);
}

/* Pixels side by side. dy NULL: their gradient is 0 (pooling dropped them). */
CD_INLINE void
group(size_t c, int pixels, struct how h, const struct of_channel *f,
    const float *x, const float *y, const float *dy, float *dx, float *dadd)
{
	const __m256 zero = _mm256_setzero_ps();
	size_t j, at;
	int i;

	for (j = 0; j + 8 <= c; j += 8) {
		__m256 mean = _mm256_loadu_ps(f->mean + j);
		__m256 a = _mm256_loadu_ps(f->a + j);
		__m256 b = _mm256_loadu_ps(f->b + j);
		__m256 k = _mm256_loadu_ps(f->k + j), g;

		for (i = 0; i < pixels; i++) {
			at = i * c + j;
			g = dy ? _mm256_loadu_ps(dy + at) : zero;
			if (h.relu)
				g = _mm256_andnot_ps(
				    _mm256_cmp_ps(_mm256_loadu_ps(y + at), zero,
					_CMP_LE_OQ),
				    g);
			put_dx(x + at, g, mean, a, b, k, h.add_dx, dx + at);
			if (h.dadd)
				put(dadd + at, h.add_dadd, g);
		}
	}
	for (; j < c; j++)
		for (i = 0; i < pixels; i++) {
			float g;

			at = i * c + j;
			g = dy && !(h.relu && y[at] <= 0) ? dy[at] : 0;
			put_dx_one(x[at], g, f, j, h.add_dx, dx + at);
			if (h.dadd)
				put_one(dadd + at, h.add_dadd, g);
		}
}

CD_INLINE void
row(size_t c, size_t pixels, struct how h, const struct of_channel *f,
    const float *x, const float *y, const float *dy, float *dx, float *dadd)
{
	size_t i = 0;

	for (; i + GROUP <= pixels; i += GROUP)
		group(c, GROUP, h, f, x + i * c, h.relu ? y + i * c : NULL,
		    dy ? dy + i * c : NULL, dx + i * c,
		    h.dadd ? dadd + i * c : NULL);
	for (; i < pixels; i++)
		group(c, 1, h, f, x + i * c, h.relu ? y + i * c : NULL,
		    dy ? dy + i * c : NULL, dx + i * c,
		    h.dadd ? dadd + i * c : NULL);
}

/* ---- pooled ---- */

/* The four pixels of an output cell; x, dx: their two rows. */
CD_INLINE void
cell(size_t c, struct how h, const struct of_channel *f,
    const float *const x[2], const uint8_t *which, const float *dy,
    float *const dx[2])
{
	size_t j;
	int q;

	for (j = 0; j + 8 <= c; j += 8) {
		__m256 mean = _mm256_loadu_ps(f->mean + j);
		__m256 a = _mm256_loadu_ps(f->a + j);
		__m256 b = _mm256_loadu_ps(f->b + j);
		__m256 k = _mm256_loadu_ps(f->k + j);
		__m256 g = _mm256_loadu_ps(dy + j), won;
		__m256i at = cd_avx2_load_bytes(which + j);

		for (q = 0; q < 4; q++) {
			size_t to = q % 2 * c + j;

			won = _mm256_castsi256_ps(
			    _mm256_cmpeq_epi32(at, _mm256_set1_epi32(q)));
			put_dx(x[q / 2] + to, _mm256_and_ps(won, g), mean, a, b,
			    k, h.add_dx, dx[q / 2] + to);
		}
	}
	for (; j < c; j++)
		for (q = 0; q < 4; q++) {
			size_t to = q % 2 * c + j;

			put_dx_one(x[q / 2][to], which[j] == q ? dy[j] : 0, f,
			    j, h.add_dx, dx[q / 2] + to);
		}
}

/* Two rows of x, or the last one alone (which NULL). */
static void
pooled_rows(const struct cd_norm *p, const struct of_channel *f, const float *x,
    const uint8_t *which, const float *dy, float *dx)
{
	const struct how h = { .add_dx = p->add_dx };
	size_t c = (size_t)p->c, line = (size_t)p->w * c, s;

	if (!which) {
		row(c, (size_t)p->w, h, f, x, NULL, NULL, dx, NULL);
		return;
	}
	for (s = 0; s < (size_t)p->yw; s++) {
		const float *rows[2] = { x + 2 * s * c, x + line + 2 * s * c };
		float *to[2] = { dx + 2 * s * c, dx + line + 2 * s * c };

		cell(c, h, f, rows, which + s * c, dy + s * c, to);
	}
	if (p->w % 2 == 0)
		return;
	s = line - c; /* dropped at the right */
	group(c, 1, h, f, x + s, NULL, NULL, dx + s, NULL);
	group(c, 1, h, f, x + line + s, NULL, NULL, dx + line + s, NULL);
}

static void
pooled(const struct cd_norm *p, int n, const struct of_channel *f,
    const float *x, const uint8_t *which, const float *dy, float *dx)
{
	size_t line = (size_t)p->w * p->c, out = (size_t)p->yw * p->c, at;
	int k, i;

	for (k = 0; k < n; k++) {
		for (i = 0; i < p->yh; i++, which += out, dy += out) {
			at = ((size_t)k * p->h + 2 * i) * line;
			pooled_rows(p, f, x + at, which, dy, dx + at);
		}
		at = ((size_t)k * p->h + p->h - 1) * line;
		if (p->h % 2)
			pooled_rows(p, f, x + at, NULL, NULL, dx + at);
	}
}

void
cd_norm_backward_avx2(const struct cd_norm *p, int n, const float *x,
    const float *mean, const float *y, const uint8_t *which, const float *dy,
    const float *a, const float *b, const float *k, float *dx, float *dadd)
{
	const struct of_channel f = { mean, a, b, k };
	const struct how h = { p->relu, p->add_dx, dadd != NULL, p->add_dadd };
	size_t pixels = (size_t)n * p->h * p->w;

	if (p->pool)
		pooled(p, n, &f, x, which, dy, dx);
	else
		row((size_t)p->c, pixels, h, &f, x, y, dy, dx, dadd);
}
