/* 3x3 convolution, stride 1, by Winograd's F(4x4,3x3) (Lavin and Gray, "Fast
 * algorithms for convolutional neural networks", CVPR 2016): a 4x4 tile of the
 * output from a 6x6 tile d of the input with 36 products instead of 144. With U
 * = G w G' and V = B' d B:
 *	forward		y = A' (U V) A, summed over input channels
 *	backward	Z = A dy A';  dU += V Z;  dd = B (U Z) B'
 * which is the exact adjoint of the computed forward pass. The sums over
 * channels are 36 matrix products, M = V U; tiles are processed in blocks whose
 * V and M stay in the L2 cache or, where there are many weights, all at once
 * (conv_wino_planes_simd.h). */
#ifndef CD_KERN_CONV_WINO_SIMD_H
#define CD_KERN_CONV_WINO_SIMD_H

#include "kern/conv_wino_planes_simd.h"
#include "kern/conv_wino_product_simd.h"
#include "kern/conv_wino_tiles_simd.h"

static size_t
scratch_floats(const struct cd_conv *c)
{
	struct wino s;

	set_up(&s, c, NULL);
	return POINTS * (s.vplane + s.mplane) + 16 * (size_t)c->cout;
}

/* ---- the passes ---- */

static void
forward(const struct cd_conv *c, int n, const float *x, const float *pw,
    const float *b, float *y, uint8_t *which, float *scratch)
{
	size_t plane = (size_t)c->cin * c->cout;
	int first = 0, count, tiles, t, p;
	int step = c->pool ? 2 : 1;
	struct wino s;

	set_up(&s, c, scratch);
	tiles = n * s.across * s.down;
	if (c->to > 0) {
		first = c->from * step / 4 * s.across;
		tiles = (c->to * step + 3) / 4 * s.across;
	}
	for (; first < tiles; first += s.block) {
		count = tiles - first < s.block ? tiles - first : s.block;
		block_in(&s, x, first, count, tiles);
		for (p = 0; p < POINTS; p++)
			product(whole_rows(count), c->cout, c->cin,
			    s.v + p * s.vplane, s.cp, pw + p * plane,
			    s.m + p * s.mplane, (struct columns){ 0, c->cout });
		for (t = 0; t < count; t++)
			tile_out(&s, t, place_of(&s, first + t), b, y, which);
	}
}

static void
backward(const struct cd_conv *c, int n, const float *x, const float *pw,
    const float *y, const uint8_t *which, const float *dy, float *dpw,
    float *db, float *dx, float *scratch)
{
	size_t plane = (size_t)c->cin * c->cout;
	const float *back = pw + gradient_floats(c);
	int first, count, tiles, t, p;
	struct wino s;

	set_up(&s, c, scratch);
	cd_conv_clear_dw(c, 0, dpw, db);
	tiles = n * s.across * s.down;
	for (first = 0; first < tiles; first += s.block) {
		count = tiles - first < s.block ? tiles - first : s.block;
		block_in(&s, x, first, count, tiles);
		for (t = 0; t < count; t++)
			tile_out_back(&s, t, place_of(&s, first + t), y, which,
			    dy, db);
		for (p = 0; p < POINTS; p++)
			product_weights(count, c->cout, c->cin,
			    s.v + p * s.vplane, s.cp, s.m + p * s.mplane,
			    c->add_dw || first > 0, dpw + p * plane,
			    (struct columns){ 0, c->cout });
		for (p = 0; dx && p < POINTS; p++)
			product(whole_rows(count), s.cp, c->cout,
			    s.m + p * s.mplane, c->cout,
			    back + p * (size_t)s.cp * c->cout,
			    s.v + p * s.vplane, (struct columns){ 0, s.cp });
		for (t = 0; dx && t < count; t++)
			tile_in_back(&s, t, place_of(&s, first + t), dx);
	}
}

const struct cd_conv_variant VARIANT = {
	.name = NAME,
	.fits = fits,
	.scratch = scratch_floats,
	.forward = forward,
	.backward = backward,
	.bands = true,
	.norms = true,
	.prepared = prepared_floats,
	.gradient = gradient_floats,
	.prepare = prepare,
	.gather = gather,
	.rounds = &planes,
};

#endif
