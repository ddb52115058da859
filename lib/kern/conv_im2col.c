/* Convolution as a matrix product: the patches of a band of output rows are
 * laid side by side (im2col; Chellapilla et al. 2006) and multiplied by the
 * weights. Bands are small enough that patches and products stay in the L2
 * cache, where bias, ReLU and pooling follow. Groups are processed one by one:
 * patches of the group's channels, and its columns of weights and product. */
#include <string.h>

#include "kern/conv.h"
#include "kern/gemm.h"
#include "kern/conv_rows.h"

extern const struct cd_conv_variant cd_conv_im2col;

/* Floats of a patch of one group. */
static int
patch(const struct cd_conv *c)
{
	return c->kh * c->kw * (c->cin / c->groups);
}

/* Output rows in a band: even, so that pooling windows are whole. */
static int
band_rows(const struct cd_conv *c)
{
	size_t row = (size_t)c->ow * patch(c);
	size_t most = cd_conv_blocks(&cd_conv_im2col)->cache;
	int rows = row ? (int)(most / row) & ~1 : 2;

	if (rows < 2)
		rows = 2;
	return rows < c->oh ? rows : c->oh;
}

static size_t
align16(size_t n)
{
	return (n + 15) & ~(size_t)15;
}

static size_t
patches_size(const struct cd_conv *c)
{
	return align16((size_t)band_rows(c) * c->ow * patch(c));
}

static size_t
scratch(const struct cd_conv *c)
{
	return patches_size(c) +
	    align16((size_t)band_rows(c) * c->ow * c->cout);
}

static bool
fits(const struct cd_conv *c)
{
	(void)c;
	return true;
}

/* The columns of a patch, from .. to-1, that are inside the picture. */
static void
inside(const struct cd_conv *c, int j, int *from, int *to)
{
	int left = j * c->stride - c->pad;

	*from = left < 0 ? -left : 0;
	*to = left + c->kw > c->w ? c->w - left : c->kw;
	if (*from > c->kw)
		*from = c->kw;
	if (*to < *from)
		*to = *from;
}

/* A row of a patch: columns from .. to-1 copied from p, zeros elsewhere; p:
 * where column 0 is in x. */
static void
gather_row(const struct cd_conv *c, const float *p, int from, int to,
    float *out)
{
	size_t cin = (size_t)c->cin, in = cin / c->groups;
	int v;

	if (from > 0)
		memset(out, 0, from * in * sizeof *out);
	if (c->groups == 1)
		memcpy(out + from * in, p + from * in,
		    (to - from) * in * sizeof *out);
	for (v = from; c->groups > 1 && v < to; v++)
		memcpy(out + v * in, p + v * cin, in * sizeof *out);
	if (to < c->kw)
		memset(out + to * in, 0, (c->kw - to) * in * sizeof *out);
}

/* Offset in x of row u of the patch of output i,j, group g; in the padding it
 * is before the row's first pixel. */
static ptrdiff_t
corner(const struct cd_conv *c, int i, int j, int u, int g)
{
	ptrdiff_t row = (ptrdiff_t)i * c->stride + u - c->pad;
	ptrdiff_t column = (ptrdiff_t)j * c->stride - c->pad;

	return (row * c->w + column) * c->cin + g * (c->cin / c->groups);
}

static bool
row_inside(const struct cd_conv *c, int i, int u)
{
	int row = i * c->stride + u - c->pad;

	return row >= 0 && row < c->h;
}

/* Patches of output rows i0 .. i1-1, group g: [rows * ow, patch]. */
static void
gather(const struct cd_conv *c, const float *x, int g, int i0, int i1,
    float *out)
{
	size_t seg = (size_t)c->kw * (c->cin / c->groups);
	int i, j, u, from, to;

	for (i = i0; i < i1; i++)
		for (j = 0; j < c->ow; j++) {
			inside(c, j, &from, &to);
			for (u = 0; u < c->kh; u++, out += seg)
				if (row_inside(c, i, u))
					gather_row(c, x + corner(c, i, j, u, g),
					    from, to, out);
				else
					memset(out, 0, seg * sizeof *out);
		}
}

/* The adjoint of gather_row: adds columns from .. to-1 to p. */
static void
scatter_row(const struct cd_conv *c, const float *row, int from, int to,
    float *p)
{
	size_t cin = (size_t)c->cin, in = cin / c->groups, k;
	int v;

	if (c->groups == 1) {
		for (k = from * in; k < to * in; k++)
			p[k] += row[k];
		return;
	}
	for (v = from; v < to; v++)
		for (k = 0; k < in; k++)
			p[v * cin + k] += row[v * in + k];
}

/* The adjoint of gather: adds the patches into dx. */
static void
scatter(const struct cd_conv *c, const float *in, int g, int i0, int i1,
    float *dx)
{
	size_t seg = (size_t)c->kw * (c->cin / c->groups);
	int i, j, u, from, to;

	for (i = i0; i < i1; i++)
		for (j = 0; j < c->ow; j++) {
			inside(c, j, &from, &to);
			for (u = 0; u < c->kh; u++, in += seg)
				if (row_inside(c, i, u))
					scatter_row(c, in, from, to,
					    dx + corner(c, i, j, u, g));
		}
}

