/* A vector of channels at a time, for groups of adjacent pixels that share a
 * load of the per-channel numbers. Operations are fused and sums grouped as in
 * the reference: results are equal. */
#ifndef CD_KERN_NORM_SIMD_H
#define CD_KERN_NORM_SIMD_H

#include <stddef.h>

#include "kern/conv.h"
#include "kern/norm.h"
#include "kern/norm_back_simd.h"
#include "kern/vec.h"

/* The sums of g and of g d of a group of pixels. */
struct both {
	cd_vec g, gd;
};

CD_INLINE struct both
both_none(void)
{
	return (struct both){ cd_vec_all(0), cd_vec_all(0) };
}

CD_INLINE void
both_add(struct both *s, cd_vec g, cd_vec d)
{
	s->g = s->g + g;
	s->gd = cd_vec_fma(g, d, s->gd);
}

/* Adds the group's sums to those of n channels of c. */
CD_INLINE void
both_put(double *sums, size_t c, int n, struct both s)
{
	cd_doubles_put(sums, n, cd_doubles_add(cd_doubles_get(sums, n), s.g));
	sums += c;
	cd_doubles_put(sums, n, cd_doubles_add(cd_doubles_get(sums, n), s.gd));
}

/* ---- sums ---- */

CD_INLINE void
sums_some(int n, size_t c, int pixels, const float *x, const float *shift,
    double *sums)
{
	cd_vec m = cd_vec_get(shift, n), d;
	struct both s = both_none();
	int i;

	for (i = 0; i < pixels; i++) {
		d = cd_vec_get(x + i * c, n) - m;
		both_add(&s, d, d);
	}
	both_put(sums, c, n, s);
}

CD_INLINE void
sums_group(size_t c, int pixels, const float *x, const float *shift,
    double *sums)
{
	size_t j;

	for (j = 0; j + CD_VEC <= c; j += CD_VEC)
		sums_some(CD_VEC, c, pixels, x + j, shift + j, sums + j);
	if (j < c)
		sums_some((int)(c - j), c, pixels, x + j, shift + j, sums + j);
}

static void
sums(const struct cd_norm *p, int n, const float *x, const float *shift,
    double *sums)
{
	size_t pixels = (size_t)n * p->h * p->w, c = (size_t)p->c;

	for (; pixels >= GROUP; pixels -= GROUP, x += GROUP * c)
		sums_group(c, GROUP, x, shift, sums);
	if (pixels > 0)
		sums_group(c, (int)pixels, x, shift, sums);
}

/* ---- forward ---- */

CD_INLINE void
forward_some(int n, size_t j, size_t c, int pixels, bool relu,
    const struct cd_norm_channels *of, const float *x, const float *add,
    float *y)
{
	const struct cd_normal f = norm_get(of, j, n);
	cd_vec v;
	int i;

	for (i = 0; i < pixels; i++) {
		v = normal(x + i * c + j, n, &f);
		if (add)
			v = v + cd_vec_get(add + i * c + j, n);
		if (relu)
			v = cd_vec_unless(cd_vec_le(v, cd_vec_all(0)), v);
		cd_vec_put(y + i * c + j, n, v);
	}
}

CD_INLINE void
forward_group(size_t c, int pixels, bool relu, const struct cd_norm_channels *f,
    const float *x, const float *add, float *y)
{
	size_t j;

	for (j = 0; j + CD_VEC <= c; j += CD_VEC)
		forward_some(CD_VEC, j, c, pixels, relu, f, x, add, y);
	if (j < c)
		forward_some((int)(c - j), j, c, pixels, relu, f, x, add, y);
}

static void
forward_plain(const struct cd_norm *p, size_t pixels,
    const struct cd_norm_channels *f, const float *x, const float *add,
    float *y)
{
	size_t c = (size_t)p->c, step = GROUP * c;

	for (; pixels >= GROUP; pixels -= GROUP, x += step, y += step) {
		forward_group(c, GROUP, p->relu, f, x, add, y);
		add = add ? add + step : NULL;
	}
	for (; pixels > 0; pixels--, x += c, y += c) {
		forward_group(c, 1, p->relu, f, x, add, y);
		add = add ? add + c : NULL;
	}
}

/* n channels of an output cell; x: the window's two rows. */
CD_INLINE void
forward_window(int n, size_t c, bool relu, const struct cd_norm_channels *of,
    size_t j, const float *const x[2], float *y, uint8_t *which, float *won)
{
	const struct cd_normal f = norm_get(of, j, n);
	cd_vec from = cd_vec_get(x[0] + j, n), best = cd_normal_of(from, &f), u,
	       v;
	cd_ints at = cd_ints_all(0);
	cd_mask more, shut;
	int q;

	for (q = 1; q < 4; q++) {
		u = cd_vec_get(x[q / 2] + q % 2 * c + j, n);
		v = cd_normal_of(u, &f);
		more = cd_vec_beats(v, best);
		best = cd_vec_blend(more, best, v);
		from = cd_vec_blend(more, from, u);
		at = cd_ints_blend(more, at, cd_ints_all(q));
	}
	shut = relu ? cd_vec_le(best, cd_vec_all(0)) : cd_mask_all(false);
	cd_vec_put(y + j, n, cd_vec_unless(shut, best));
	if (which)
		cd_ints_store_bytes(which + j, n,
		    cd_ints_blend(shut, at, cd_ints_all(CD_CONV_CLOSED)));
	if (won)
		cd_vec_put(won + j, n, from);
}

