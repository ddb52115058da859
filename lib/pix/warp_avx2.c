#include "pix/warp.h"

#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

/* Eight output pixels: source places and weights of their neighbours. */
struct group {
	__m256i y, x;	/* upper left neighbour, 32 bits each */
	__m256i ty, tx; /* weights of the lower, right, 14 bits */
};

/* Constants of a warp. */
struct plan {
	__m256i ylast, xlast; /* h - 2, w - 2 */
	__m256i stride, channels;
	__m256i pick; /* 8 bytes -> pairs of 16 bits by channel */
	__m256i pack; /* 4 pixels of 4 bytes -> of channels bytes */
};

static void
plan_init(struct plan *p, const struct cd_warp *w)
{
	char pick[16], pack[16];
	int i, k, c = w->channels;

	memset(pick, -1, sizeof pick);
	memset(pack, -1, sizeof pack);
	for (k = 0; k < c; k++) {
		pick[4 * k] = (char)k;
		pick[4 * k + 2] = (char)(c + k);
		for (i = 0; i < 4; i++)
			pack[i * c + k] = (char)(4 * i + k);
	}
	p->pick = _mm256_broadcastsi128_si256(
	    _mm_loadu_si128((const void *)pick));
	p->pack = _mm256_broadcastsi128_si256(
	    _mm_loadu_si128((const void *)pack));
	p->ylast = _mm256_set1_epi32(w->h - 2);
	p->xlast = _mm256_set1_epi32(w->w - 2);
	p->stride = _mm256_set1_epi32(w->w * c);
	p->channels = _mm256_set1_epi32(c);
}

/* Splits coordinates of pixels 0 1 4 5 and 2 3 6 7 into integer and fraction;
 * from that order the shuffle within 128-bit lanes gives 0 to 7. */
static inline void
split(__m256i a, __m256i b, __m256i *whole, __m256i *t)
{
	__m256 fa = _mm256_castsi256_ps(a), fb = _mm256_castsi256_ps(b);

	*whole = _mm256_castps_si256(_mm256_shuffle_ps(fa, fb, 0xdd));
	*t = _mm256_srli_epi32(_mm256_castps_si256(
				   _mm256_shuffle_ps(fa, fb, 0x88)),
	    18);
}

/* Clamps coordinates to the edges: CD_FILL_NEAREST. */
static inline void
clamp(__m256i *whole, __m256i *t, __m256i last)
{
	__m256i under = _mm256_srai_epi32(*whole, 31);
	__m256i over = _mm256_cmpgt_epi32(*whole, last);

	*t = _mm256_andnot_si256(under, *t);
	*t = _mm256_blendv_epi8(*t, _mm256_set1_epi32(16384), over);
	*whole = _mm256_max_epi32(*whole, _mm256_setzero_si256());
	*whole = _mm256_min_epi32(*whole, last);
}

static inline bool
all_inside(const struct group *g, const struct plan *p)
{
	__m256i y = _mm256_max_epu32(g->y, p->ylast);
	__m256i x = _mm256_max_epu32(g->x, p->xlast);

	return _mm256_movemask_epi8(
		   _mm256_and_si256(_mm256_cmpeq_epi32(y, p->ylast),
		       _mm256_cmpeq_epi32(x, p->xlast))) == -1;
}

static inline __m256i
load_two(const uint8_t *a, const uint8_t *b)
{
	return _mm256_inserti128_si256(_mm256_castsi128_si256(
					   _mm_loadl_epi64((const void *)a)),
	    _mm_loadl_epi64((const void *)b), 1);
}

/* Two pixels, a in the low half, b in the high one; wx, wy: pairs of 16-bit
 * weights. Returns the channels as 32-bit numbers. */
static inline __m256i
mix_two(const uint8_t *a, const uint8_t *b, size_t stride, __m256i wx,
    __m256i wy, __m256i pick)
{
	__m256i top = _mm256_shuffle_epi8(load_two(a, b), pick);
	__m256i low = _mm256_shuffle_epi8(load_two(a + stride, b + stride),
	    pick);

	top = _mm256_add_epi32(_mm256_madd_epi16(top, wx),
	    _mm256_set1_epi32(1 << 6));
	low = _mm256_add_epi32(_mm256_madd_epi16(low, wx),
	    _mm256_set1_epi32(1 << 6));
	/* 15 bits each: top in the lower 16 bits of 32, low in the upper */
	top = _mm256_srli_epi32(top, 7);
	low = _mm256_slli_epi32(_mm256_srli_epi32(low, 7), 16);
	top = _mm256_madd_epi16(_mm256_or_si256(top, low), wy);
	top = _mm256_add_epi32(top, _mm256_set1_epi32(1 << 20));
	return _mm256_srli_epi32(top, 21);
}

