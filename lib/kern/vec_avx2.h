/* kern/vec.h for AVX2 and FMA. */
#ifndef CD_KERN_VEC_AVX2_H
#define CD_KERN_VEC_AVX2_H

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kern/blocks.h"

#define CD_INLINE static inline __attribute__((always_inline))

typedef __m256 cd_vec;
typedef __m256i cd_ints;
typedef __m256 cd_mask;
typedef struct {
	__m256d lo, hi;
} cd_doubles;

enum {
	CD_VEC = 8,
	CD_VEC_ROWS = CD_TILE_ROWS_AVX2,
};

CD_INLINE cd_vec
cd_vec_load(const float *p)
{
	return _mm256_loadu_ps(p);
}

CD_INLINE void
cd_vec_store(float *p, cd_vec a)
{
	_mm256_storeu_ps(p, a);
}

CD_INLINE __m256i
cd_mask_bits(int n)
{
	return _mm256_cmpgt_epi32(_mm256_set1_epi32(n),
	    _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

CD_INLINE cd_mask
cd_mask_all(bool b)
{
	return _mm256_castsi256_ps(_mm256_set1_epi32(b ? -1 : 0));
}

CD_INLINE cd_mask
cd_mask_and(cd_mask a, cd_mask b)
{
	return _mm256_and_ps(a, b);
}

CD_INLINE cd_vec
cd_vec_load_n(const float *p, int n)
{
	return _mm256_maskload_ps(p, cd_mask_bits(n));
}

CD_INLINE void
cd_vec_store_n(float *p, int n, cd_vec a)
{
	_mm256_maskstore_ps(p, cd_mask_bits(n), a);
}

CD_INLINE cd_vec
cd_vec_all(float f)
{
	return _mm256_set1_ps(f);
}

CD_INLINE cd_vec
cd_vec_fma(cd_vec a, cd_vec b, cd_vec c)
{
	return _mm256_fmadd_ps(a, b, c);
}

CD_INLINE float
cd_vec_sum(cd_vec a)
{
	__m128 b = _mm_add_ps(_mm256_castps256_ps128(a),
	    _mm256_extractf128_ps(a, 1));

	b = _mm_add_ps(b, _mm_movehl_ps(b, b));
	b = _mm_add_ss(b, _mm_movehdup_ps(b));
	return _mm_cvtss_f32(b);
}

CD_INLINE cd_vec
cd_vec_max(cd_vec a, cd_vec b)
{
	return _mm256_max_ps(a, b);
}

CD_INLINE cd_mask
cd_vec_le(cd_vec x, cd_vec y)
{
	return _mm256_cmp_ps(x, y, _CMP_LE_OQ);
}

CD_INLINE cd_mask
cd_vec_gt(cd_vec x, cd_vec y)
{
	return _mm256_cmp_ps(x, y, _CMP_GT_OQ);
}

CD_INLINE cd_mask
cd_vec_beats(cd_vec x, cd_vec y)
{
	return _mm256_and_ps(_mm256_cmp_ps(x, y, _CMP_NLE_UQ),
	    _mm256_cmp_ps(y, y, _CMP_ORD_Q));
}

CD_INLINE cd_vec
cd_vec_where(cd_mask m, cd_vec a)
{
	return _mm256_and_ps(m, a);
}

CD_INLINE cd_vec
cd_vec_unless(cd_mask m, cd_vec a)
{
	return _mm256_andnot_ps(m, a);
}

CD_INLINE cd_vec
cd_vec_blend(cd_mask m, cd_vec a, cd_vec b)
{
	return _mm256_blendv_ps(a, b, m);
}

CD_INLINE cd_ints
cd_ints_all(int i)
{
	return _mm256_set1_epi32(i);
}

CD_INLINE cd_ints
cd_ints_count(void)
{
	return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
}

CD_INLINE cd_ints
cd_ints_add(cd_ints a, cd_ints b)
{
	return _mm256_add_epi32(a, b);
}

CD_INLINE cd_ints
cd_ints_xor(cd_ints a, cd_ints b)
{
	return _mm256_xor_si256(a, b);
}

CD_INLINE cd_mask
cd_ints_eq(cd_ints a, cd_ints b)
{
	return _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b));
}

CD_INLINE cd_mask
cd_ints_below(cd_ints a, cd_ints b)
{
	const cd_ints sign = _mm256_set1_epi32(INT32_MIN);

	return _mm256_castsi256_ps(
	    _mm256_cmpgt_epi32(cd_ints_xor(b, sign), cd_ints_xor(a, sign)));
}

CD_INLINE cd_ints
cd_ints_blend(cd_mask m, cd_ints a, cd_ints b)
{
	return _mm256_blendv_epi8(a, b, _mm256_castps_si256(m));
}

CD_INLINE cd_ints
cd_ints_load_bytes(const uint8_t *p, int n)
{
	uint64_t b = 0;

	memcpy(&b, p, (size_t)n);
	return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)b));
}

CD_INLINE void
cd_ints_store_bytes(uint8_t *p, int n, cd_ints a)
{
	__m128i w = _mm_packs_epi32(_mm256_castsi256_si128(a),
	    _mm256_extracti128_si256(a, 1));
	uint64_t b = (uint64_t)_mm_cvtsi128_si64(_mm_packus_epi16(w, w));

	memcpy(p, &b, (size_t)n);
}

