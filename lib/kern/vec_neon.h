/* kern/vec.h for Advanced SIMD of arm64, which every such processor has. */
#ifndef CD_KERN_VEC_NEON_H
#define CD_KERN_VEC_NEON_H

#include <arm_neon.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kern/blocks.h"

#define CD_INLINE static inline __attribute__((always_inline))

typedef float32x4_t cd_vec;
typedef int32x4_t cd_ints;
typedef uint32x4_t cd_mask;
typedef struct {
	float64x2_t lo, hi;
} cd_doubles;

enum {
	CD_VEC = 4,
	CD_VEC_ROWS = CD_TILE_ROWS_NEON,
};

CD_INLINE cd_vec
cd_vec_load(const float *p)
{
	return vld1q_f32(p);
}

CD_INLINE void
cd_vec_store(float *p, cd_vec a)
{
	vst1q_f32(p, a);
}

CD_INLINE cd_mask
cd_mask_all(bool b)
{
	return vdupq_n_u32(b ? UINT32_MAX : 0);
}

CD_INLINE cd_mask
cd_mask_and(cd_mask a, cd_mask b)
{
	return vandq_u32(a, b);
}

CD_INLINE cd_vec
cd_vec_load_n(const float *p, int n)
{
	float a[4] = { 0, 0, 0, 0 };

	memcpy(a, p, (size_t)n * sizeof *p);
	return vld1q_f32(a);
}

CD_INLINE void
cd_vec_store_n(float *p, int n, cd_vec v)
{
	float a[4];

	vst1q_f32(a, v);
	memcpy(p, a, (size_t)n * sizeof *p);
}

CD_INLINE cd_vec
cd_vec_all(float f)
{
	return vdupq_n_f32(f);
}

CD_INLINE cd_vec
cd_vec_fma(cd_vec a, cd_vec b, cd_vec c)
{
	return vfmaq_f32(c, a, b);
}

CD_INLINE float
cd_vec_sum(cd_vec a)
{
	return vaddvq_f32(a);
}

CD_INLINE cd_vec
cd_vec_max(cd_vec a, cd_vec b)
{
	return vbslq_f32(vcgtq_f32(a, b), a, b);
}

CD_INLINE cd_mask
cd_vec_le(cd_vec x, cd_vec y)
{
	return vcleq_f32(x, y);
}

CD_INLINE cd_mask
cd_vec_gt(cd_vec x, cd_vec y)
{
	return vcgtq_f32(x, y);
}

CD_INLINE cd_mask
cd_vec_beats(cd_vec x, cd_vec y)
{
	return vbicq_u32(vceqq_f32(y, y), vcleq_f32(x, y));
}

CD_INLINE cd_vec
cd_vec_where(cd_mask m, cd_vec a)
{
	return vreinterpretq_f32_u32(vandq_u32(m, vreinterpretq_u32_f32(a)));
}

CD_INLINE cd_vec
cd_vec_unless(cd_mask m, cd_vec a)
{
	return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(a), m));
}

CD_INLINE cd_vec
cd_vec_blend(cd_mask m, cd_vec a, cd_vec b)
{
	return vbslq_f32(m, b, a);
}

CD_INLINE cd_ints
cd_ints_all(int i)
{
	return vdupq_n_s32(i);
}

CD_INLINE cd_ints
cd_ints_count(void)
{
	static const int32_t count[4] = { 0, 1, 2, 3 };

	return vld1q_s32(count);
}

CD_INLINE cd_ints
cd_ints_add(cd_ints a, cd_ints b)
{
	return vaddq_s32(a, b);
}

CD_INLINE cd_ints
cd_ints_xor(cd_ints a, cd_ints b)
{
	return veorq_s32(a, b);
}

CD_INLINE cd_mask
cd_ints_eq(cd_ints a, cd_ints b)
{
	return vceqq_s32(a, b);
}

CD_INLINE cd_mask
cd_ints_below(cd_ints a, cd_ints b)
{
	return vcltq_u32(vreinterpretq_u32_s32(a), vreinterpretq_u32_s32(b));
}

CD_INLINE cd_ints
cd_ints_blend(cd_mask m, cd_ints a, cd_ints b)
{
	return vbslq_s32(m, b, a);
}

