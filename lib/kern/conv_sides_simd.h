/* The sides of a convolution as a matrix product, for conv_direct_simd.h: left
 * the picture itself or packed patches, right the weights. */
#ifndef CD_KERN_CONV_SIDES_SIMD_H
#define CD_KERN_CONV_SIDES_SIMD_H

#include <string.h>

#include "kern/conv.h"
#include "kern/tile_simd.h"

extern const struct cd_conv_variant VARIANT;

/* Geometry and memory of a call. */
struct direct {
	const struct cd_conv *c;
	int k, kp;     /* K; K' */
	int pw;	       /* columns of the padded picture */
	size_t line;   /* floats of a row of it */
	bool straight; /* dz W' is dx, without unpacking */
	bool packed;   /* with packed patches */
	int rows;      /* of the output, in a band */
	int pictures;  /* packed: in a band */
	float *padded; /* [h + 2 pad][pw][cin], if there is padding */
	float *patch;  /* packed: [pictures,oh,ow,K] */
	float *z;      /* [rows or pictures * oh,ow,cout] */
	float *dp;     /* [pixels,K'] */
};

static size_t
align16(size_t n)
{
	return (n + 15) & ~(size_t)15;
}

/* Is the convolution a product of the maps as they are? */
static bool
is_plain(const struct cd_conv *c)
{
	return c->kh == 1 && c->kw == 1 && c->stride == 1 && c->pad == 0;
}

static bool
wants_packing(const struct cd_conv *c, int k, size_t near)
{
	if (c->pool || is_plain(c))
		return false;
	return c->ow < 5 || ((size_t)k * c->cout > near && c->ow < 24);
}

/* Returns the floats of scratch; scratch NULL: sizes only. */
static size_t
set_up(struct direct *d, const struct cd_conv *c, float *scratch)
{
	const struct cd_conv_blocks *b = cd_conv_blocks(&VARIANT);
	size_t used = 0, pixels, row = (size_t)c->ow * c->cout;

	*d = (struct direct){ .c = c };
	d->k = c->kh * c->kw * c->cin;
	d->kp = (d->k + CD_VEC - 1) / CD_VEC * CD_VEC;
	d->straight = is_plain(c) && d->k == d->kp;
	d->pw = c->w + 2 * c->pad;
	d->line = (size_t)d->pw * c->cin;
	d->packed = wants_packing(c, d->k, b->near);
	d->pictures = 1;
	d->rows = row < b->cache / 2 ? (int)(b->cache / row) & ~1 : 2;
	if (d->rows > c->oh)
		d->rows = c->oh;
	pixels = (size_t)d->rows * c->ow;
	if (d->packed) {
		pixels = (size_t)c->oh * c->ow;
		if (pixels * d->k < b->packed)
			d->pictures = (int)(b->packed / (pixels * d->k));
		pixels *= (size_t)d->pictures;
		d->patch = scratch;
		used += align16(pixels * d->k);
	} else if (c->pad > 0) {
		d->padded = scratch;
		used += align16((c->h + 2 * (size_t)c->pad) * d->line);
	}
	d->z = scratch ? scratch + used : NULL;
	used += align16(pixels * c->cout);
	d->dp = scratch ? scratch + used : NULL;
	return used + (d->straight ? 0 : align16(pixels * d->kp));
}

static size_t
scratch_floats(const struct cd_conv *c)
{
	struct direct d;

	return set_up(&d, c, NULL);
}

static bool
fits(const struct cd_conv *c)
{
	return c->groups == 1 && c->cout % (CD_VEC / 2) == 0;
}

/* ---- weights ---- */

static size_t
back_columns(const struct cd_conv *c)
{
	size_t k = (size_t)c->kh * c->kw * c->cin;

	return (k + CD_VEC - 1) / CD_VEC * CD_VEC;
}

static size_t
gradient_floats(const struct cd_conv *c)
{
	return (size_t)c->kh * c->kw * c->cin * c->cout;
}

static size_t
prepared_floats(const struct cd_conv *c)
{
	return gradient_floats(c) + back_columns(c) * c->cout;
}

static void
prepare(const struct cd_conv *c, int from, int to, const float *w, float *pw)
{
	int k = c->kh * c->kw * c->cin, filled = (int)back_columns(c);
	float *back = pw + gradient_floats(c);
	int uv, i, n, row, o;

	for (uv = 0; uv < c->kh * c->kw; uv++)
		for (i = from; i < to; i += n) {
			n = to - i < CD_VEC ? to - i : CD_VEC;
			row = uv * c->cin + i;
			for (o = 0; o < c->cout; o += CD_VEC)
				cd_panel_put(n, w + (size_t)row * c->cout + o,
				    (size_t)c->cout, row, o, k, c->cout, pw,
				    back, filled);
		}
	/* the padding columns of K', by the thread with the last channel */
	for (; to == c->cin && k < filled; k++)
		for (o = 0; o < c->cout; o++)
			back[cd_panel(o, k, c->cout, filled)] = 0;
}

