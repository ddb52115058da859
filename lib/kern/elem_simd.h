/* Plain loops that the compiler vectorises, and dropout by vectors of draws. */
#ifndef CD_KERN_ELEM_SIMD_H
#define CD_KERN_ELEM_SIMD_H

#include "base/rng.h"
#include "kern/elem.h"
#include "kern/vec.h"

enum {
	PIXELS = CD_VEC,   /* at a time: their channels fill whole vectors */
	CHANNELS_MAX = 16, /* above: one pixel at a time */
};

/* ---- plain loops ---- */

static void
bytes_some(size_t n, const uint8_t *restrict x, const float *restrict mul,
    const float *restrict sub, float *restrict y)
{
	size_t i;

	for (i = 0; i < n; i++)
		y[i] = (float)x[i] * mul[i] - sub[i];
}

static void
bytes_to_floats(size_t npixels, int c, const uint8_t *x, const float *mul,
    const float *sub, float *y)
{
	float muls[PIXELS * CHANNELS_MAX], subs[PIXELS * CHANNELS_MAX];
	size_t n = (size_t)c * PIXELS, i;

	for (i = 0; c <= CHANNELS_MAX && i < n; i++) {
		muls[i] = mul[i % c];
		subs[i] = sub[i % c];
	}
	for (; c <= CHANNELS_MAX && npixels >= PIXELS; npixels -= PIXELS) {
		bytes_some(n, x, muls, subs, y);
		x += n;
		y += n;
	}
	for (; npixels > 0; npixels--, x += c, y += c)
		bytes_some((size_t)c, x, mul, sub, y);
}

static void
add(size_t n, const float *restrict x, float *restrict y)
{
	size_t i;

	for (i = 0; i < n; i++)
		y[i] += x[i];
}

static void
relu(size_t n, float *x)
{
	size_t i;

	for (i = 0; i < n; i++)
		x[i] = x[i] <= 0 ? 0 : x[i];
}

static void
relu_backward(size_t n, const float *restrict y, float *restrict dy)
{
	size_t i;

	for (i = 0; i < n; i++)
		dy[i] = y[i] <= 0 ? 0 : dy[i];
}

/* ---- dropout ---- */

/* cd_philox of CD_VEC counters: c[j] holds word j of each. */
CD_INLINE void
philox(cd_ints c[4], uint32_t k0, uint32_t k1)
{
	const cd_ints f0 = cd_ints_all((int)0xD2511F53u);
	const cd_ints f1 = cd_ints_all((int)0xCD9E8D57u);
	cd_ints low0, high0, low1, high1;
	int i;

	for (i = 0; i < 10; i++) {
		cd_ints_mul(c[0], f0, &low0, &high0);
		cd_ints_mul(c[2], f1, &low1, &high1);
		c[0] = cd_ints_xor(cd_ints_xor(high1, c[1]),
		    cd_ints_all((int)k0));
		c[1] = low1;
		c[2] = cd_ints_xor(cd_ints_xor(high0, c[3]),
		    cd_ints_all((int)k1));
		c[3] = low0;
		k0 += 0x9E3779B9u;
		k1 += 0xBB67AE85u;
	}
}

/* 4 CD_VEC elements, of blocks `block` to block + CD_VEC - 1; the low word of
 * the block number must not overflow. r: started for the seed and step. */
CD_INLINE void
drop(const struct cd_rng *r, uint64_t block, uint32_t below, float scale,
    const float *x, float *y)
{
	const cd_ints limit = cd_ints_all((int)below);
	cd_ints c[4] = { cd_ints_all((int)r->ctr[0]),
		cd_ints_all((int)r->ctr[1]),
		cd_ints_add(cd_ints_all((int)(uint32_t)block), cd_ints_count()),
		cd_ints_all((int)(uint32_t)(block >> 32)) };
	int j;

	philox(c, r->key[0], r->key[1]);
	cd_ints_transpose(c);
	for (j = 0; j < 4; j++, x += CD_VEC, y += CD_VEC)
		cd_vec_store(y,
		    cd_vec_unless(cd_ints_below(c[j], limit),
			cd_vec_load(x) * cd_vec_all(scale)));
}

static void
dropout(size_t n, float rate, uint64_t seed, uint64_t step, uint64_t first,
    const float *x, float *y)
{
	const size_t lot = 4 * CD_VEC;
	uint32_t below = (uint32_t)((double)rate * 0x1p32);
	float scale = 1 / (1 - rate);
	struct cd_rng r;
	size_t i = (size_t)(-first % 4), k;

	if (i >= n) {
		cd_elem_ref.dropout(n, rate, seed, step, first, x, y);
		return;
	}
	cd_rng_start(&r, seed, step, 0, CD_RNG_DROPOUT);
	r.ctr[0] = (uint32_t)(step >> 32);
	cd_elem_ref.dropout(i, rate, seed, step, first, x, y);
	for (; i + lot <= n; i += lot) {
		uint64_t block = (first + i) / 4;

		if ((uint32_t)block <= UINT32_MAX - (CD_VEC - 1))
			drop(&r, block, below, scale, x + i, y + i);
		else
			cd_elem_ref.dropout(lot, rate, seed, step, first + i,
			    x + i, y + i);
	}
	k = n - i;
	cd_elem_ref.dropout(k, rate, seed, step, first + i, x + i, y + i);
}

const struct cd_elem_variant VARIANT = { NAME, bytes_to_floats, add, relu,
	relu_backward, dropout };

#endif
