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
	const struct norm f = norm_get(of, j, n);
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
    size_t j, const float *const x[2], float *y, uint8_t *which)
{
	const struct norm f = norm_get(of, j, n);
	cd_vec best = normal(x[0] + j, n, &f);
	cd_ints at = cd_ints_all(0);
	cd_mask shut;
	int q;

	for (q = 1; q < 4; q++)
		cd_vec_take_larger(&best, &at,
		    normal(x[q / 2] + q % 2 * c + j, n, &f), q);
	shut = relu ? cd_vec_le(best, cd_vec_all(0)) : cd_mask_none();
	cd_vec_put(y + j, n, cd_vec_unless(shut, best));
	if (which)
		cd_ints_store_bytes(which + j, n,
		    cd_ints_blend(shut, at, cd_ints_all(CD_CONV_CLOSED)));
}

static void
forward(const struct cd_norm *p, int n, const float *x,
    const struct cd_norm_channels *f, const float *add, float *y,
    uint8_t *which)
{
	size_t c = (size_t)p->c, line = (size_t)p->w * c, j;
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

				for (j = 0; j + CD_VEC <= c; j += CD_VEC)
					forward_window(CD_VEC, c, p->relu, f, j,
					    rows, y, which);
				if (j < c)
					forward_window((int)(c - j), c, p->relu,
					    f, j, rows, y, which);
				which = which ? which + c : NULL;
			}
}

/* ---- backward: the sums ---- */

/* n channels from j on. */
CD_INLINE void
back_sums_some(int n, size_t j, size_t c, int pixels, bool relu,
    const struct cd_norm_channels *of, const float *x, const float *y,
    const float *dy, double *sums)
{
	const struct norm f = norm_get(of, j, n);
	struct both s = both_none();
	cd_mask shut;
	cd_vec g, d;
	int i;

	for (i = 0; i < pixels; i++) {
		g = cd_vec_get(dy + i * c + j, n);
		d = cd_vec_get(x + i * c + j, n) - f.mean;
		if (relu) {
			shut = norm_shut(x + i * c + j,
			    y ? y + i * c + j : NULL, n, &f);
			g = cd_vec_unless(shut, g);
			d = cd_vec_unless(shut, d);
		}
		both_add(&s, g, d);
	}
	both_put(sums + j, c, n, s);
}

CD_INLINE void
back_sums_group(size_t c, int pixels, bool relu,
    const struct cd_norm_channels *f, const float *x, const float *y,
    const float *dy, double *sums)
{
	size_t j;

	for (j = 0; j + CD_VEC <= c; j += CD_VEC)
		back_sums_some(CD_VEC, j, c, pixels, relu, f, x, y, dy, sums);
	if (j < c)
		back_sums_some((int)(c - j), j, c, pixels, relu, f, x, y, dy,
		    sums);
}

static void
back_sums_plain(const struct cd_norm *p, size_t pixels,
    const struct cd_norm_channels *f, const float *x, const float *y,
    const float *dy, double *sums)
{
	size_t c = (size_t)p->c, i = 0;

	for (; i + GROUP <= pixels; i += GROUP)
		back_sums_group(c, GROUP, p->relu, f, x + i * c,
		    y ? y + i * c : NULL, dy + i * c, sums);
	if (i < pixels)
		back_sums_group(c, (int)(pixels - i), p->relu, f, x + i * c,
		    y ? y + i * c : NULL, dy + i * c, sums);
}

/* n channels of adjacent output cells: only each winner's x counts. x: the two
 * rows of the windows. */
CD_INLINE void
back_sums_windows(int n, size_t c, int cells, const float *const x[2],
    const float *mean, const uint8_t *which, const float *dy, double *sums)
{
	cd_vec m = cd_vec_get(mean, n), d;
	struct both s = both_none();
	cd_mask shut;
	cd_ints at;
	size_t from;
	int i, q;

	for (i = 0; i < cells; i++) {
		at = cd_ints_load_bytes(which + i * c, n);
		from = 2 * (size_t)i * c;
		d = cd_vec_get(x[0] + from, n);
		for (q = 1; q < 4; q++)
			d = cd_vec_blend(cd_ints_eq(at, cd_ints_all(q)), d,
			    cd_vec_get(x[q / 2] + from + q % 2 * c, n));
		shut = cd_ints_eq(at, cd_ints_all(CD_CONV_CLOSED));
		both_add(&s, cd_vec_unless(shut, cd_vec_get(dy + i * c, n)),
		    cd_vec_unless(shut, d - m));
	}
	both_put(sums, c, n, s);
}

/* A row of output cells; x: the first of its two rows. */
static void
back_sums_row(const struct cd_norm *p, const float *x, const float *mean,
    const uint8_t *which, const float *dy, double *sums)
{
	size_t c = (size_t)p->c, line = (size_t)p->w * c, j;
	int s, cells;

	for (s = 0; s < p->yw; s += cells) {
		cells = p->yw - s < GROUP ? p->yw - s : GROUP;
		for (j = 0; j < c; j += CD_VEC) {
			const float *top = x + 2 * s * c + j;
			const float *rows[2] = { top, top + line };
			size_t at = s * c + j;

			if (c - j >= CD_VEC)
				back_sums_windows(CD_VEC, c, cells, rows,
				    mean + j, which + at, dy + at, sums + j);
			else
				back_sums_windows((int)(c - j), c, cells, rows,
				    mean + j, which + at, dy + at, sums + j);
		}
	}
}

static void
backward_sums(const struct cd_norm *p, int n, const float *x,
    const struct cd_norm_channels *f, const float *y, const uint8_t *which,
    const float *dy, double *sums)
{
	size_t line = (size_t)p->w * p->c, out = (size_t)p->yw * p->c;
	int k, i;

	if (!p->pool) {
		back_sums_plain(p, (size_t)n * p->h * p->w, f, x, y, dy, sums);
		return;
	}
	for (k = 0; k < n; k++, x += (size_t)p->h * line)
		for (i = 0; i < p->yh; i++, which += out, dy += out)
			back_sums_row(p, x + 2 * i * line, f->mean, which, dy,
			    sums);
}

const struct cd_norm_variant VARIANT = { NAME, sums, forward, backward_sums,
	backward };

#endif
