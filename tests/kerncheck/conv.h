/* Checks a variant of the convolution, forward and backward, against plain
 * loops in double. */
#ifndef CD_TESTS_KERNCHECK_CONV_H
#define CD_TESTS_KERNCHECK_CONV_H

#include "kern/conv.h"
#include "kerncheck/compare.h"
#include "kerncheck/conv_case.h"
#include "kerncheck/conv_shapes.h"

/* Index in z of place q of an output cell's window. */
static size_t
place(const struct conv_case *c, size_t cell, int q)
{
	const struct cd_conv *cv = c->cv;
	size_t p = cv->pool ? 2 : 1, k = cell / c->ny;
	size_t ij = cell % c->ny / cv->cout;
	size_t i = ij / cv->yw * p + q / 2, j = ij % cv->yw * p + q % 2;

	return k * c->nz + (i * cv->ow + j) * cv->cout + cell % cv->cout;
}

/* A pooled cell: the winner may differ from the true one only if their error
 * bounds overlap. */
static void
compare_window(struct check *ck, const struct conv_case *c, size_t cell,
    double n, double big)
{
	const struct cd_conv *cv = c->cv;
	int won = c->which[cell], best = 0, q;
	double z[4], b[4];

	for (q = 0; q < 4; q++) {
		z[q] = c->z[place(c, cell, q)];
		b[q] = bound(ck, n, c->sz[place(c, cell, q)], big);
		best = z[q] > z[best] ? q : best;
	}
	if (cv->relu && won == CD_CONV_CLOSED) {
		if (c->y[cell] != 0 || z[best] > b[best])
			fail(ck, "closed", c->y[cell], z[best], b[best]);
		return;
	}
	if (won > 3) {
		fail(ck, "which", won, best, 0);
		return;
	}
	if (ck->exact && won != best)
		fail(ck, "which", won, best, 0);
	if (z[best] - z[won] > b[best] + b[won])
		fail(ck, "which", z[won], z[best], b[best] + b[won]);
	if (cv->relu && !(c->y[cell] > 0))
		fail(ck, "open", c->y[cell], z[won], b[won]);
	compare(ck, "y", c->y[cell], z[won], n, c->sz[place(c, cell, won)],
	    big);
}

static void
compare_forward(struct check *ck, const struct conv_case *c)
{
	const struct cd_conv *cv = c->cv;
	double n = cv->kh * cv->kw * (cv->cin / cv->groups) + 1, z;
	double big = largest(c->sz, c->n * c->nz);
	size_t i, at;

	for (i = 0; i < c->n * c->ny; i++) {
		if (cv->pool) {
			compare_window(ck, c, i, n, big);
			continue;
		}
		at = place(c, i, 0);
		z = cv->relu && c->z[at] < 0 ? 0 : c->z[at];
		if (cv->relu && !(c->y[i] >= 0))
			fail(ck, "relu", c->y[i], z, 0);
		compare(ck, "y", c->y[i], z, n, c->sz[at], big);
	}
	end_map(ck, "y", n);
}

/* Is y2 unwritten from this row on? */
static bool
untouched(const struct conv_case *c, int row)
{
	size_t from = (size_t)row * c->cv->yw * c->cv->cout * sizeof *c->y2, i;
	const unsigned char *p = (const unsigned char *)c->y2;

	for (i = from; i < c->ny * sizeof *c->y2; i++)
		if (p[i] != 0xff)
			return false;
	return true;
}

/* Computed in bands, does the last picture come out the same, each band writing
 * only its own rows? */
