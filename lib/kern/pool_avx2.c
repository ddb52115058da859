/* Pooling, eight channels at a time, in registers over a window. Backward a
 * pixel collects from the windows it is in, in their order: written once. */
#include <math.h>

#include "kern/avx2.h"
#include "kern/pool.h"

/* From .. to-1. */
struct range {
	int from, to;
};

/* The part of output i's window that is inside a map of size rows (or
 * columns), as rows of the map. */
static struct range
inside(const struct cd_pool *p, int i, int size)
{
	int from = i * p->stride - p->before, to = from + p->size;

	return (struct range){ from < 0 ? 0 : from, to < size ? to : size };
}

/* The outputs below count whose windows row r is in. */
static struct range
covering(const struct cd_pool *p, int r, int count)
{
	int last = (r + p->before) / p->stride;
	int first = r + p->before - p->size + 1;

	first = first > 0 ? (first + p->stride - 1) / p->stride : 0;
	return (struct range){ first, last < count ? last + 1 : count };
}

/* ---- maximum ---- */

/* Place in the window of row r, column s. */
static int
place(const struct cd_pool *p, int i, int j, int r, int s)
{
	return (r - i * p->stride + p->before) * p->size + s - j * p->stride +
	    p->before;
}

/* Channel k (of output i,j), or eight from it on. */
static void
max_one(const struct cd_pool *p, const float *x, struct range rows,
    struct range columns, int k, float *y, int *at)
{
	size_t c = (size_t)p->c, width = (size_t)p->w * c;
	bool first = true;
	int r, s;

	for (r = rows.from; r < rows.to; r++)
		for (s = columns.from; s < columns.to; s++) {
			float v = x[r * width + s * c + k];

			if (!first && (v <= *y || isnan(*y)))
				continue;
			first = false;
			*y = v;
			*at = (r - rows.from) * p->size + s - columns.from;
		}
}

CD_INLINE void
max_eight(const struct cd_pool *p, const float *x, struct range rows,
    struct range columns, int k, __m256 *y, __m256i *at)
{
	size_t c = (size_t)p->c, width = (size_t)p->w * c;
	int r, s;

	x += k;
	*y = _mm256_loadu_ps(x + rows.from * width + columns.from * c);
	*at = _mm256_setzero_si256();
	for (r = rows.from; r < rows.to; r++)
		for (s = columns.from; s < columns.to; s++)
			cd_avx2_take_larger(y, at,
			    _mm256_loadu_ps(x + r * width + s * c),
			    (r - rows.from) * p->size + s - columns.from);
}

static void
max_cell(const struct cd_pool *p, const float *x, int i, int j, float *y,
    uint8_t *which)
{
	struct range rows = inside(p, i, p->h), columns = inside(p, j, p->w);
	int at = 0, k, first = place(p, i, j, rows.from, columns.from);
	__m256i at8;
	__m256 y8;

	for (k = 0; k + 8 <= p->c; k += 8) {
		max_eight(p, x, rows, columns, k, &y8, &at8);
		_mm256_storeu_ps(y + k, y8);
		if (which)
			cd_avx2_store_bytes(which + k,
			    _mm256_add_epi32(at8, _mm256_set1_epi32(first)));
	}
	for (; k < p->c; k++) {
		max_one(p, x, rows, columns, k, &y[k], &at);
		if (which)
			which[k] = (uint8_t)(first + at);
	}
}

static void
max(const struct cd_pool *p, const float *x, float *y, uint8_t *which)
{
	int i, j;

	for (i = 0; i < p->yh; i++)
		for (j = 0; j < p->yw; j++, y += p->c) {
			max_cell(p, x, i, j, y, which);
			which = which ? which + p->c : NULL;
		}
}

/* What a pixel at place q of a window gets from it, n channels: dy where it
 * won. Added to dx, or put there where it is fresh. */
static void
add_won(int n, const uint8_t *which, int q, const float *dy, bool fresh,
    float *dx)
{
	const __m256i place8 = _mm256_set1_epi32(q);
	__m256 was, won;
	int k;

	for (k = 0; k + 8 <= n; k += 8) {
		was = fresh ? _mm256_setzero_ps() : _mm256_loadu_ps(dx + k);
		won = _mm256_castsi256_ps(
		    _mm256_cmpeq_epi32(cd_avx2_load_bytes(which + k), place8));
		won = _mm256_and_ps(won, _mm256_loadu_ps(dy + k));
		_mm256_storeu_ps(dx + k, _mm256_add_ps(was, won));
	}
	for (; k < n; k++)
		dx[k] = (fresh ? 0 : dx[k]) + (which[k] == q ? dy[k] : 0);
}

/* It is in no window. */
static void
clear(int n, float *dx)
{
	int k;

	for (k = 0; k < n; k++)
		dx[k] = 0;
}