/* The gradient has the layout of the weights. */
static void
gather(const struct cd_conv *c, int from, int to, const float *dpw, float *dw)
{
	size_t row = (size_t)c->cin * c->cout, at = (size_t)from * c->cout;
	int uv;

	for (uv = 0; uv < c->kh * c->kw; uv++)
		memcpy(dw + uv * row + at, dpw + uv * row + at,
		    (size_t)(to - from) * c->cout * sizeof *dw);
}

/* ---- the picture as the product's left side ---- */

static void
pad_picture(const struct direct *d, const float *x)
{
	const struct cd_conv *c = d->c;
	size_t row = (size_t)c->w * c->cin, side = (size_t)c->pad * c->cin;
	float *to = d->padded;
	int i;

	memset(to, 0, c->pad * d->line * sizeof *to);
	to += c->pad * d->line;
	for (i = 0; i < c->h; i++, to += d->line, x += row) {
		memset(to, 0, side * sizeof *to);
		memcpy(to + side, x, row * sizeof *to);
		memset(to + side + row, 0, side * sizeof *to);
	}
	memset(to, 0, c->pad * d->line * sizeof *to);
}

/* The columns of the window, from .. to-1, that are inside the picture at
 * output column j; to <= from: none. */
static void
inside(const struct cd_conv *c, int j, int *from, int *to)
{
	int left = j * c->stride - c->pad;

	*from = left < 0 ? -left : 0;
	*to = left + c->kw > c->w ? c->w - left : c->kw;
}

/* Patches of one picture: [oh,ow,K]. */
static void
pack(const struct direct *d, const float *x, float *out)
{
	const struct cd_conv *c = d->c;
	size_t cin = (size_t)c->cin, seg = (size_t)c->kw * cin;
	int i, j, u, row, from, to;

	for (i = 0; i < c->oh; i++)
		for (j = 0; j < c->ow; j++) {
			inside(c, j, &from, &to);
			for (u = 0; u < c->kh; u++, out += seg) {
				row = i * c->stride + u - c->pad;
				memset(out, 0, seg * sizeof *out);
				if (row < 0 || row >= c->h || from >= to)
					continue;
				memcpy(out + from * cin,
				    x +
					((size_t)row * c->w + j * c->stride +
					    from - c->pad) *
					    cin,
				    (to - from) * cin * sizeof *out);
			}
		}
}

/* The adjoint: adds the patches, of K' floats, of output rows i0 .. i1-1 to dx
 * [h,w,cin]. */
static void
unpack(const struct direct *d, const float *in, int i0, int i1, float *dx)
{
	const struct cd_conv *c = d->c;
	size_t cin = (size_t)c->cin, seg = (size_t)c->kw * cin, n, k;
	int i, j, u, row, from, to;

	for (i = i0; i < i1; i++)
		for (j = 0; j < c->ow; j++, in += d->kp) {
			inside(c, j, &from, &to);
			for (u = 0; u < c->kh && from < to; u++) {
				const float *p = in + u * seg + from * cin;
				float *q;

				row = i * c->stride + u - c->pad;
				if (row < 0 || row >= c->h)
					continue;
				q = dx +
				    ((size_t)row * c->w + j * c->stride + from -
					c->pad) *
					cin;
				n = (to - from) * cin;
				for (k = 0; k < n; k++)
					q[k] += p[k];
			}
		}
}

/* The left side of the product: for row i of the output, or all packed
 * patches. */
static struct cd_tile
left_side(const struct direct *d, const float *x, int i)
{
	const struct cd_conv *c = d->c;
	struct cd_tile t = { .ak = 1 };

	if (d->packed) {
		t.a = d->patch;
		t.ai = (size_t)d->k;
		t.length = d->k;
		t.stretches = 1;
		return t;
	}
	t.a = (c->pad ? d->padded : x) + (size_t)i * c->stride * d->line;
	t.as = d->line;
	t.ai = (size_t)c->stride * c->cin;
	t.length = c->kw * c->cin;
	t.stretches = c->kh;
	return t;
}

/* out[m,n] (+)= A B; A and whether to add in t, B in panels of k rows. */
static void
multiply(struct cd_tile t, int m, int n, int k, const float *panels, float *out)
{
	const float *a = t.a;
	int i, j, rows, width;

	t.ci = (size_t)n;
	for (j = 0; j < n; j += width) {
		width = cd_tile_columns(n - j);
		t.b = panels + (size_t)j * k;
		t.bk = (size_t)width;
		t.bs = (size_t)width * t.length;
		for (i = 0; i < m; i += rows) {
			rows = cd_tile_rows(m - i);
			t.a = a + (size_t)i * t.ai;
			t.c = out + (size_t)i * n + j;
			cd_tile(rows, width, &t);
		}
	}
}

#endif
