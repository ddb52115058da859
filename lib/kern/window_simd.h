/* The pooling window, a vector of channels at a time. */
#ifndef CD_KERN_WINDOW_SIMD_H
#define CD_KERN_WINDOW_SIMD_H

#include "kern/conv.h"
#include "kern/vec.h"
#include "kern/window.h"

CD_INLINE void
forward_some(int n, const float *const z[4], const float *b, bool relu,
    float *y, uint8_t *which)
{
	const cd_vec zero = cd_vec_all(0), bias = b ? cd_vec_get(b, n) : zero;
	cd_vec best = cd_vec_get(z[0], n) + bias, v;
	cd_ints at = cd_ints_all(0);
	cd_mask shut;
	int k;

	for (k = 1; k < 4; k++) {
		v = cd_vec_get(z[k], n) + bias;
		cd_vec_take_larger(&best, &at, v, k);
	}
	shut = relu ? cd_vec_le(best, zero) : cd_mask_all(false);
	cd_vec_put(y, n, cd_vec_unless(shut, best));
	if (which)
		cd_ints_store_bytes(which, n,
		    cd_ints_blend(shut, at, cd_ints_all(CD_CONV_CLOSED)));
}

static void
forward(int n, const float *z0, const float *z1, const float *b, bool relu,
    float *y, uint8_t *which)
{
	const float *z[4] = { z0, z0 + n, z1, z1 + n };
	int i, k;

	for (i = 0; i + CD_VEC <= n; i += CD_VEC) {
		forward_some(CD_VEC, z, b, relu, y + i, which);
		for (k = 0; k < 4; k++)
			z[k] += CD_VEC;
		b = b ? b + CD_VEC : NULL;
		which = which ? which + CD_VEC : NULL;
	}
	if (i < n)
		forward_some(n - i, z, b, relu, y + i, which);
}

CD_INLINE void
backward_some(int n, const uint8_t *which, const float *dy, float *const dz[4],
    float *db)
{
	cd_vec d = cd_vec_get(dy, n), sum;
	cd_ints at = cd_ints_load_bytes(which, n);
	cd_mask shut;
	int k;

	for (k = 0; k < 4; k++)
		cd_vec_put(dz[k], n,
		    cd_vec_where(cd_ints_eq(at, cd_ints_all(k)), d));
	if (!db)
		return;
	shut = cd_ints_eq(at, cd_ints_all(CD_CONV_CLOSED));
	sum = cd_vec_get(db, n);
	/* not sum + 0 if shut: -0 + 0 would be +0 */
	cd_vec_put(db, n, cd_vec_blend(shut, sum + d, sum));
}

static void
backward(int n, const uint8_t *which, const float *dy, float *dz0, float *dz1,
    float *db)
{
	float *dz[4] = { dz0, dz0 + n, dz1, dz1 + n };
	int i, k;

	for (i = 0; i + CD_VEC <= n; i += CD_VEC) {
		backward_some(CD_VEC, which + i, dy + i, dz, db);
		for (k = 0; k < 4; k++)
			dz[k] += CD_VEC;
		db = db ? db + CD_VEC : NULL;
	}
	if (i < n)
		backward_some(n - i, which + i, dy + i, dz, db);
}

const struct cd_window_variant VARIANT = { NAME, forward, backward };

#endif