CD_INLINE cd_ints
cd_ints_load_bytes(const uint8_t *p, int n)
{
	uint8_t b[8] = { 0 };
	uint16x4_t w;

	memcpy(b, p, (size_t)n);
	w = vget_low_u16(vmovl_u8(vld1_u8(b)));
	return vreinterpretq_s32_u32(vmovl_u16(w));
}

CD_INLINE void
cd_ints_store_bytes(uint8_t *p, int n, cd_ints a)
{
	uint16x4_t w = vmovn_u32(vreinterpretq_u32_s32(a));
	uint8_t b[8];

	vst1_u8(b, vmovn_u16(vcombine_u16(w, w)));
	memcpy(p, b, (size_t)n);
}

CD_INLINE void
cd_ints_mul(cd_ints a, cd_ints f, cd_ints *low, cd_ints *high)
{
	uint32x4_t x = vreinterpretq_u32_s32(a);
	uint32x2_t y = vreinterpret_u32_s32(vget_low_s32(f));
	uint32x4_t p = vreinterpretq_u32_u64(vmull_u32(vget_low_u32(x), y));
	uint32x4_t q = vreinterpretq_u32_u64(vmull_u32(vget_high_u32(x), y));

	*low = vreinterpretq_s32_u32(vuzp1q_u32(p, q));
	*high = vreinterpretq_s32_u32(vuzp2q_u32(p, q));
}

/* Pairs of lanes; then halves. */
CD_INLINE void
cd_vec_transpose(cd_vec v[4])
{
	float32x4x2_t a = vtrnq_f32(v[0], v[1]);
	float32x4x2_t b = vtrnq_f32(v[2], v[3]);
	int i;

	for (i = 0; i < 2; i++) {
		v[i] = vcombine_f32(vget_low_f32(a.val[i]),
		    vget_low_f32(b.val[i]));
		v[i + 2] = vcombine_f32(vget_high_f32(a.val[i]),
		    vget_high_f32(b.val[i]));
	}
}

CD_INLINE void
cd_ints_transpose(cd_ints v[4])
{
	cd_vec f[4];
	int i;

	for (i = 0; i < 4; i++)
		f[i] = vreinterpretq_f32_s32(v[i]);
	cd_vec_transpose(f);
	for (i = 0; i < 4; i++)
		v[i] = vreinterpretq_s32_f32(f[i]);
}

CD_INLINE cd_doubles
cd_doubles_all(double f)
{
	return (cd_doubles){ vdupq_n_f64(f), vdupq_n_f64(f) };
}

CD_INLINE cd_doubles
cd_doubles_load(const double *p)
{
	return (cd_doubles){ vld1q_f64(p), vld1q_f64(p + 2) };
}

CD_INLINE void
cd_doubles_store(double *p, cd_doubles a)
{
	vst1q_f64(p, a.lo);
	vst1q_f64(p + 2, a.hi);
}

CD_INLINE cd_doubles
cd_doubles_load_n(const double *p, int n)
{
	double a[4] = { 0, 0, 0, 0 };

	memcpy(a, p, (size_t)n * sizeof *p);
	return cd_doubles_load(a);
}

CD_INLINE void
cd_doubles_store_n(double *p, int n, cd_doubles d)
{
	double a[4];

	cd_doubles_store(a, d);
	memcpy(p, a, (size_t)n * sizeof *p);
}

CD_INLINE cd_doubles
cd_doubles_of(cd_vec a)
{
	return (
	    cd_doubles){ vcvt_f64_f32(vget_low_f32(a)), vcvt_high_f64_f32(a) };
}

CD_INLINE cd_vec
cd_doubles_round(cd_doubles a)
{
	return vcvt_high_f32_f64(vcvt_f32_f64(a.lo), a.hi);
}

CD_INLINE cd_doubles
cd_doubles_add_product(cd_doubles a, cd_vec x, cd_vec y)
{
	cd_doubles dx = cd_doubles_of(x), dy = cd_doubles_of(y);

	return (cd_doubles){ vfmaq_f64(a.lo, dx.lo, dy.lo),
		vfmaq_f64(a.hi, dx.hi, dy.hi) };
}

#endif