static bool
compare_bands(struct conv_case *c)
{
	struct cd_conv band = *c->cv;
	size_t last = (size_t)c->n - 1;
	bool all = false;
	int i;

	memset(c->y2, 0xff, c->ny * sizeof *c->y2);
	for (i = 0; i < band.yh; i += 2 * CD_CONV_BAND) {
		band.from = i;
		band.to = i + 2 * CD_CONV_BAND;
		if (band.to > band.yh)
			band.to = band.yh;
		c->v->forward(&band, 1, c->x + last * c->nx, c->pw, c->b, c->y2,
		    band.pool ? c->which + last * c->ny : NULL, c->scratch);
		/* the first band may compute all of a small map */
		all = all ||
		    (i == 0 && !untouched(c, band.to) &&
			memcmp(c->y + last * c->ny, c->y2,
			    c->ny * sizeof *c->y) == 0);
		if (!all && !untouched(c, band.to))
			return false;
	}
	return memcmp(c->y + last * c->ny, c->y2, c->ny * sizeof *c->y) == 0;
}

static void
conv_forward(struct check *ck, struct conv_case *c)
{
	const struct cd_conv *cv = c->cv;
	const struct cd_conv_variant *v = c->v;
	size_t i, last = (size_t)c->n - 1;
	int half = cv->cin / 2;

	for (i = 0; i < c->n * c->nz; i++) {
		c->z[i] = c->b ? c->b[i % cv->cout] : 0;
		c->sz[i] = fabs(c->z[i]);
	}
	conv_double(c, false);
	if (v->prepare) {
		v->prepare(cv, half, cv->cin, c->w, c->pw);
		v->prepare(cv, 0, half, c->w, c->pw);
	}
	v->forward(cv, c->n, c->x, c->pw, c->b, c->y,
	    cv->pool ? c->which : NULL, c->scratch);
	compare_forward(ck, c);
	if (v->bands && !compare_bands(c))
		fail(ck, "differs in bands", 0, 0, 0);
	/* the last picture alone, with dirty scratch: the same bits */
	v->forward(cv, 1, c->x + last * c->nx, c->pw, c->b, c->y2,
	    cv->pool ? c->which + last * c->ny : NULL, c->scratch);
	if (memcmp(c->y + last * c->ny, c->y2, c->ny * sizeof *c->y) != 0)
		fail(ck, "differs where it is alone", 0, 0, 0);
}

/* Fills g from y and which as forward left them, and starts the expected dw, db
 * and dx. */
static void
conv_gradient(struct conv_case *c)
{
	const struct cd_conv *cv = c->cv;
	size_t i;
	int q;

	for (i = 0; i < c->n * c->ny; i++) {
		q = cv->pool ? c->which[i] : 0;
		if (q != CD_CONV_CLOSED &&
		    (cv->pool || !cv->relu || c->y[i] > 0))
			c->g[place(c, i, q)] = c->dy[i];
	}
	for (i = 0; i < c->nw; i++)
		c->sdw[i] = fabs(c->wdw[i] = c->dw0[i]);
	for (i = 0; i < (size_t)cv->cout; i++)
		c->sdb[i] = fabs(c->wdb[i] = c->db0[i]);
	for (i = 0; cv->add_dx && i < c->n * c->nx; i++)
		c->sdx[i] = fabs(c->wdx[i] = c->dx0[i]);
	for (i = 0; i < c->n * c->nz; i++) {
		c->wdb[i % cv->cout] += c->g[i];
		c->sdb[i % cv->cout] += fabs(c->g[i]);
	}
}

static void
compare_map(struct check *ck, const char *name, const float *got,
    const double *want, const double *sum, size_t size, double n)
{
	double big = largest(sum, size);
	size_t i;

	for (i = 0; i < size; i++)
		compare(ck, name, got[i], want[i], n, sum[i], big);
	end_map(ck, name, n);
}

/* Pictures from .. to-1. */
static void
conv_backward_some(struct conv_case *c, int from, int to, bool want_dx)
{
	size_t y = from * c->ny, x = from * c->nx;
	struct cd_conv cv = *c->cv;

	cv.add_dw = cv.add_dw || from > 0;
	c->v->backward(&cv, to - from, c->x + x, c->pw, c->y + y,
	    c->cv->pool ? c->which + y : NULL, c->dy + y, c->dpw,
	    c->b ? c->db : NULL, want_dx ? c->dx + x : NULL, c->scratch);
}

