#include "pix/warp.h"

#include <math.h>

struct cd_warp_line
cd_warp_line(const struct cd_warp *w, int y)
{
	return (struct cd_warp_line){
		.y = llrint((w->m[0][0] * y + w->m[0][2]) * 0x1p32),
		.x = llrint((w->m[1][0] * y + w->m[1][2]) * 0x1p32),
		.dy = llrint(w->m[0][1] * 0x1p32),
		.dx = llrint(w->m[1][1] * 0x1p32),
	};
}

/* The index, in a row of n pixels, of place i of the extended row. */
static int
extended(enum cd_fill fill, int i, int n)
{
	switch (fill) {
	case CD_FILL_REFLECT:
		i %= 2 * n;
		if (i < 0)
			i += 2 * n;
		return i < n ? i : 2 * n - 1 - i;
	case CD_FILL_WRAP:
		i %= n;
		return i < 0 ? i + n : i;
	case CD_FILL_CONSTANT: /* outside only with weight 0 */
	case CD_FILL_NEAREST:
		break;
	}
	return i < 0 ? 0 : i >= n ? n - 1 : i;
}

/* a + (b - a) t, t with 14 fractional bits. Of the result shift 7 keeps 7
 * fractional bits; shift 21, for a and b with 7, keeps none. */
static int
between(int a, int b, int t, int shift)
{
	return (a * (16384 - t) + b * t + (1 << shift >> 1)) >> shift;
}

static void
one_pixel(const struct cd_warp *w, int64_t y, int64_t x, uint8_t *out)
{
	int y0 = (int)(y >> 32), x0 = (int)(x >> 32);
	int ty = (int)((y & 0xffffffff) >> 18);
	int tx = (int)((x & 0xffffffff) >> 18);
	size_t c = (size_t)w->channels, k;
	const uint8_t *top, *low;
	size_t left, right;

	top = w->src + (size_t)extended(w->fill, y0, w->h) * (size_t)w->w * c;
	low = w->src +
	    (size_t)extended(w->fill, y0 + 1, w->h) * (size_t)w->w * c;
	left = (size_t)extended(w->fill, x0, w->w) * c;
	right = (size_t)extended(w->fill, x0 + 1, w->w) * c;
	for (k = 0; k < c; k++)
		out[k] = (uint8_t)between(between(top[left + k], top[right + k],
					      tx, 7),
		    between(low[left + k], low[right + k], tx, 7), ty, 21);
}

void
cd_warp_span_ref(const struct cd_warp *w, int y, int begin, int end)
{
	const struct cd_warp_line r = cd_warp_line(w, y);
	const int64_t ymax = (int64_t)(w->h - 1) << 32;
	const int64_t xmax = (int64_t)(w->w - 1) << 32;
	size_t c = (size_t)w->channels, k;
	uint8_t *out = w->dst + ((size_t)y * (size_t)w->ow + (size_t)begin) * c;
	int i;

	for (i = begin; i < end; i++, out += c) {
		int64_t sy = r.y + i * r.dy, sx = r.x + i * r.dx;

		if (w->fill == CD_FILL_CONSTANT &&
		    (sy < 0 || sy > ymax || sx < 0 || sx > xmax)) {
			for (k = 0; k < c; k++)
				out[k] = w->value;
			continue;
		}
		one_pixel(w, sy, sx, out);
	}
}

static void
warp(const struct cd_warp *w)
{
	int y;

	for (y = 0; y < w->oh; y++)
		cd_warp_span_ref(w, y, 0, w->ow);
}

const struct cd_warp_variant cd_warp_ref = { "ref", warp };
