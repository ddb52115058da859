/* SIMD vectors as wide as the file's instruction set: each *_simd.h is written
 * once with these and compiled by its *_avx2.c, *_avx512.c and *_neon.c.
 *
 *	CD_VEC		lanes
 *	CD_VEC_ROWS	rows of a product's register tile, two vectors wide
 *	cd_vec		floats; +, - and * are the operators
 *	cd_ints		32-bit integers
 *	cd_doubles	doubles
 *	cd_mask		true or false
 *
 * Operations that their names do not explain; m: a mask, n: 0 to CD_VEC:
 *
 *	..._load_n, ..._store_n	the first n lanes; load_n: 0 in the others
 *	cd_vec_all, cd_mask_all	the same float, or truth, in all lanes
 *	cd_vec_fma(a, b, c)	a b + c, rounded once
 *	cd_vec_sum		the sum of the lanes
 *	cd_vec_max(a, b)	b if one is NaN
 *	cd_vec_le, cd_vec_gt	false if one is NaN
 *	cd_vec_beats(x, y)	x > y, with NaN above all numbers
 *	cd_vec_where(m, a)	m ? a : 0
 *	cd_vec_unless(m, a)	m ? 0 : a
 *	cd_vec_blend(m, a, b)	m ? b : a; also cd_ints_blend
 *	cd_ints_count		0, 1, 2 ..
 *	cd_ints_below(a, b)	a < b, unsigned
 *	cd_ints_load_bytes(p, n), cd_ints_store_bytes(p, n, a)
 *				the first n lanes, numbers below 256, as bytes
 *	cd_ints_mul(a, f, &low, &high)
 *				unsigned; f is the same in all lanes
 *	cd_ints_transpose(v)	[4][CD_VEC] to [CD_VEC][4]
 *	cd_vec_transpose(v)	[CD_VEC][CD_VEC]
 *	cd_doubles_of(a)	of floats, exact
 *	cd_doubles_round(a)	to floats
 *	cd_doubles_add_product(a, x, y)
 *				a + x y of floats x, y, rounded once: their
 *				product is exact in double */
#ifndef CD_KERN_VEC_H
#define CD_KERN_VEC_H

#if defined(__AVX512F__)
#include "kern/vec_avx512.h"
#elif defined(__AVX2__)
#include "kern/vec_avx2.h"
#else
#include "kern/vec_neon.h"
#endif

/* Load and store the first n lanes: loop bodies are inlined once with n =
 * CD_VEC, for whole vectors, and once for the rest. */
CD_INLINE cd_vec
cd_vec_get(const float *p, int n)
{
	return n == CD_VEC ? cd_vec_load(p) : cd_vec_load_n(p, n);
}

CD_INLINE void
cd_vec_put(float *p, int n, cd_vec a)
{
	if (n == CD_VEC)
		cd_vec_store(p, a);
	else
		cd_vec_store_n(p, n, a);
}

CD_INLINE cd_doubles
cd_doubles_get(const double *p, int n)
{
	return n == CD_VEC ? cd_doubles_load(p) : cd_doubles_load_n(p, n);
}

CD_INLINE void
cd_doubles_put(double *p, int n, cd_doubles a)
{
	if (n == CD_VEC)
		cd_doubles_store(p, a);
	else
		cd_doubles_store_n(p, n, a);
}

/* gcc and clang define the operators on vector types. */
CD_INLINE cd_doubles
cd_doubles_add(cd_doubles a, cd_vec x)
{
	cd_doubles d = cd_doubles_of(x);

	return (cd_doubles){ a.lo + d.lo, a.hi + d.hi };
}

CD_INLINE cd_doubles
cd_doubles_div(cd_doubles a, double f)
{
	cd_doubles d = cd_doubles_all(f);

	return (cd_doubles){ a.lo / d.lo, a.hi / d.hi };
}

/* In the lanes where v beats *best: *best = v, *at = place. */
CD_INLINE void
cd_vec_take_larger(cd_vec *best, cd_ints *at, cd_vec v, int place)
{
	cd_mask more = cd_vec_beats(v, *best);

	*best = cd_vec_blend(more, *best, v);
	*at = cd_ints_blend(more, *at, cd_ints_all(place));
}

#endif
