/* A case of a convolution: its memory, and what comes out in double. */
#ifndef CD_TESTS_KERNCHECK_CONV_CASE_H
#define CD_TESTS_KERNCHECK_CONV_CASE_H

#include "kern/conv.h"
#include "kerncheck/compare.h"

/* A case of n pictures. Float buffers between guards; in double the expected
 * values and, with the prefix s, their sums of magnitudes. */
struct conv_case {
	const struct cd_conv_variant *v;
	const struct cd_conv *cv;
	struct guarded guards[24];
	int nguards, n;
	size_t nx, nz, ny; /* of a picture */
	size_t nw;
	float *x, *w, *b, *y, *dy, *dw, *db, *dx, *scratch;
	float *y2, *dw0, *db0, *dx0;
	float *pw, *dpw; /* prepared; else the same as w and dw */
	float *all;	 /* of the passes in rounds */
	/* variants with norms: x is made of this, by mean, scale, beta */
	float *before, *of[3];
	uint8_t *which;
	double *z, *sz, *g, *wdw, *sdw, *wdb, *sdb, *wdx, *sdx;
};

static float *
floats(struct conv_case *c, size_t n, size_t skew)
{
	return guarded_new(&c->guards[c->nguards++], n * sizeof(float), skew);
}

static void
conv_open_floats(struct conv_case *c, size_t skew)
{
	const struct cd_conv_variant *v = c->v;
	size_t n = (size_t)c->n, cout = (size_t)c->cv->cout;

	c->x = floats(c, n * c->nx, skew);
	c->dx = floats(c, n * c->nx, skew);
	c->dx0 = floats(c, n * c->nx, 0);
	c->w = floats(c, c->nw, skew);
	c->dw = floats(c, c->nw, skew);
	c->dw0 = floats(c, c->nw, 0);
	c->b = floats(c, cout, skew);
	c->db = floats(c, cout, skew);
	c->db0 = floats(c, cout, 0);
	c->y = floats(c, n * c->ny, skew);
	c->y2 = floats(c, n * c->ny, 0);
	c->dy = floats(c, n * c->ny, skew);
	c->scratch = floats(c, v->scratch(c->cv), 0);
	c->pw = v->prepare ? floats(c, v->prepared(c->cv), 0) : c->w;
	c->dpw = v->prepare ? floats(c, v->gradient(c->cv), 0) : c->dw;
	if (v->norms) {
		c->before = floats(c, n * c->nx, skew);
		c->of[0] = floats(c, (size_t)c->cv->cin, 4);
		c->of[1] = floats(c, (size_t)c->cv->cin, 8);
		c->of[2] = floats(c, (size_t)c->cv->cin, 0);
	}
	if (v->rounds)
		c->all = floats(c, v->rounds->floats(c->cv, c->n), 0);
	c->which = guarded_new(&c->guards[c->nguards++], n * c->ny, skew);
}

static void
conv_open(struct conv_case *c, const struct cd_conv_variant *v,
    const struct cd_conv *cv, int n, size_t skew)
{
	size_t cout = (size_t)cv->cout;

	memset(c, 0, sizeof *c);
	c->v = v;
	c->cv = cv;
	c->n = n;
	c->nx = (size_t)cv->h * cv->w * cv->cin;
	c->nw = (size_t)cv->kh * cv->kw * (cv->cin / cv->groups) * cout;
	c->nz = (size_t)cv->oh * cv->ow * cout;
	c->ny = (size_t)cv->yh * cv->yw * cout;
	conv_open_floats(c, skew);
	c->z = doubles(n * c->nz);
	c->sz = doubles(n * c->nz);
	c->g = doubles(n * c->nz);
	c->wdw = doubles(c->nw);
	c->sdw = doubles(c->nw);
	c->wdb = doubles(cout);
	c->sdb = doubles(cout);
	c->wdx = doubles(n * c->nx);
	c->sdx = doubles(n * c->nx);
}

static bool
conv_close(struct conv_case *c)
{
	double *all[] = { c->z, c->sz, c->g, c->wdw, c->sdw, c->wdb, c->sdb,
		c->wdx, c->sdx };
	size_t i;

	for (i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
	return guards_end(c->guards, c->nguards);
}

/* Adds the products of channel l of each group to z; back: those with g to the
 * gradients. */
static void
conv_taps(struct conv_case *c, bool back, size_t iz, size_t pixel, int l,
    size_t iw)
{
	int o, in = c->cv->cin / c->cv->groups;
	int out = c->cv->cout / c->cv->groups;
	size_t ix;
	double t;

	for (o = 0; o < c->cv->cout; o++) {
		ix = pixel + (size_t)(o / out * in + l);
		t = (double)c->x[ix] * c->w[iw + o];
		if (!back) {
			c->z[iz + o] += t;
			c->sz[iz + o] += fabs(t);
			continue;
		}
		t = c->g[iz + o] * c->x[ix];
		c->wdw[iw + o] += t;
		c->sdw[iw + o] += fabs(t);
		t = c->g[iz + o] * c->w[iw + o];
		c->wdx[ix] += t;
		c->sdx[ix] += fabs(t);
	}
}

/* All taps of place i,j of the convolution of picture k. */
static void
conv_place(struct conv_case *c, bool back, int k, int i, int j)
{
	const struct cd_conv *cv = c->cv;
	size_t iz = k * c->nz + ((size_t)i * cv->ow + j) * cv->cout;
	size_t ix, iw = 0;
	int u, v, l, row, column;

	for (u = 0; u < cv->kh; u++)
		for (v = 0; v < cv->kw; v++)
			for (l = 0; l < cv->cin / cv->groups;
			     l++, iw += cv->cout) {
				row = i * cv->stride + u - cv->pad;
				column = j * cv->stride + v - cv->pad;
				if (row < 0 || row >= cv->h || column < 0 ||
				    column >= cv->w)
					continue;
				ix = ((size_t)row * cv->w + column) * cv->cin;
				conv_taps(c, back, iz, k * c->nx + ix, l, iw);
			}
}

static void
conv_double(struct conv_case *c, bool back)
{
	int i, j, k;

	for (k = 0; k < c->n; k++)
		for (i = 0; i < c->cv->oh; i++)
			for (j = 0; j < c->cv->ow; j++)
				conv_place(c, back, k, i, j);
}

#endif
