#include "kern/avx2.h"
#include "kern/excite.h"

static void
scale(const struct cd_excite *p, const float *x, const float *s, float *y)
{
	size_t i, pixels = (size_t)p->h * p->w, c = (size_t)p->c, k;

	for (i = 0; i < pixels; i++, x += c, y += c) {
		for (k = 0; k + 8 <= c; k += 8)
			_mm256_storeu_ps(y + k,
			    _mm256_mul_ps(_mm256_loadu_ps(x + k),
				_mm256_loadu_ps(s + k)));
		for (; k < c; k++)
			y[k] = x[k] * s[k];
	}
}

/* Eight channels. The product of two floats is exact in double. */
static void
sums_eight(size_t pixels, size_t c, const float *x, const float *dy, float *ds)
{
	__m256d a = _mm256_setzero_pd(), b = a;
	size_t i;

	for (i = 0; i < pixels; i++, x += c, dy += c) {
		a = _mm256_fmadd_pd(_mm256_cvtps_pd(_mm_loadu_ps(dy)),
		    _mm256_cvtps_pd(_mm_loadu_ps(x)), a);
		b = _mm256_fmadd_pd(_mm256_cvtps_pd(_mm_loadu_ps(dy + 4)),
		    _mm256_cvtps_pd(_mm_loadu_ps(x + 4)), b);
	}
	_mm_storeu_ps(ds, _mm256_cvtpd_ps(a));
	_mm_storeu_ps(ds + 4, _mm256_cvtpd_ps(b));
}

static void
sums(const struct cd_excite *p, const float *x, const float *dy, float *ds)
{
	size_t pixels = (size_t)p->h * p->w, c = (size_t)p->c, k, i;
	double sum;

	for (k = 0; k + 8 <= c; k += 8)
		sums_eight(pixels, c, x + k, dy + k, ds + k);
	for (; k < c; k++) {
		sum = 0;
		for (i = k; i < pixels * c; i += c)
			sum += (double)dy[i] * x[i];
		ds[k] = (float)sum;
	}
}

static void
backward(const struct cd_excite *p, const float *dy, const float *s,
    const float *k, float *dx)
{
	size_t i, pixels = (size_t)p->h * p->w, c = (size_t)p->c, j;

	for (i = 0; i < pixels; i++, dy += c, dx += c) {
		for (j = 0; j + 8 <= c; j += 8) {
			__m256 d = _mm256_mul_ps(_mm256_loadu_ps(dy + j),
			    _mm256_loadu_ps(s + j));

			d = _mm256_add_ps(d, _mm256_loadu_ps(k + j));
			if (p->add_dx)
				d = _mm256_add_ps(_mm256_loadu_ps(dx + j), d);
			_mm256_storeu_ps(dx + j, d);
		}
		for (; j < c; j++) {
			float d = dy[j] * s[j] + k[j];

			dx[j] = p->add_dx ? dx[j] + d : d;
		}
	}
}

const struct cd_excite_variant cd_excite_avx2 = { "avx2", scale, sums,
	backward };