static void
conv_backward(struct check *ck, struct conv_case *c, bool want_dx)
{
	const struct cd_conv *cv = c->cv;
	const struct cd_conv_variant *v = c->v;
	double places = (double)c->n * cv->oh * cv->ow + 1;
	int half = cv->cin / 2;

	if (v->prepare || !cv->add_dw)
		memset(c->dw0, 0, c->nw * sizeof *c->dw);
	if (!cv->add_dw)
		memset(c->db0, 0, cv->cout * sizeof *c->db);
	conv_gradient(c);
	conv_double(c, true);
	if (v->prepare) /* 0, or anything */
		memset(c->dpw, cv->add_dw ? 0 : 0x7f,
		    v->gradient(cv) * sizeof *c->dpw);
	else
		memcpy(c->dw, cv->add_dw ? c->dw0 : c->w,
		    c->nw * sizeof *c->dw);
	memcpy(c->db, cv->add_dw || !c->b ? c->db0 : c->b,
	    cv->cout * sizeof *c->db);
	if (cv->add_dx)
		memcpy(c->dx, c->dx0, c->n * c->nx * sizeof *c->dx);
	conv_backward_some(c, 0, 1, want_dx);
	if (c->n > 1)
		conv_backward_some(c, 1, c->n, want_dx);
	if (v->prepare) {
		v->gather(cv, half, cv->cin, c->dpw, c->dw);
		v->gather(cv, 0, half, c->dpw, c->dw);
	}
	compare_map(ck, "dw", c->dw, c->wdw, c->sdw, c->nw, places);
	if (c->b)
		compare_map(ck, "db", c->db, c->wdb, c->sdb, cv->cout, places);
	if (want_dx)
		compare_map(ck, "dx", c->dx, c->wdx, c->sdx, c->n * c->nx,
		    cv->kh * cv->kw * (cv->cout / cv->groups) + cv->add_dx);
}

/* All tasks of a round, the last one first, for pictures from .. to-1. */
static void
conv_products(const struct conv_case *c, int from, int to,
    void (*product)(const struct cd_conv *, int n, int from, int to, int task,
	const float *pw, float *all))
{
	int i;

	for (i = CD_CONV_ROUND_TASKS - 1; i >= 0; i--)
		product(c->cv, c->n, from, to, i, c->pw, c->all);
}

/* The first picture's part of the rounds comes last. */
static void
conv_rounds_forward(struct check *ck, struct conv_case *c)
{
	const struct cd_conv_rounds *p = c->v->rounds;
	const struct cd_conv *cv = c->cv;
	int i, n = c->n, from;

	for (i = n > 1; i >= 0; i--)
		p->in(cv, n, i, i ? n : 1, c->x + i * c->nx, c->all);
	for (i = n > 1; i >= 0; i--) {
		from = i * (int)c->ny;
		conv_products(c, i, i ? n : 1, p->product);
		p->out(cv, n, i, i ? n : 1, c->b, c->all, c->y2 + from,
		    cv->pool ? c->which + from : NULL, c->scratch);
	}
	if (memcmp(c->y, c->y2, n * c->ny * sizeof *c->y) != 0)
		fail(ck, "differs in rounds", 0, 0, 0);
}

