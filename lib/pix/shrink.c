/* All in integers: in units of 1/oh of a source row (1/ow of a column) a source
 * pixel is oh (ow) long and a result pixel h (w). */
#include "pix/shrink.h"

#include <string.h>

/* The overlap of source pixel k, of n, and result pixel i, of on. */
static uint16_t
overlap(int k, int i, int n, int on)
{
	int64_t a = (int64_t)k * on, b = a + on;
	int64_t from = (int64_t)i * n, to = from + n;

	return (uint16_t)((b < to ? b : to) - (a > from ? a : from));
}

/* The first source pixel of result pixel i, and the one behind its last. */
static int
first_of(int i, int n, int on)
{
	return (int)((int64_t)i * n / on);
}

static int
end_of(int i, int n, int on)
{
	return (int)(((int64_t)(i + 1) * n + on - 1) / on);
}

/* sum[j] = the rows that overlap row i, each times its share, for `from` <= j <
 * to: up to 255 h. */
static void
add_rows(uint32_t *sum, size_t from, size_t to, const uint8_t *src,
    size_t stride, int h, int oh, int i)
{
	int k = first_of(i, h, oh), end = end_of(i, h, oh);
	size_t j;

	memset(sum + from, 0, (to - from) * sizeof *sum);
	for (; k < end; k++) {
		const uint8_t *p = src + (size_t)k * stride;
		uint16_t share = overlap(k, i, h, oh);

		for (j = from; j < to; j++)
			sum[j] += (uint32_t)share * (uint16_t)p[j];
	}
}

/* Columns left .. right-1 of a row: the sums of sums that overlap them, divided
 * by the area that they are of. */
static inline __attribute__((always_inline)) void
across(uint8_t *dst, const uint32_t *sum, int left, int right, int w, int ow,
    const size_t c, int64_t area)
{
	/* the quotient is a multiple of 1/area; adding half of that makes the
	 * truncation below exact, because 255 area is far below 2^52 */
	const double per = 1.0 / (double)area;
	int k = first_of(left, w, ow), j, share;
	/* what of source pixel k is left */
	int have = (int)((int64_t)(k + 1) * ow - (int64_t)left * w);
	size_t b;

	for (j = left; j < right; j++) {
		int64_t all[4] = { area / 2, area / 2, area / 2, area / 2 };
		int want = w;

		while (want > 0) {
			share = have < want ? have : want;
			for (b = 0; b < c; b++)
				all[b] += (int64_t)share *
				    sum[(size_t)k * c + b];
			want -= share;
			have -= share;
			if (have > 0)
				continue;
			have = ow;
			k++;
		}
		for (b = 0; b < c; b++)
			dst[(size_t)j * c + b] = (uint8_t)(((double)all[b] +
							       0.5) *
			    per);
	}
}

void
cd_shrink(uint8_t *dst, int oh, int ow, const uint8_t *src, int h, int w,
    int channels, const struct cd_shrink_part *part, uint32_t *scratch)
{
	const struct cd_shrink_part all = { 0, oh, 0, ow };
	const int64_t area = (int64_t)h * w;
	size_t c = (size_t)channels, from, to, line = (size_t)w * c;
	int i;

	if (!part)
		part = &all;
	from = (size_t)first_of(part->left, w, ow) * c;
	to = (size_t)end_of(part->right - 1, w, ow) * c;
	for (i = part->top; i < part->bottom; i++) {
		uint8_t *row = dst + (size_t)i * ow * c;

		add_rows(scratch, from, to, src, line, h, oh, i);
		if (c == 3)
			across(row, scratch, part->left, part->right, w, ow, 3,
			    area);
		else
			across(row, scratch, part->left, part->right, w, ow, c,
			    area);
	}
}
