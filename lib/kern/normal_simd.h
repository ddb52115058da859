/* What a norm makes of a number, in one place: the forward pass, what computes
 * it again and what reads behind it must agree to the bit. */
#ifndef CD_KERN_NORMAL_SIMD_H
#define CD_KERN_NORMAL_SIMD_H

#include "kern/vec.h"

/* Numbers of n channels. */
struct cd_normal {
	cd_vec mean, scale, beta;
};

CD_INLINE struct cd_normal
cd_normal_get(const float *mean, const float *scale, const float *beta, int n)
{
	return (struct cd_normal){ cd_vec_get(mean, n), cd_vec_get(scale, n),
		cd_vec_get(beta, n) };
}

CD_INLINE cd_vec
cd_normal_of(cd_vec x, const struct cd_normal *f)
{
	return (x - f->mean) * f->scale + f->beta;
}

#endif