static void
conv_rounds_backward(struct check *ck, struct conv_case *c, bool want_dx)
{
	const struct cd_conv_rounds *p = c->v->rounds;
	const struct cd_conv *cv = c->cv;
	size_t n = (size_t)c->n;
	int i, to;

	memcpy(c->db, c->db0, cv->cout * sizeof *c->db);
	memset(c->dpw, 0x7f, c->v->gradient(cv) * sizeof *c->dpw);
	memcpy(c->dx, c->dx0, n * c->nx * sizeof *c->dx);
	for (i = 0; i <= (n > 1); i++) {
		size_t y = i * c->ny;

		to = i ? c->n : 1;
		p->in_again(cv, c->n, i, to, c->x + i * c->nx, c->all);
		p->out_back(cv, c->n, i, to, c->y + y,
		    cv->pool ? c->which + y : NULL, c->dy + y,
		    c->b ? c->db : NULL, c->all, c->scratch);
	}
	for (i = 0; i < CD_CONV_ROUND_TASKS; i++)
		p->weights(cv, c->n, i, c->all, c->dpw);
	c->v->gather(cv, 0, cv->cin, c->dpw, c->dw);
	compare_map(ck, "dw in rounds", c->dw, c->wdw, c->sdw, c->nw,
	    (double)c->n * cv->oh * cv->ow + 1);
	if (c->b)
		compare_map(ck, "db in rounds", c->db, c->wdb, c->sdb, cv->cout,
		    (double)c->n * cv->oh * cv->ow + 1);
	if (!want_dx)
		return;
	for (i = n > 1; i >= 0; i--) {
		to = i ? c->n : 1;
		if (p->product_back)
			conv_products(c, i, to, p->product_back);
		p->in_back(cv, c->n, i, to, c->pw, c->all, c->dx + i * c->nx,
		    c->scratch);
	}
	compare_map(ck, "dx in rounds", c->dx, c->wdx, c->sdx, n * c->nx,
	    cv->kh * cv->kw * (cv->cout / cv->groups) + cv->add_dx);
}

/* Fills x as a norm and ReLU would. */
static void
conv_norm_fill(struct conv_case *c, enum values values, struct cd_rng *r)
{
	size_t i, j;
	float v;

	fill(c->before, c->n * c->nx, values, r);
	for (i = 0; i < 3; i++)
		fill(c->of[i], (size_t)c->cv->cin, values, r);
	/* no larger than the others */
	for (i = 0; i < (size_t)c->cv->cin; i++)
		c->of[1][i] = (float)cd_rng_uniform(r, -2, 2);
	for (i = 0; i < c->n * c->nx; i++) {
		j = i % c->cv->cin;
		v = (c->before[i] - c->of[0][j]) * c->of[1][j] + c->of[2][j];
		c->x[i] = v <= 0 ? 0 : v;
	}
}

/* The gradients of a batch, from x or from what it is made of. */
static void
conv_gradients(struct conv_case *c, const struct cd_conv_input *input)
{
	struct cd_conv cv = *c->cv;

	cv.input = input;
	cv.add_dw = cv.add_dx = false;
	c->v->backward(&cv, c->n, input ? c->before : c->x, c->pw, c->y,
	    cv.pool ? c->which : NULL, c->dy, c->dpw, c->b ? c->db : NULL,
	    c->dx, c->scratch);
}

/* Does it come out the same where the input is normed as it is read? */
static void
conv_normed(struct check *fwd, struct check *back, struct conv_case *c)
{
	const struct cd_conv_input input = { c->of[0], c->of[1], c->of[2] };
	size_t nx = c->n * c->nx * sizeof(float);
	size_t nw = c->v->gradient(c->cv) * sizeof(float);
	float *dx = malloc(nx), *dpw = malloc(nw);
	struct cd_conv cv = *c->cv;

	cv.input = &input;
	c->v->forward(&cv, c->n, c->before, c->pw, c->b, c->y2,
	    cv.pool ? c->which : NULL, c->scratch);
	if (memcmp(c->y, c->y2, c->n * c->ny * sizeof *c->y) != 0)
		fail(fwd, "differs behind a norm", 0, 0, 0);
	conv_gradients(c, NULL);
	memcpy(dx, c->dx, nx);
	memcpy(dpw, c->dpw, nw);
	conv_gradients(c, &input);
	if (memcmp(dx, c->dx, nx) != 0 || memcmp(dpw, c->dpw, nw) != 0)
		fail(back, "differs behind a norm", 0, 0, 0);
	free(dx);
	free(dpw);
}