static void
max_back(const struct cd_pool *p, const uint8_t *which, const float *dy,
    float *dx)
{
	int r, s, i, j;
	size_t at;

	for (r = 0; r < p->h; r++)
		for (s = 0; s < p->w; s++, dx += p->c) {
			struct range rows = covering(p, r, p->yh);
			struct range columns = covering(p, s, p->yw);
			bool fresh = !p->add_dx;

			for (i = rows.from; i < rows.to; i++)
				for (j = columns.from; j < columns.to; j++) {
					at = ((size_t)i * p->yw + j) * p->c;
					add_won(p->c, which + at,
					    place(p, i, j, r, s), dy + at,
					    fresh, dx);
					fresh = false;
				}
			if (fresh)
				clear(p->c, dx);
		}
}

/* ---- mean ---- */

static float
share(const struct cd_pool *p, int i, int j)
{
	struct range a = inside(p, i, p->h), b = inside(p, j, p->w);

	return 1 / (float)((a.to - a.from) * (b.to - b.from));
}

static void
mean_cell(const struct cd_pool *p, const float *x, int i, int j, float *y)
{
	struct range rows = inside(p, i, p->h), columns = inside(p, j, p->w);
	size_t c = (size_t)p->c, width = (size_t)p->w * c;
	float one = share(p, i, j), sum;
	int r, s, k;

	for (k = 0; k + 8 <= p->c; k += 8) {
		__m256 a = _mm256_setzero_ps();

		for (r = rows.from; r < rows.to; r++)
			for (s = columns.from; s < columns.to; s++)
				a = _mm256_add_ps(a,
				    _mm256_loadu_ps(x + r * width + s * c + k));
		_mm256_storeu_ps(y + k, _mm256_mul_ps(a, _mm256_set1_ps(one)));
	}
	for (; k < p->c; k++) {
		sum = 0;
		for (r = rows.from; r < rows.to; r++)
			for (s = columns.from; s < columns.to; s++)
				sum += x[r * width + s * c + k];
		y[k] = sum * one;
	}
}

static void
mean(const struct cd_pool *p, const float *x, float *y)
{
	int i, j;

	for (i = 0; i < p->yh; i++)
		for (j = 0; j < p->yw; j++, y += p->c)
			mean_cell(p, x, i, j, y);
}

/* dx += dy one, or where it is fresh = that. */
static void
add_scaled(int n, const float *dy, float one, bool fresh, float *dx)
{
	__m256 f = _mm256_set1_ps(one), v, was;
	int k;

	for (k = 0; k + 8 <= n; k += 8) {
		was = fresh ? _mm256_setzero_ps() : _mm256_loadu_ps(dx + k);
		v = _mm256_mul_ps(_mm256_loadu_ps(dy + k), f);
		_mm256_storeu_ps(dx + k, _mm256_add_ps(was, v));
	}
	for (; k < n; k++)
		dx[k] = (fresh ? 0 : dx[k]) + dy[k] * one;
}

static void
mean_back(const struct cd_pool *p, const float *dy, float *dx)
{
	int r, s, i, j;
	size_t at;

	for (r = 0; r < p->h; r++)
		for (s = 0; s < p->w; s++, dx += p->c) {
			struct range rows = covering(p, r, p->yh);
			struct range columns = covering(p, s, p->yw);
			bool fresh = !p->add_dx;

			for (i = rows.from; i < rows.to; i++)
				for (j = columns.from; j < columns.to; j++) {
					at = ((size_t)i * p->yw + j) * p->c;
					add_scaled(p->c, dy + at,
					    share(p, i, j), fresh, dx);
					fresh = false;
				}
			if (fresh)
				clear(p->c, dx);
		}
}

/* ---- mean of the map ---- */

static void
global(const struct cd_pool *p, const float *x, float *y)
{
	size_t c = (size_t)p->c, m = (size_t)p->h * p->w, i, k;
	__m256d n = _mm256_set1_pd((double)m);

	for (k = 0; k + 8 <= c; k += 8) {
		__m256d a = _mm256_setzero_pd(), b = a;

		for (i = 0; i < m; i++) {
			const float *at = x + i * c + k;

			a = _mm256_add_pd(a, _mm256_cvtps_pd(_mm_loadu_ps(at)));
			b = _mm256_add_pd(b,
			    _mm256_cvtps_pd(_mm_loadu_ps(at + 4)));
		}
		_mm_storeu_ps(y + k, _mm256_cvtpd_ps(_mm256_div_pd(a, n)));
		_mm_storeu_ps(y + k + 4, _mm256_cvtpd_ps(_mm256_div_pd(b, n)));
	}
	for (; k < c; k++) {
		double sum = 0;

		for (i = 0; i < m; i++)
			sum += x[i * c + k];
		y[k] = (float)(sum / (double)m);
	}
}

static void
global_back(const struct cd_pool *p, const float *dy, float *dx)
{
	int i, m = p->h * p->w;

	for (i = 0; i < m; i++, dx += p->c)
		add_scaled(p->c, dy, 1 / (float)m, !p->add_dx, dx);
}

const struct cd_pool_variant cd_pool_avx2 = { "avx2", max, max_back, mean,
	mean_back, global, global_back };