CD_INLINE void
forward_cell(size_t c, bool relu, const struct cd_norm_channels *f,
    const float *const x[2], float *y, uint8_t *which, float *won)
{
	size_t j;

	for (j = 0; j + CD_VEC <= c; j += CD_VEC)
		forward_window(CD_VEC, c, relu, f, j, x, y, which, won);
	if (j < c)
		forward_window((int)(c - j), c, relu, f, j, x, y, which, won);
}

static void
forward(const struct cd_norm *p, int n, const float *x,
    const struct cd_norm_channels *f, const float *add, float *y,
    uint8_t *which, float *won)
{
	size_t c = (size_t)p->c, line = (size_t)p->w * c;
	int k, i, s;

	if (!p->pool) {
		forward_plain(p, (size_t)n * p->h * p->w, f, x, add, y);
		return;
	}
	for (k = 0; k < n; k++, x += (size_t)p->h * line)
		for (i = 0; i < p->yh; i++)
			for (s = 0; s < p->yw; s++, y += c) {
				const float *top = x + 2 * i * line + 2 * s * c;
				const float *rows[2] = { top, top + line };

				forward_cell(c, p->relu, f, rows, y, which,
				    won);
				which = which ? which + c : NULL;
				won = won ? won + c : NULL;
			}
}

/* ---- backward: the sums ---- */

/* What of the output tells where the gradient stops; both NULL, with ReLU: it
 * is computed again. */
struct seen {
	bool relu;
	const float *y;
	const uint8_t *which; /* with pooling */
};

CD_INLINE struct seen
seen_from(struct seen s, size_t at)
{
	return (struct seen){ s.relu, s.y ? s.y + at : NULL,
		s.which ? s.which + at : NULL };
}

/* The lanes of n whose gradient stops. */
CD_INLINE cd_mask
seen_shut(struct seen s, const float *x, int n, const struct cd_normal *f)
{
	if (s.which)
		return cd_ints_eq(cd_ints_load_bytes(s.which, n),
		    cd_ints_all(CD_CONV_CLOSED));
	return s.relu ? norm_shut(x, s.y, n, f) : cd_mask_all(false);
}

/* n channels from j on. */
CD_INLINE void
back_sums_some(int n, size_t j, size_t c, int pixels,
    const struct cd_norm_channels *of, const float *x, struct seen seen,
    const float *dy, double *sums)
{
	const struct cd_normal f = norm_get(of, j, n);
	struct both s = both_none();
	cd_mask shut;
	cd_vec g, d;
	size_t at;
	int i;

	for (i = 0; i < pixels; i++) {
		at = i * c + j;
		g = cd_vec_get(dy + at, n);
		d = cd_vec_get(x + at, n) - f.mean;
		if (seen.relu || seen.which) {
			shut = seen_shut(seen_from(seen, at), x + at, n, &f);
			g = cd_vec_unless(shut, g);
			d = cd_vec_unless(shut, d);
		}
		both_add(&s, g, d);
	}
	both_put(sums + j, c, n, s);
}

CD_INLINE void
back_sums_group(size_t c, int pixels, const struct cd_norm_channels *f,
    const float *x, struct seen seen, const float *dy, double *sums)
{
	size_t j;

	for (j = 0; j + CD_VEC <= c; j += CD_VEC)
		back_sums_some(CD_VEC, j, c, pixels, f, x, seen, dy, sums);
	if (j < c)
		back_sums_some((int)(c - j), j, c, pixels, f, x, seen, dy,
		    sums);
}

static void
backward_sums(const struct cd_norm *p, int n, const float *x,
    const struct cd_norm_channels *f, const float *y, const uint8_t *which,
    const float *dy, double *sums)
{
	const struct seen seen = { p->relu, y, p->pool ? which : NULL };
	size_t c = (size_t)p->c, cells = (size_t)n * p->yh * p->yw, i = 0;

	for (; i + GROUP <= cells; i += GROUP)
		back_sums_group(c, GROUP, f, x + i * c, seen_from(seen, i * c),
		    dy + i * c, sums);
	if (i < cells)
		back_sums_group(c, (int)(cells - i), f, x + i * c,
		    seen_from(seen, i * c), dy + i * c, sums);
}

const struct cd_norm_variant VARIANT = { NAME, sums, forward, backward_sums,
	backward };

#endif
