/* The last step of batch norm's backward pass, for norm_simd.h. */
#ifndef CD_KERN_NORM_BACK_SIMD_H
#define CD_KERN_NORM_BACK_SIMD_H

#include <stddef.h>

#include "kern/norm.h"
#include "kern/normal_simd.h"
#include "kern/vec.h"

enum {
	GROUP = CD_NORM_PIXELS,
};

/* Numbers of n channels from j on, for the backward pass. */
struct back {
	cd_vec mean, a, b, k;
};

CD_INLINE struct cd_normal
norm_get(const struct cd_norm_channels *f, size_t j, int n)
{
	return cd_normal_get(f->mean + j, f->scale + j, f->beta + j, n);
}

CD_INLINE cd_vec
normal(const float *x, int n, const struct cd_normal *f)
{
	return cd_normal_of(cd_vec_get(x, n), f);
}

/* Where ReLU stopped it, by y or, where that is NULL, computed again. */
CD_INLINE cd_mask
norm_shut(const float *x, const float *y, int n, const struct cd_normal *f)
{
	return cd_vec_le(y ? cd_vec_get(y, n) : normal(x, n, f), cd_vec_all(0));
}

CD_INLINE struct back
back_get(const struct cd_norm_channels *f, size_t j, int n)
{
	return (struct back){ cd_vec_get(f->mean + j, n),
		cd_vec_get(f->a + j, n), cd_vec_get(f->b + j, n),
		cd_vec_get(f->k + j, n) };
}

/* What to do, the same for all pixels. */
struct how {
	bool relu, add_dx, dadd, add_dadd;
};

CD_INLINE void
put(float *to, int n, bool add, cd_vec v)
{
	if (add)
		v = cd_vec_get(to, n) + v;
	cd_vec_put(to, n, v);
}

/* dx of n channels of one pixel, given g. */
CD_INLINE void
put_dx(const float *x, int n, cd_vec g, const struct back *f, bool add,
    float *dx)
{
	cd_vec d = cd_vec_get(x, n) - f->mean;

	put(dx, n, add, f->a * g + f->b * d + f->k);
}

/* n channels from j on of adjacent pixels. dy NULL: their gradient is 0
 * (pooling dropped them). */
CD_INLINE void
back_some(int n, size_t j, size_t c, int pixels, struct how h,
    const struct cd_norm_channels *of, const float *x, const float *y,
    const float *dy, float *dx, float *dadd)
{
	const struct back f = back_get(of, j, n);
	const struct cd_normal to = norm_get(of, j, n);
	size_t at;
	cd_vec g;
	int i;

	for (i = 0; i < pixels; i++) {
		at = i * c + j;
		g = dy ? cd_vec_get(dy + at, n) : cd_vec_all(0);
		if (h.relu)
			g = cd_vec_unless(norm_shut(x + at, y ? y + at : NULL,
					      n, &to),
			    g);
		put_dx(x + at, n, g, &f, h.add_dx, dx + at);
		if (h.dadd)
			put(dadd + at, n, h.add_dadd, g);
	}
}

CD_INLINE void
back_group(size_t c, int pixels, struct how h, const struct cd_norm_channels *f,
    const float *x, const float *y, const float *dy, float *dx, float *dadd)
{
	size_t j;

	for (j = 0; j + CD_VEC <= c; j += CD_VEC)
		back_some(CD_VEC, j, c, pixels, h, f, x, y, dy, dx, dadd);
	if (j < c)
		back_some((int)(c - j), j, c, pixels, h, f, x, y, dy, dx, dadd);
}

CD_INLINE void
back_row(size_t c, size_t pixels, struct how h,
    const struct cd_norm_channels *f, const float *x, const float *y,
    const float *dy, float *dx, float *dadd)
{
	size_t i = 0;

	for (; i + GROUP <= pixels; i += GROUP)
		back_group(c, GROUP, h, f, x + i * c, y ? y + i * c : NULL,
		    dy ? dy + i * c : NULL, dx + i * c,
		    h.dadd ? dadd + i * c : NULL);
	for (; i < pixels; i++)
		back_group(c, 1, h, f, x + i * c, y ? y + i * c : NULL,
		    dy ? dy + i * c : NULL, dx + i * c,
		    h.dadd ? dadd + i * c : NULL);
}

/* ---- pooled ---- */

/* n channels of the four pixels of an output cell; x, dx: their two rows. */
CD_INLINE void
back_window(int n, size_t j, size_t c, struct how h,
    const struct cd_norm_channels *of, const float *const x[2],
    const uint8_t *which, const float *dy, float *const dx[2])
{
	const struct back f = back_get(of, j, n);
	cd_ints at = cd_ints_load_bytes(which + j, n);
	cd_vec g = cd_vec_get(dy + j, n);
	int q;

	for (q = 0; q < 4; q++) {
		size_t to = q % 2 * c + j;

		put_dx(x[q / 2] + to, n,
		    cd_vec_where(cd_ints_eq(at, cd_ints_all(q)), g), &f,
		    h.add_dx, dx[q / 2] + to);
	}
}

/* Two rows of x, or the last one alone (which NULL). */
static void
pooled_rows(const struct cd_norm *p, const struct cd_norm_channels *f,
    const float *x, const uint8_t *which, const float *dy, float *dx)
{
	const struct how h = { .add_dx = p->add_dx };
	size_t c = (size_t)p->c, line = (size_t)p->w * c, s, j;

	if (!which) {
		back_row(c, (size_t)p->w, h, f, x, NULL, NULL, dx, NULL);
		return;
	}
	for (s = 0; s < (size_t)p->yw; s++, which += c, dy += c) {
		const float *rows[2] = { x + 2 * s * c, x + line + 2 * s * c };
		float *to[2] = { dx + 2 * s * c, dx + line + 2 * s * c };

		for (j = 0; j + CD_VEC <= c; j += CD_VEC)
			back_window(CD_VEC, j, c, h, f, rows, which, dy, to);
		if (j < c)
			back_window((int)(c - j), j, c, h, f, rows, which, dy,
			    to);
	}
	if (p->w % 2 == 0)
		return;
	s = line - c; /* dropped at the right */
	back_group(c, 1, h, f, x + s, NULL, NULL, dx + s, NULL);
	back_group(c, 1, h, f, x + line + s, NULL, NULL, dx + line + s, NULL);
}

static void
pooled(const struct cd_norm *p, int n, const struct cd_norm_channels *f,
    const float *x, const uint8_t *which, const float *dy, float *dx)
{
	size_t line = (size_t)p->w * p->c, out = (size_t)p->yw * p->c, at;
	int k, i;

	for (k = 0; k < n; k++) {
		for (i = 0; i < p->yh; i++, which += out, dy += out) {
			at = ((size_t)k * p->h + 2 * i) * line;
			pooled_rows(p, f, x + at, which, dy, dx + at);
		}
		at = ((size_t)k * p->h + p->h - 1) * line;
		if (p->h % 2)
			pooled_rows(p, f, x + at, NULL, NULL, dx + at);
	}
}

static void
backward(const struct cd_norm *p, int n, const float *x,
    const struct cd_norm_channels *f, const float *y, const uint8_t *which,
    const float *dy, float *dx, float *dadd)
{
	const struct how h = { p->relu, p->add_dx, dadd != NULL, p->add_dadd };
	size_t pixels = (size_t)n * p->h * p->w;

	if (p->pool)
		pooled(p, n, f, x, which, dy, dx);
	else
		back_row((size_t)p->c, pixels, h, f, x, y, dy, dx, dadd);
}

#endif
