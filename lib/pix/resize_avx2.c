#include "pix/resize.h"

#include <immintrin.h>
#include <string.h>

/* 32 columns, rows in pairs: bytes a and b become pairs of 16 bits, which madd
 * multiplies by a pair of weights and adds. Bytes stay in their 128-bit lane:
 * acc[k] holds elements 4k to 4k + 3 of each lane's 16. */
static void
down_32(int16_t *mid, const uint8_t *in, size_t stride, const int16_t *weight,
    int count)
{
	const __m256i zero = _mm256_setzero_si256();
	__m256i acc[4], p, q;
	int t, k;

	for (k = 0; k < 4; k++)
		acc[k] = _mm256_set1_epi32(1 << 7);
	for (t = 0; t < count; t += 2) {
		const uint8_t *row = in + t * stride;
		int both = t + 1 < count;
		__m256i a = _mm256_loadu_si256((const void *)row);
		__m256i b = both ?
		    _mm256_loadu_si256((const void *)(row + stride)) :
		    zero;
		uint32_t w0 = (uint16_t)weight[t];
		uint32_t w1 = both ? (uint16_t)weight[t + 1] : 0;
		__m256i w = _mm256_set1_epi32((int)(w0 | w1 << 16));
		__m256i lo = _mm256_unpacklo_epi8(a, b);
		__m256i hi = _mm256_unpackhi_epi8(a, b);

		acc[0] = _mm256_add_epi32(acc[0],
		    _mm256_madd_epi16(w, _mm256_unpacklo_epi8(lo, zero)));
		acc[1] = _mm256_add_epi32(acc[1],
		    _mm256_madd_epi16(w, _mm256_unpackhi_epi8(lo, zero)));
		acc[2] = _mm256_add_epi32(acc[2],
		    _mm256_madd_epi16(w, _mm256_unpacklo_epi8(hi, zero)));
		acc[3] = _mm256_add_epi32(acc[3],
		    _mm256_madd_epi16(w, _mm256_unpackhi_epi8(hi, zero)));
	}
	for (k = 0; k < 4; k++)
		acc[k] = _mm256_srai_epi32(acc[k], 8);
	p = _mm256_packs_epi32(acc[0], acc[1]);
	q = _mm256_packs_epi32(acc[2], acc[3]);
	_mm256_storeu_si256((void *)mid, _mm256_permute2x128_si256(p, q, 0x20));
	_mm256_storeu_si256((void *)(mid + 16),
	    _mm256_permute2x128_si256(p, q, 0x31));
}

static void
down(int16_t *mid, const uint8_t *in, size_t stride, int n,
    const int16_t *weight, int count)
{
	int i;

	if (n < 32) {
		cd_resize_ref.down(mid, in, stride, n, weight, count);
		return;
	}
	for (i = 0; i + 32 <= n; i += 32)
		down_32(mid + i, in + i, stride, weight, count);
	if (i < n) /* the last 32, some of them a second time */
		down_32(mid + n - 32, in + n - 32, stride, weight, count);
}

/* One pixel, two taps at a time: r0 g0 b0 r1 g1 b1 becomes r0 r1 g0 g1 b0 b1,
 * which madd multiplies by w0 w1 and adds. */
static inline __m128i
across_1(const int16_t *in, const int16_t *weight, int count)
{
	const __m128i pairs = _mm_setr_epi8(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10,
	    11, -1, -1, -1, -1);
	__m128i sum = _mm_set1_epi32(1 << 19);
	int t;

	for (t = 0; t < count; t += 2) {
		__m128i v = _mm_loadu_si128((const void *)(in + 3 * t));
		int32_t w;

		memcpy(&w, weight + t, sizeof w);
		v = _mm_shuffle_epi8(v, pairs);
		sum = _mm_add_epi32(sum, _mm_madd_epi16(v, _mm_set1_epi32(w)));
	}
	return _mm_srai_epi32(sum, 20);
}

static void
across(uint8_t *out, const int16_t *mid, const struct cd_resize_axis *a)
{
	const int32_t *start = a->start, *count = a->count;
	const int16_t *w = a->weight;
	int x, last = a->dst - 1, taps = a->taps;
	__m128i v;
	int32_t rgb;

	for (x = 0; x <= last; x++, w += taps) {
		v = across_1(mid + 3 * start[x], w, count[x]);
		v = _mm_packs_epi32(v, v);
		v = _mm_packus_epi16(v, v);
		rgb = _mm_cvtsi128_si32(v);
		if (x == last)
			break;
		/* the next pixel overwrites the fourth byte */
		memcpy(out + 3 * x, &rgb, 4);
	}
	memcpy(out + 3 * x, &rgb, 3);
}

const struct cd_resize_variant cd_resize_avx2 = { "avx2", down, across };