CD_INLINE void
cd_ints_mul(cd_ints a, cd_ints f, cd_ints *low, cd_ints *high)
{
	cd_ints even = _mm256_mul_epu32(a, f);
	cd_ints odd = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), f);

	*low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
	*high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
}

CD_INLINE void
cd_ints_transpose(cd_ints v[4])
{
	cd_ints a = _mm256_unpacklo_epi32(v[0], v[1]);
	cd_ints b = _mm256_unpackhi_epi32(v[0], v[1]);
	cd_ints c = _mm256_unpacklo_epi32(v[2], v[3]);
	cd_ints d = _mm256_unpackhi_epi32(v[2], v[3]);
	/* row 4 k + i is lane k of ci */
	cd_ints c0 = _mm256_unpacklo_epi64(a, c);
	cd_ints c1 = _mm256_unpackhi_epi64(a, c);
	cd_ints c2 = _mm256_unpacklo_epi64(b, d);
	cd_ints c3 = _mm256_unpackhi_epi64(b, d);

	v[0] = _mm256_permute2x128_si256(c0, c1, 0x20);
	v[1] = _mm256_permute2x128_si256(c2, c3, 0x20);
	v[2] = _mm256_permute2x128_si256(c0, c1, 0x31);
	v[3] = _mm256_permute2x128_si256(c2, c3, 0x31);
}

/* Pairs of lanes, then of pairs, within 128 bits; then of 128 bits. */
CD_INLINE void
cd_vec_transpose(cd_vec v[8])
{
	cd_vec a[8], b[8];
	int i;

#pragma GCC unroll 4
	for (i = 0; i < 8; i += 2) {
		a[i] = _mm256_unpacklo_ps(v[i], v[i + 1]);
		a[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
	}
#pragma GCC unroll 2
	for (i = 0; i < 8; i += 4) {
		b[i] = _mm256_shuffle_ps(a[i], a[i + 2], 0x44);
		b[i + 1] = _mm256_shuffle_ps(a[i], a[i + 2], 0xee);
		b[i + 2] = _mm256_shuffle_ps(a[i + 1], a[i + 3], 0x44);
		b[i + 3] = _mm256_shuffle_ps(a[i + 1], a[i + 3], 0xee);
	}
#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		v[i] = _mm256_permute2f128_ps(b[i], b[i + 4], 0x20);
		v[i + 4] = _mm256_permute2f128_ps(b[i], b[i + 4], 0x31);
	}
}

CD_INLINE cd_doubles
cd_doubles_all(double f)
{
	return (cd_doubles){ _mm256_set1_pd(f), _mm256_set1_pd(f) };
}

CD_INLINE cd_doubles
cd_doubles_load(const double *p)
{
	return (cd_doubles){ _mm256_loadu_pd(p), _mm256_loadu_pd(p + 4) };
}

CD_INLINE void
cd_doubles_store(double *p, cd_doubles a)
{
	_mm256_storeu_pd(p, a.lo);
	_mm256_storeu_pd(p + 4, a.hi);
}

CD_INLINE cd_doubles
cd_doubles_load_n(const double *p, int n)
{
	__m256i m = cd_mask_bits(n);
	__m256i lo = _mm256_cvtepi32_epi64(_mm256_castsi256_si128(m));
	__m256i hi = _mm256_cvtepi32_epi64(_mm256_extracti128_si256(m, 1));

	return (cd_doubles){ _mm256_maskload_pd(p, lo),
		_mm256_maskload_pd(p + 4, hi) };
}

CD_INLINE void
cd_doubles_store_n(double *p, int n, cd_doubles a)
{
	__m256i m = cd_mask_bits(n);
	__m256i lo = _mm256_cvtepi32_epi64(_mm256_castsi256_si128(m));
	__m256i hi = _mm256_cvtepi32_epi64(_mm256_extracti128_si256(m, 1));

	_mm256_maskstore_pd(p, lo, a.lo);
	_mm256_maskstore_pd(p + 4, hi, a.hi);
}

CD_INLINE cd_doubles
cd_doubles_of(cd_vec a)
{
	return (cd_doubles){ _mm256_cvtps_pd(_mm256_castps256_ps128(a)),
		_mm256_cvtps_pd(_mm256_extractf128_ps(a, 1)) };
}

CD_INLINE cd_vec
cd_doubles_round(cd_doubles a)
{
	return _mm256_insertf128_ps(_mm256_castps128_ps256(
					_mm256_cvtpd_ps(a.lo)),
	    _mm256_cvtpd_ps(a.hi), 1);
}

CD_INLINE cd_doubles
cd_doubles_add_product(cd_doubles a, cd_vec x, cd_vec y)
{
	cd_doubles dx = cd_doubles_of(x), dy = cd_doubles_of(y);

	return (cd_doubles){ _mm256_fmadd_pd(dx.lo, dy.lo, a.lo),
		_mm256_fmadd_pd(dx.hi, dy.hi, a.hi) };
}

#endif
