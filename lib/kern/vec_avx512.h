/* kern/vec.h for AVX-512 F, BW, DQ and VL. */
#ifndef CD_KERN_VEC_AVX512_H
#define CD_KERN_VEC_AVX512_H

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kern/blocks.h"

#define CD_INLINE static inline __attribute__((always_inline))

typedef __m512 cd_vec;
typedef __m512i cd_ints;
typedef __mmask16 cd_mask;
typedef struct {
	__m512d lo, hi;
} cd_doubles;

enum {
	CD_VEC = 16,
	CD_VEC_ROWS = CD_TILE_ROWS_AVX512,
};

CD_INLINE cd_vec
cd_vec_load(const float *p)
{
	return _mm512_loadu_ps(p);
}

CD_INLINE void
cd_vec_store(float *p, cd_vec a)
{
	_mm512_storeu_ps(p, a);
}

CD_INLINE cd_mask
cd_mask_first(int n)
{
	return (cd_mask)((1u << n) - 1);
}

CD_INLINE cd_mask
cd_mask_all(bool b)
{
	return (cd_mask)(b ? 0xffff : 0);
}

CD_INLINE cd_mask
cd_mask_and(cd_mask a, cd_mask b)
{
	return (cd_mask)(a & b);
}

CD_INLINE cd_vec
cd_vec_load_n(const float *p, int n)
{
	return _mm512_maskz_loadu_ps(cd_mask_first(n), p);
}

CD_INLINE void
cd_vec_store_n(float *p, int n, cd_vec a)
{
	_mm512_mask_storeu_ps(p, cd_mask_first(n), a);
}

CD_INLINE cd_vec
cd_vec_all(float f)
{
	return _mm512_set1_ps(f);
}

CD_INLINE cd_vec
cd_vec_fma(cd_vec a, cd_vec b, cd_vec c)
{
	return _mm512_fmadd_ps(a, b, c);
}

CD_INLINE float
cd_vec_sum(cd_vec a)
{
	return _mm512_reduce_add_ps(a);
}

CD_INLINE cd_vec
cd_vec_max(cd_vec a, cd_vec b)
{
	return _mm512_max_ps(a, b);
}

CD_INLINE cd_mask
cd_vec_le(cd_vec x, cd_vec y)
{
	return _mm512_cmp_ps_mask(x, y, _CMP_LE_OQ);
}

CD_INLINE cd_mask
cd_vec_gt(cd_vec x, cd_vec y)
{
	return _mm512_cmp_ps_mask(x, y, _CMP_GT_OQ);
}

CD_INLINE cd_mask
cd_vec_beats(cd_vec x, cd_vec y)
{
	return _mm512_mask_cmp_ps_mask(_mm512_cmp_ps_mask(y, y, _CMP_ORD_Q), x,
	    y, _CMP_NLE_UQ);
}

CD_INLINE cd_vec
cd_vec_where(cd_mask m, cd_vec a)
{
	return _mm512_maskz_mov_ps(m, a);
}

CD_INLINE cd_vec
cd_vec_unless(cd_mask m, cd_vec a)
{
	return _mm512_maskz_mov_ps((cd_mask)~m, a);
}

CD_INLINE cd_vec
cd_vec_blend(cd_mask m, cd_vec a, cd_vec b)
{
	return _mm512_mask_blend_ps(m, a, b);
}

CD_INLINE cd_ints
cd_ints_all(int i)
{
	return _mm512_set1_epi32(i);
}

CD_INLINE cd_ints
cd_ints_count(void)
{
	return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	    14, 15);
}

CD_INLINE cd_ints
cd_ints_add(cd_ints a, cd_ints b)
{
	return _mm512_add_epi32(a, b);
}

CD_INLINE cd_ints
cd_ints_xor(cd_ints a, cd_ints b)
{
	return _mm512_xor_si512(a, b);
}

CD_INLINE cd_mask
cd_ints_eq(cd_ints a, cd_ints b)
{
	return _mm512_cmpeq_epi32_mask(a, b);
}

CD_INLINE cd_mask
cd_ints_below(cd_ints a, cd_ints b)
{
	return _mm512_cmplt_epu32_mask(a, b);
}

CD_INLINE cd_ints
cd_ints_blend(cd_mask m, cd_ints a, cd_ints b)
{
	return _mm512_mask_blend_epi32(m, a, b);
}

CD_INLINE cd_ints
cd_ints_load_bytes(const uint8_t *p, int n)
{
	return _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(cd_mask_first(n), p));
}

CD_INLINE void
cd_ints_store_bytes(uint8_t *p, int n, cd_ints a)
{
	_mm_mask_storeu_epi8(p, cd_mask_first(n), _mm512_cvtepi32_epi8(a));
}

CD_INLINE void
cd_ints_mul(cd_ints a, cd_ints f, cd_ints *low, cd_ints *high)
{
	cd_ints even = _mm512_mul_epu32(a, f);
	cd_ints odd = _mm512_mul_epu32(_mm512_srli_epi64(a, 32), f);

	*low = _mm512_mask_blend_epi32(0xaaaa, even,
	    _mm512_slli_epi64(odd, 32));
	*high = _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32),
	    odd);
}