enum {
	CONV_SHAPES = sizeof conv_shapes / sizeof *conv_shapes,
	CONV_RANDOM = 150,
};

static void
conv_case(struct check *fwd, struct check *back,
    const struct cd_conv_variant *v, const struct cd_conv *cv,
    enum values values, struct cd_rng *r)
{
	struct conv_case c;
	char what[100];
	bool dx = cd_rng_below(r, 4) > 0, normed;
	int n = 1 + (int)cd_rng_below(r, 3);

	snprintf(what, sizeof what,
	    "%d of %dx%dx%d, %dx%d stride %d pad %d to %d in %d%s%s%s", n,
	    cv->h, cv->w, cv->cin, cv->kh, cv->kw, cv->stride, cv->pad,
	    cv->cout, cv->groups, cv->add_dx ? " add" : "",
	    cv->relu ? " relu" : "", cv->pool ? " pool" : "");
	begin(fwd, values, what);
	begin(back, values, what);
	conv_open(&c, v, cv, n, 4 * cd_rng_below(r, 3));
	normed = v->norms && cd_rng_below(r, 2);
	if (normed)
		conv_norm_fill(&c, values, r);
	else
		fill(c.x, n * c.nx, values, r);
	fill(c.w, c.nw, values, r);
	fill(c.b, (size_t)cv->cout, values, r);
	fill(c.dy, n * c.ny, values, r);
	fill(c.dw0, c.nw, values, r);
	fill(c.db0, (size_t)cv->cout, values, r);
	fill(c.dx0, n * c.nx, values, r);
	if (cd_rng_below(r, 4) == 0)
		c.b = NULL;
	conv_forward(fwd, &c);
	if (v->rounds && v->rounds->product)
		conv_rounds_forward(fwd, &c);
	/* after a wrong which, backward would only fail again */
	if (!fwd->said)
		conv_backward(back, &c, dx);
	if (!fwd->said && v->rounds && v->rounds->fits(cv))
		conv_rounds_backward(back, &c, dx);
	if (!fwd->said && normed)
		conv_normed(fwd, back, &c);
	if (!conv_close(&c))
		fail(fwd->said ? fwd : back, "wrote outside", 0, 0, 0);
	end(fwd);
	end(back);
}

/* Shapes so large that only a few of their cases are run. */
static bool
large(const struct cd_conv *cv)
{
	return cv->oh * cv->ow * cv->kh * cv->kw * cv->cin * cv->cout >
	    250000 * cv->groups;
}

/* Each shape with and without ReLU and pooling, with all values. */
static void
check_conv(const struct cd_conv_variant *v)
{
	struct check fwd = { .op = "conv forward", .variant = v->name };
	struct check back = { .op = "conv backward", .variant = v->name };
	struct cd_conv cv;
	struct cd_rng r;
	int i, j;

	fwd.whole = back.whole = strncmp(v->name, "wino", 4) != 0;
	cd_rng_start(&r, 1, 0, 1, CD_RNG_TEST);
	for (i = 0; i < CONV_SHAPES + CONV_RANDOM; i++) {
		cv = i < CONV_SHAPES ? conv_listed(conv_shapes[i]) :
				       conv_random(&r);
		for (j = 0; j < 4 * VALUES; j++) {
			cv.relu = j & 1;
			cv.pool = j & 2;
			cv.add_dx = cd_rng_below(&r, 2);
			cv.add_dw = cd_rng_below(&r, 2);
			cd_conv_shape(&cv);
			if (cv.yh < 1 || cv.yw < 1 || !v->fits(&cv))
				continue;
			if ((i < CONV_SHAPES && !large(&cv)) ||
			    cd_rng_below(&r, large(&cv) ? 24 : 6) == 0)
				conv_case(&fwd, &back, v, &cv,
				    (enum values)(j / 4), &r);
		}
	}
	report(&fwd);
	report(&back);
}

#endif
