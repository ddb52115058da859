#include "kern/avx2.h"
#include "kern/conv.h"
#include "kern/window.h"

/* Where b > a: b and its place; else a and its place. */
static void
take_larger(__m256 *a, __m256i *a_at, __m256 b, __m256i b_at)
{
	__m256 more = _mm256_cmp_ps(b, *a, _CMP_GT_OQ);

	*a = _mm256_blendv_ps(*a, b, more);
	*a_at = _mm256_blendv_epi8(*a_at, b_at, _mm256_castps_si256(more));
}

static void
forward(int n, const float *z0, const float *z1, const float *b, bool relu,
    float *y, uint8_t *which)
{
	const __m256 zero = _mm256_setzero_ps();
	const __m256i closed = _mm256_set1_epi32(CD_CONV_CLOSED);
	int i, k;

	for (i = 0; i + 8 <= n; i += 8) {
		__m256 bias = b ? _mm256_loadu_ps(b + i) : zero;
		const float *z[4] = { z0 + i, z0 + n + i, z1 + i, z1 + n + i };
		__m256 m = _mm256_add_ps(_mm256_loadu_ps(z[0]), bias), shut;
		__m256i at = _mm256_setzero_si256();

		for (k = 1; k < 4; k++)
			take_larger(&m, &at,
			    _mm256_add_ps(_mm256_loadu_ps(z[k]), bias),
			    _mm256_set1_epi32(k));
		shut = relu ? _mm256_cmp_ps(m, zero, _CMP_LE_OQ) : zero;
		_mm256_storeu_ps(y + i, _mm256_andnot_ps(shut, m));
		if (which)
			cd_avx2_store_bytes(which + i,
			    _mm256_blendv_epi8(at, closed,
				_mm256_castps_si256(shut)));
	}
	/* The rest one at a time: the reference's [2,n] has its second pixel n
	 * further on, so it cannot be called for a part. */
	for (; i < n; i++) {
		float v[4] = { z0[i], z0[n + i], z1[i], z1[n + i] };

		cd_window_ref.forward(1, v, v + 2, b ? b + i : NULL, relu,
		    y + i, which ? which + i : NULL);
	}
}

static void
backward(int n, const uint8_t *which, const float *dy, float *dz0, float *dz1,
    float *db)
{
	int i, k;

	for (i = 0; i + 8 <= n; i += 8) {
		float *dz[4] = { dz0 + i, dz0 + n + i, dz1 + i, dz1 + n + i };
		__m256 d = _mm256_loadu_ps(dy + i), sum;
		__m256i at = cd_avx2_load_bytes(which + i), is;

		for (k = 0; k < 4; k++) {
			is = _mm256_cmpeq_epi32(at, _mm256_set1_epi32(k));
			_mm256_storeu_ps(dz[k],
			    _mm256_and_ps(_mm256_castsi256_ps(is), d));
		}
		if (!db)
			continue;
		is = _mm256_cmpeq_epi32(at, _mm256_set1_epi32(CD_CONV_CLOSED));
		sum = _mm256_loadu_ps(db + i);
		/* left as it is, not plus 0: -0 + 0 would be +0 */
		sum = _mm256_blendv_ps(_mm256_add_ps(sum, d), sum,
		    _mm256_castsi256_ps(is));
		_mm256_storeu_ps(db + i, sum);
	}
	for (; i < n; i++) {
		float dz[4];

		cd_window_ref.backward(1, which + i, dy + i, dz, dz + 2,
		    db ? db + i : NULL);
		dz0[i] = dz[0];
		dz0[n + i] = dz[1];
		dz1[i] = dz[2];
		dz1[n + i] = dz[3];
	}
}

const struct cd_window_variant cd_window_avx2 = { "avx2", forward, backward };
