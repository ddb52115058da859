#include "base/rng.h"
#include "kern/avx2.h"
#include "kern/elem.h"

enum {
	PIXELS = 8,	   /* whose channels fill whole vectors */
	CHANNELS_MAX = 16, /* of which that is done */
};

/* ---- plain loops, eight at a time by the compiler ---- */

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
	float mul8[PIXELS * CHANNELS_MAX], sub8[PIXELS * CHANNELS_MAX];
	size_t n = (size_t)c * PIXELS, i;

	for (i = 0; c <= CHANNELS_MAX && i < n; i++) {
		mul8[i] = mul[i % c];
		sub8[i] = sub[i % c];
	}
	for (; c <= CHANNELS_MAX && npixels >= PIXELS; npixels -= PIXELS) {
		bytes_some(n, x, mul8, sub8, y);
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

/* The low and high halves of eight products with f. */
CD_INLINE void
multiply(__m256i a, __m256i f, __m256i *low, __m256i *high)
{
	__m256i even = _mm256_mul_epu32(a, f);
	__m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), f);

	*low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
	*high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
}

/* cd_philox of eight counters: c[j] holds word j of each. */
CD_INLINE void
philox_eight(__m256i c[4], uint32_t k0, uint32_t k1)
{
	const __m256i f0 = _mm256_set1_epi32((int)0xD2511F53u);
	const __m256i f1 = _mm256_set1_epi32((int)0xCD9E8D57u);
	__m256i low0, high0, low1, high1;
	int i;

	for (i = 0; i < 10; i++) {
		multiply(c[0], f0, &low0, &high0);
		multiply(c[2], f1, &low1, &high1);
		c[0] = _mm256_xor_si256(_mm256_xor_si256(high1, c[1]),
		    _mm256_set1_epi32((int)k0));
		c[1] = low1;
		c[2] = _mm256_xor_si256(_mm256_xor_si256(high0, c[3]),
		    _mm256_set1_epi32((int)k1));
		c[3] = low0;
		k0 += 0x9E3779B9u;
		k1 += 0xBB67AE85u;
	}
}

/* From word by word to counter by counter: v[0] takes the words of the first
 * two counters, and so on. */
CD_INLINE void
transpose(__m256i v[4])
{
	__m256i a = _mm256_unpacklo_epi32(v[0], v[1]);
	__m256i b = _mm256_unpackhi_epi32(v[0], v[1]);
	__m256i c = _mm256_unpacklo_epi32(v[2], v[3]);
	__m256i d = _mm256_unpackhi_epi32(v[2], v[3]);
	__m256i c04 = _mm256_unpacklo_epi64(a, c);
	__m256i c15 = _mm256_unpackhi_epi64(a, c);
	__m256i c26 = _mm256_unpacklo_epi64(b, d);
	__m256i c37 = _mm256_unpackhi_epi64(b, d);

	v[0] = _mm256_permute2x128_si256(c04, c15, 0x20);
	v[1] = _mm256_permute2x128_si256(c26, c37, 0x20);
	v[2] = _mm256_permute2x128_si256(c04, c15, 0x31);
	v[3] = _mm256_permute2x128_si256(c26, c37, 0x31);
}

/* 32 elements: those of blocks `block` to block + 7, whose low words do not
 * overflow. r: the generator of their seed and step. */
CD_INLINE void
drop32(const struct cd_rng *r, uint64_t block, uint32_t below, __m256 scale,
    const float *x, float *y)
{
	const __m256i sign = _mm256_set1_epi32(INT32_MIN);
	const __m256i limit = _mm256_set1_epi32((int)(below ^ 0x80000000u));
	__m256i c[4] = { _mm256_set1_epi32((int)r->ctr[0]),
		_mm256_set1_epi32((int)r->ctr[1]),
		_mm256_add_epi32(_mm256_set1_epi32((int)(uint32_t)block),
		    _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)),
		_mm256_set1_epi32((int)(uint32_t)(block >> 32)) };
	int j;

	philox_eight(c, r->key[0], r->key[1]);
	transpose(c);
	for (j = 0; j < 4; j++) {
		/* unsigned comparison, by way of the signed one */
		__m256i drop = _mm256_cmpgt_epi32(limit,
		    _mm256_xor_si256(c[j], sign));

		_mm256_storeu_ps(y + 8 * j,
		    _mm256_andnot_ps(_mm256_castsi256_ps(drop),
			_mm256_mul_ps(_mm256_loadu_ps(x + 8 * j), scale)));
	}
}

static void
dropout(size_t n, float rate, uint64_t seed, uint64_t step, uint64_t first,
    const float *x, float *y)
{
	uint32_t below = (uint32_t)((double)rate * 0x1p32);
	__m256 scale = _mm256_set1_ps(1 / (1 - rate));
	struct cd_rng r;
	size_t i = (size_t)(-first % 4), k;

	if (i >= n) {
		cd_elem_ref.dropout(n, rate, seed, step, first, x, y);
		return;
	}
	cd_rng_start(&r, seed, step, 0, CD_RNG_DROPOUT);
	r.ctr[0] = (uint32_t)(step >> 32);
	cd_elem_ref.dropout(i, rate, seed, step, first, x, y);
	for (; i + 32 <= n; i += 32) {
		uint64_t block = (first + i) / 4;

		if ((uint32_t)block <= UINT32_MAX - 7)
			drop32(&r, block, below, scale, x + i, y + i);
		else
			cd_elem_ref.dropout(32, rate, seed, step, first + i,
			    x + i, y + i);
	}
	k = n - i;
	cd_elem_ref.dropout(k, rate, seed, step, first + i, x + i, y + i);
}

const struct cd_elem_variant cd_elem_avx2 = { "avx2", bytes_to_floats, add,
	relu, relu_backward, dropout };
