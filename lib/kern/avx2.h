/* What several of the _avx2.c files need; only they include it. */
#ifndef CD_KERN_AVX2_H
#define CD_KERN_AVX2_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define CD_INLINE static inline __attribute__((always_inline))

/* Eight 32-bit numbers below 256, as eight bytes. */
CD_INLINE void
cd_avx2_store_bytes(uint8_t *to, __m256i v)
{
	__m128i w = _mm_packs_epi32(_mm256_castsi256_si128(v),
	    _mm256_extracti128_si256(v, 1));

	_mm_storel_epi64((__m128i *)(void *)to, _mm_packus_epi16(w, w));
}

CD_INLINE __m256i
cd_avx2_load_bytes(const uint8_t *from)
{
	return _mm256_cvtepu8_epi32(
	    _mm_loadl_epi64((const __m128i *)(const void *)from));
}

/* Where v is more than best, or not a number while best is one: v and its
 * place. */
CD_INLINE void
cd_avx2_take_larger(__m256 *best, __m256i *at, __m256 v, int place)
{
	__m256 more = _mm256_and_ps(_mm256_cmp_ps(v, *best, _CMP_NLE_UQ),
	    _mm256_cmp_ps(*best, *best, _CMP_ORD_Q));

	*best = _mm256_blendv_ps(*best, v, more);
	*at = _mm256_blendv_epi8(*at, _mm256_set1_epi32(place),
	    _mm256_castps_si256(more));
}

/* Sums in double of eight channels: of g (s), and of g d (t). */
struct cd_avx2_sums {
	__m256d s0, s1, t0, t1;
};

/* From s[0..7] and s[c..c+7]. */
CD_INLINE struct cd_avx2_sums
cd_avx2_sums_load(const double *s, size_t c)
{
	return (struct cd_avx2_sums){ _mm256_loadu_pd(s),
		_mm256_loadu_pd(s + 4), _mm256_loadu_pd(s + c),
		_mm256_loadu_pd(s + c + 4) };
}

CD_INLINE void
cd_avx2_sums_store(double *s, size_t c, const struct cd_avx2_sums *a)
{
	_mm256_storeu_pd(s, a->s0);
	_mm256_storeu_pd(s + 4, a->s1);
	_mm256_storeu_pd(s + c, a->t0);
	_mm256_storeu_pd(s + c + 4, a->t1);
}

/* s += g, t += g d. The product of two floats is exact in double, so that
 * fusing changes nothing. */
CD_INLINE void
cd_avx2_sums_add(struct cd_avx2_sums *a, __m256 g, __m256 d)
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

#endif