/* 1 - t and t as a pair of 16 bits. */
static inline __m256i
weights(__m256i t)
{
	return _mm256_or_si256(_mm256_slli_epi32(t, 16),
	    _mm256_sub_epi32(_mm256_set1_epi32(16384), t));
}

/* Writes 8 pixels, and up to 12 bytes past them. */
static inline void
mix_group(const struct cd_warp *w, const struct plan *p, const struct group *g,
    uint8_t *out)
{
	size_t stride = (size_t)w->w * (size_t)w->channels;
	__m256i wx = weights(g->tx), wy = weights(g->ty);
	__m256i v0, v1, v2, v3;
	_Alignas(32) int at[8];

	_mm256_store_si256((void *)at,
	    _mm256_add_epi32(_mm256_mullo_epi32(g->y, p->stride),
		_mm256_mullo_epi32(g->x, p->channels)));
	v0 = mix_two(w->src + at[0], w->src + at[4], stride,
	    _mm256_shuffle_epi32(wx, 0x00), _mm256_shuffle_epi32(wy, 0x00),
	    p->pick);
	v1 = mix_two(w->src + at[1], w->src + at[5], stride,
	    _mm256_shuffle_epi32(wx, 0x55), _mm256_shuffle_epi32(wy, 0x55),
	    p->pick);
	v2 = mix_two(w->src + at[2], w->src + at[6], stride,
	    _mm256_shuffle_epi32(wx, 0xaa), _mm256_shuffle_epi32(wy, 0xaa),
	    p->pick);
	v3 = mix_two(w->src + at[3], w->src + at[7], stride,
	    _mm256_shuffle_epi32(wx, 0xff), _mm256_shuffle_epi32(wy, 0xff),
	    p->pick);
	v0 = _mm256_packus_epi16(_mm256_packs_epi32(v0, v1),
	    _mm256_packs_epi32(v2, v3));
	v0 = _mm256_shuffle_epi8(v0, p->pack);
	_mm_storeu_si128((void *)out, _mm256_castsi256_si128(v0));
	_mm_storeu_si128((void *)(out + 4 * w->channels),
	    _mm256_extracti128_si256(v0, 1));
}

static void
warp_row(const struct cd_warp *w, const struct plan *p, int y)
{
	const struct cd_warp_line r = cd_warp_line(w, y);
	uint8_t *out = w->dst + (size_t)y * (size_t)w->ow * (size_t)w->channels;
	__m256i ya = _mm256_setr_epi64x(r.y, r.y + r.dy, r.y + 4 * r.dy,
	    r.y + 5 * r.dy);
	__m256i xa = _mm256_setr_epi64x(r.x, r.x + r.dx, r.x + 4 * r.dx,
	    r.x + 5 * r.dx);
	__m256i y2 = _mm256_set1_epi64x(2 * r.dy);
	__m256i x2 = _mm256_set1_epi64x(2 * r.dx);
	__m256i y8 = _mm256_set1_epi64x(8 * r.dy);
	__m256i x8 = _mm256_set1_epi64x(8 * r.dx);
	struct group g;
	int i;

	for (i = 0; i < w->ow; i += 8, out += 8 * w->channels) {
		split(ya, _mm256_add_epi64(ya, y2), &g.y, &g.ty);
		split(xa, _mm256_add_epi64(xa, x2), &g.x, &g.tx);
		ya = _mm256_add_epi64(ya, y8);
		xa = _mm256_add_epi64(xa, x8);
		if (w->fill == CD_FILL_NEAREST) {
			clamp(&g.y, &g.ty, p->ylast);
			clamp(&g.x, &g.tx, p->xlast);
		} else if (!all_inside(&g, p)) {
			cd_warp_span_ref(w, y, i,
			    i + 8 < w->ow ? i + 8 : w->ow);
			continue;
		}
		mix_group(w, p, &g, out);
	}
}

/* Loads 8 bytes at a time, two neighbours of up to 4 channels, and stores 8
 * pixels: the next group overwrites the excess, the last falls into the
 * slack. */
static void
warp(const struct cd_warp *w)
{
	struct plan p;
	int y;

	/* no neighbours, or too large for 31-bit offsets */
	if (w->h < 2 || w->w < 2 ||
	    (int64_t)w->h * w->w * w->channels > INT32_MAX) {
		cd_warp_ref.warp(w);
		return;
	}
	plan_init(&p, w);
	for (y = 0; y < w->oh; y++)
		warp_row(w, &p, y);
}

const struct cd_warp_variant cd_warp_avx2 = { "avx2", warp };
