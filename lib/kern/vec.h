/* Vectors of floats as wide as the file's instruction set: sources *_simd.h are
 * written once with these and compiled by files named *_avx2.c and *_avx512.c.
 * Only what is used. */
#ifndef CD_KERN_VEC_H
#define CD_KERN_VEC_H

#include <immintrin.h>

#if defined(__AVX512F__)

typedef __m512 cd_vec;
enum {
	CD_VEC = 16,	  /* floats in a vector */
	CD_VEC_ROWS = 12, /* of a tile of the matrix product, which takes two
			   * vectors a row: what fits in the registers */
};

static inline cd_vec
cd_vec_load(const float *p)
{
	return _mm512_loadu_ps(p);
}

static inline void
cd_vec_store(float *p, cd_vec a)
{
	_mm512_storeu_ps(p, a);
}

/* the first n floats, 0 behind them; n is 0 to CD_VEC */
static inline cd_vec
cd_vec_load_n(const float *p, int n)
{
	return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}

static inline void
cd_vec_store_n(float *p, int n, cd_vec a)
{
	_mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), a);
}

static inline cd_vec
cd_vec_all(float f)
{
	return _mm512_set1_ps(f);
}

/* a b + c, rounded once */
static inline cd_vec
cd_vec_fma(cd_vec a, cd_vec b, cd_vec c)
{
	return _mm512_fmadd_ps(a, b, c);
}

/* the sum of its floats */
static inline float
cd_vec_sum(cd_vec a)
{
	return _mm512_reduce_add_ps(a);
}

/* the larger; b where one is NaN */
static inline cd_vec
cd_vec_max(cd_vec a, cd_vec b)
{
	return _mm512_max_ps(a, b);
}

/* a where x > y, else 0; a, too, where one is NaN */
static inline cd_vec
cd_vec_where_above(cd_vec x, cd_vec y, cd_vec a)
{
	return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, y, _CMP_NLE_UQ), a);
}

#else

typedef __m256 cd_vec;
enum {
	CD_VEC = 8,
	CD_VEC_ROWS = 6,
};

static inline cd_vec
cd_vec_load(const float *p)
{
	return _mm256_loadu_ps(p);
}

static inline void
cd_vec_store(float *p, cd_vec a)
{
	_mm256_storeu_ps(p, a);
}

static inline __m256i
cd_vec_mask(int n)
{
	return _mm256_cmpgt_epi32(_mm256_set1_epi32(n),
	    _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static inline cd_vec
cd_vec_load_n(const float *p, int n)
{
	return _mm256_maskload_ps(p, cd_vec_mask(n));
}

static inline void
cd_vec_store_n(float *p, int n, cd_vec a)
{
	_mm256_maskstore_ps(p, cd_vec_mask(n), a);
}

static inline cd_vec
cd_vec_all(float f)
{
	return _mm256_set1_ps(f);
}

static inline cd_vec
cd_vec_fma(cd_vec a, cd_vec b, cd_vec c)
{
	return _mm256_fmadd_ps(a, b, c);
}

static inline float
cd_vec_sum(cd_vec a)
{
	__m128 b = _mm_add_ps(_mm256_castps256_ps128(a),
	    _mm256_extractf128_ps(a, 1));

	b = _mm_add_ps(b, _mm_movehl_ps(b, b));
	b = _mm_add_ss(b, _mm_movehdup_ps(b));
	return _mm_cvtss_f32(b);
}

static inline cd_vec
cd_vec_max(cd_vec a, cd_vec b)
{
	return _mm256_max_ps(a, b);
}

static inline cd_vec
cd_vec_where_above(cd_vec x, cd_vec y, cd_vec a)
{
	return _mm256_and_ps(_mm256_cmp_ps(x, y, _CMP_NLE_UQ), a);
}

#endif

/* gcc and clang have the operators for vectors. */
static inline cd_vec
cd_vec_add(cd_vec a, cd_vec b)
{
	return a + b;
}

static inline cd_vec
cd_vec_mul(cd_vec a, cd_vec b)
{
	return a * b;
}

#endif