/* Bias and ReLU on n pixels, into y. */
static void
finish_plain(const struct cd_conv *c, const float *z, int n, const float *b,
    float *y)
{
	size_t cout = (size_t)c->cout, o;
	int i;

	for (i = 0; i < n; i++, z += cout, y += cout)
		for (o = 0; o < cout; o++) {
			float v = z[o] + (b ? b[o] : 0);

			y[o] = c->relu && v < 0 ? 0 : v;
		}
}

static void
forward_one(const struct cd_conv *c, const float *x, const float *w,
    const float *b, float *y, uint8_t *which, float *scratch)
{
	int k = patch(c), out = c->cout / c->groups, band = band_rows(c);
	float *z = scratch + patches_size(c);
	size_t line = (size_t)c->yw * c->cout;
	cd_gemm_fn *gemm = cd_gemm_best()->gemm;
	int i, i1, g;

	for (i = 0; i < c->oh; i = i1) {
		i1 = i + band < c->oh ? i + band : c->oh;
		for (g = 0; g < c->groups; g++) {
			gather(c, x, g, i, i1, scratch);
			gemm(false, false, (i1 - i) * c->ow, out, k, scratch, k,
			    w + g * out, c->cout, 0, z + g * out, c->cout);
		}
		if (c->pool)
			cd_conv_pool_rows(c, z, i1 - i, b, y + i / 2 * line,
			    which ? which + i / 2 * line : NULL);
		else
			finish_plain(c, z, (i1 - i) * c->ow, b, y + i * line);
	}
}

static void
forward(const struct cd_conv *c, int n, const float *x, const float *w,
    const float *b, float *y, uint8_t *which, float *scratch)
{
	size_t nx = (size_t)c->h * c->w * c->cin;
	size_t ny = (size_t)c->yh * c->yw * c->cout;
	int k;

	for (k = 0; k < n; k++)
		forward_one(c, x + k * nx, w, b, y + k * ny,
		    c->pool ? which + k * ny : NULL, scratch);
}

/* dz = the gradient before ReLU of rows i0 .. i1-1 of [oh,ow,cout]; adds its
 * sum to db. */
static void
unfinish_plain(const struct cd_conv *c, const float *y, const float *dy, int i0,
    int i1, float *dz, float *db)
{
	size_t cout = (size_t)c->cout, at = (size_t)i0 * c->ow * cout, o;
	int j, n = (i1 - i0) * c->ow;

	for (j = 0; j < n; j++, at += cout, dz += cout) {
		for (o = 0; o < cout; o++)
			dz[o] = c->relu && y[at + o] <= 0 ? 0 : dy[at + o];
		for (o = 0; db && o < cout; o++)
			db[o] += dz[o];
	}
}

/* A band of one group. */
static void
backward_group(const struct cd_conv *c, const float *x, const float *w, int g,
    int i, int i1, const float *dz, float *dw, float *dx, float *scratch)
{
	int k = patch(c), out = c->cout / c->groups, n = (i1 - i) * c->ow;
	cd_gemm_fn *gemm = cd_gemm_best()->gemm;

	gather(c, x, g, i, i1, scratch);
	gemm(true, false, k, out, n, scratch, k, dz + g * out, c->cout, 1,
	    dw + g * out, c->cout);
	if (!dx)
		return;
	gemm(false, true, n, k, out, dz + g * out, c->cout, w + g * out,
	    c->cout, 0, scratch, k);
	scatter(c, scratch, g, i, i1, dx);
}

static void
backward_one(const struct cd_conv *c, const float *x, const float *w,
    const float *y, const uint8_t *which, const float *dy, float *dw, float *db,
    float *dx, float *scratch)
{
	float *dz = scratch + patches_size(c);
	int band = band_rows(c), i, i1, g;

	if (dx && !c->add_dx)
		memset(dx, 0, (size_t)c->h * c->w * c->cin * sizeof *dx);
	for (i = 0; i < c->oh; i = i1) {
		i1 = i + band < c->oh ? i + band : c->oh;
		if (c->pool)
			cd_conv_unpool_rows(c, which, dy, i, i1, dz, db);
		else
			unfinish_plain(c, y, dy, i, i1, dz, db);
		for (g = 0; g < c->groups; g++)
			backward_group(c, x, w, g, i, i1, dz, dw, dx, scratch);
	}
}

static void
backward(const struct cd_conv *c, int n, const float *x, const float *w,
    const float *y, const uint8_t *which, const float *dy, float *dw, float *db,
    float *dx, float *scratch)
{
	size_t nx = (size_t)c->h * c->w * c->cin;
	size_t ny = (size_t)c->yh * c->yw * c->cout;
	int k;

	cd_conv_clear_dw(c, cd_conv_weights(c), dw, db);
	for (k = 0; k < n; k++)
		backward_one(c, x + k * nx, w, y + k * ny,
		    c->pool ? which + k * ny : NULL, dy + k * ny, dw, db,
		    dx ? dx + k * nx : NULL, scratch);
}

const struct cd_conv_variant cd_conv_im2col = {
	.name = "im2col",
	.fits = fits,
	.scratch = scratch,
	.forward = forward,
	.backward = backward,
};