CD_INLINE void
cd_ints_transpose(cd_ints v[4])
{
	cd_ints a = _mm512_unpacklo_epi32(v[0], v[1]);
	cd_ints b = _mm512_unpackhi_epi32(v[0], v[1]);
	cd_ints c = _mm512_unpacklo_epi32(v[2], v[3]);
	cd_ints d = _mm512_unpackhi_epi32(v[2], v[3]);
	/* row 4 k + i is lane k of ci */
	cd_ints c0 = _mm512_unpacklo_epi64(a, c);
	cd_ints c1 = _mm512_unpackhi_epi64(a, c);
	cd_ints c2 = _mm512_unpacklo_epi64(b, d);
	cd_ints c3 = _mm512_unpackhi_epi64(b, d);

	a = _mm512_shuffle_i32x4(c0, c1, 0x44);
	b = _mm512_shuffle_i32x4(c2, c3, 0x44);
	c = _mm512_shuffle_i32x4(c0, c1, 0xee);
	d = _mm512_shuffle_i32x4(c2, c3, 0xee);
	v[0] = _mm512_shuffle_i32x4(a, b, 0x88);
	v[1] = _mm512_shuffle_i32x4(a, b, 0xdd);
	v[2] = _mm512_shuffle_i32x4(c, d, 0x88);
	v[3] = _mm512_shuffle_i32x4(c, d, 0xdd);
}

/* Pairs of lanes, then of pairs, within 128 bits; then of 128 bits. */
CD_INLINE void
cd_vec_transpose(cd_vec v[16])
{
	cd_vec a[16], b[16];
	int i, j;

#pragma GCC unroll 8
	for (i = 0; i < 16; i += 2) {
		a[i] = _mm512_unpacklo_ps(v[i], v[i + 1]);
		a[i + 1] = _mm512_unpackhi_ps(v[i], v[i + 1]);
	}
	/* b[i + j]: lanes j of four rows i .. i+3, in each 128 bits */
#pragma GCC unroll 4
	for (i = 0; i < 16; i += 4) {
		b[i] = _mm512_shuffle_ps(a[i], a[i + 2], 0x44);
		b[i + 1] = _mm512_shuffle_ps(a[i], a[i + 2], 0xee);
		b[i + 2] = _mm512_shuffle_ps(a[i + 1], a[i + 3], 0x44);
		b[i + 3] = _mm512_shuffle_ps(a[i + 1], a[i + 3], 0xee);
	}
#pragma GCC unroll 4
	for (j = 0; j < 4; j++) {
		cd_vec c0 = _mm512_shuffle_f32x4(b[j], b[j + 4], 0x88);
		cd_vec c1 = _mm512_shuffle_f32x4(b[j], b[j + 4], 0xdd);
		cd_vec c2 = _mm512_shuffle_f32x4(b[j + 8], b[j + 12], 0x88);
		cd_vec c3 = _mm512_shuffle_f32x4(b[j + 8], b[j + 12], 0xdd);

		v[j] = _mm512_shuffle_f32x4(c0, c2, 0x88);
		v[j + 4] = _mm512_shuffle_f32x4(c1, c3, 0x88);
		v[j + 8] = _mm512_shuffle_f32x4(c0, c2, 0xdd);
		v[j + 12] = _mm512_shuffle_f32x4(c1, c3, 0xdd);
	}
}

CD_INLINE cd_doubles
cd_doubles_all(double f)
{
	return (cd_doubles){ _mm512_set1_pd(f), _mm512_set1_pd(f) };
}

CD_INLINE cd_doubles
cd_doubles_load(const double *p)
{
	return (cd_doubles){ _mm512_loadu_pd(p), _mm512_loadu_pd(p + 8) };
}

CD_INLINE void
cd_doubles_store(double *p, cd_doubles a)
{
	_mm512_storeu_pd(p, a.lo);
	_mm512_storeu_pd(p + 8, a.hi);
}

CD_INLINE cd_doubles
cd_doubles_load_n(const double *p, int n)
{
	cd_mask m = cd_mask_first(n);

	return (cd_doubles){ _mm512_maskz_loadu_pd((__mmask8)m, p),
		_mm512_maskz_loadu_pd((__mmask8)(m >> 8), p + 8) };
}

CD_INLINE void
cd_doubles_store_n(double *p, int n, cd_doubles a)
{
	cd_mask m = cd_mask_first(n);

	_mm512_mask_storeu_pd(p, (__mmask8)m, a.lo);
	_mm512_mask_storeu_pd(p + 8, (__mmask8)(m >> 8), a.hi);
}

CD_INLINE cd_doubles
cd_doubles_of(cd_vec a)
{
	return (cd_doubles){ _mm512_cvtps_pd(_mm512_castps512_ps256(a)),
		_mm512_cvtps_pd(_mm512_extractf32x8_ps(a, 1)) };
}

CD_INLINE cd_vec
cd_doubles_round(cd_doubles a)
{
	return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(a.lo)),
	    _mm512_cvtpd_ps(a.hi), 1);
}

CD_INLINE cd_doubles
cd_doubles_add_product(cd_doubles a, cd_vec x, cd_vec y)
{
	cd_doubles dx = cd_doubles_of(x), dy = cd_doubles_of(y);

	return (cd_doubles){ _mm512_fmadd_pd(dx.lo, dy.lo, a.lo),
		_mm512_fmadd_pd(dx.hi, dy.hi, a.hi) };
}

#endif
