/* Checks a variant of batch norm against the formula in double, and that it is
 * bit-identical to the reference, NaN and infinity among the values. */
#ifndef CD_TESTS_KERNCHECK_NORM_H
#define CD_TESTS_KERNCHECK_NORM_H

#include "kern/blocks.h"
#include "kern/conv.h"
#include "kern/norm.h"
#include "kerncheck/compare.h"

enum {
	NORM_CASES = 3000,
};

/* Inputs and outputs of one variant. */
struct norm_case {
	struct cd_norm p;
	int n;
	size_t nx, ny, c; /* floats of x, of y, of a per-channel vector */
	bool shortcut, in_place;
	bool again; /* the backward pass computes y again */
	struct guarded guards[16];
	int nguards;
	/* [c]: mean (and shift), scale, beta, a, b, k */
	float *of[6], *x, *add, *dy;
	float *y, *dx, *dadd, *won;
	double *sums, *back; /* out; begin at 1 */
	uint8_t *which;
};

static void *
norm_buf(struct norm_case *c, size_t bytes, size_t skew)
{
	return guarded_new(&c->guards[c->nguards++], bytes, skew);
}

static void
norm_open(struct norm_case *c, size_t skew)
{
	size_t nx = c->nx * sizeof(float), ny = c->ny * sizeof(float), i;

	c->nguards = 0;
	for (i = 0; i < 6; i++)
		c->of[i] = norm_buf(c, c->c * sizeof(float), 4 * i);
	c->x = norm_buf(c, nx, skew);
	c->add = norm_buf(c, nx, skew);
	c->dy = norm_buf(c, ny, skew);
	c->y = norm_buf(c, ny, skew);
	c->dx = norm_buf(c, nx, skew);
	c->dadd = norm_buf(c, nx, skew);
	c->sums = norm_buf(c, 2 * c->c * sizeof(double), 8);
	c->back = norm_buf(c, 2 * c->c * sizeof(double), 8);
	c->which = norm_buf(c, c->ny, skew % 8);
	c->won = norm_buf(c, ny, skew);
	for (i = 0; i < 2 * c->c; i++)
		c->sums[i] = c->back[i] = 1;
}

static void
norm_fill(struct norm_case *c, enum values values, struct cd_rng *r)
{
	int i;

	for (i = 0; i < 6; i++)
		fill(c->of[i], c->c, values, r);
	fill(c->x, c->nx, values, r);
	fill(c->add, c->nx, values, r);
	fill(c->dy, c->ny, values, r);
	fill(c->dx, c->nx, values, r);
	fill(c->dadd, c->nx, values, r);
	if (cd_rng_below(r, 4) == 0) {
		spoil(c->x, c->nx, r);
		spoil(c->dy, c->ny, r);
		spoil(c->add, c->nx, r);
	}
}

static void
norm_copy(struct norm_case *to, const struct norm_case *from)
{
	int i;

	for (i = 0; i < 6; i++)
		memcpy(to->of[i], from->of[i], from->c * sizeof(float));
	memcpy(to->x, from->x, from->nx * sizeof(float));
	memcpy(to->add, from->add, from->nx * sizeof(float));
	memcpy(to->dy, from->dy, from->ny * sizeof(float));
	memcpy(to->dx, from->dx, from->nx * sizeof(float));
	memcpy(to->dadd, from->dadd, from->nx * sizeof(float));
}

static void
norm_run(const struct cd_norm_variant *v, struct norm_case *c)
{
	const struct cd_norm *p = &c->p;
	const float *x = c->x, *add = c->shortcut ? c->add : NULL, *dy = c->dy;
	float *dadd = c->shortcut ? c->dadd : NULL;
	const float *y = c->again ? NULL : c->y;
	const struct cd_norm_channels f = { c->of[0], c->of[1], c->of[2],
		c->of[3], c->of[4], c->of[5] };

	v->sums(p, c->n, c->x, c->of[0], c->sums);
	if (p->pool)
		v->forward(p, c->n, x, &f, add, c->y, NULL, NULL);
	if (c->in_place && add)
		add = memcpy(c->y, c->add, c->ny * sizeof *c->y);
	else if (c->in_place)
		x = memcpy(c->y, c->x, c->ny * sizeof *c->y);
	v->forward(p, c->n, x, &f, add, c->y, p->pool ? c->which : NULL,
	    p->pool ? c->won : NULL);
	v->backward_sums(p, c->n, p->pool ? c->won : c->x, &f, y, c->which,
	    c->dy, c->back);
	if (c->in_place && dadd && !p->add_dadd)
		dy = memcpy(c->dadd, c->dy, c->ny * sizeof *c->dy);
	else if (c->in_place && !p->add_dx)
		dy = memcpy(c->dx, c->dy, c->ny * sizeof *c->dy);
	v->backward(p, c->n, c->x, &f, y, c->which, dy, c->dx, dadd);
}

/* ---- in double ---- */

/* Index in x of place q of the window of output i. */
static size_t
norm_place(const struct norm_case *c, size_t i, int q)
{
	const struct cd_norm *p = &c->p;
	size_t cell = i / c->c, k, row, column;

	if (!p->pool)
		return i;
	column = cell % p->yw * 2 + q % 2;
	row = cell / p->yw % p->yh * 2 + q / 2;
	k = cell / p->yw / p->yh;
	return ((k * p->h + row) * p->w + column) * c->c + i % c->c;
}

/* The value before ReLU at index at; *sum: of magnitudes. */
static double
norm_value(const struct norm_case *c, size_t at, double *sum)
{
	size_t j = at % c->c;
	double s = c->of[1][j], b = c->of[2][j];
	double add = c->shortcut ? c->add[at] : 0;

	*sum = (fabs(c->x[at]) + fabs(c->of[0][j])) * fabs(s) + fabs(b) +
	    fabs(add);
	return ((double)c->x[at] - c->of[0][j]) * s + b + add;
}

static void
norm_window(struct check *ck, const struct norm_case *c, size_t i)
{
	double z[4], sum[4], b[4];
	int q, best = 0, won = c->which[i];
	bool nan = false;

	for (q = 0; q < 4; q++) {
		z[q] = norm_value(c, norm_place(c, i, q), &sum[q]);
		if (!isfinite(sum[q]))
			nan = true;
		b[q] = bound(ck, 4, sum[q], 0);
		best = z[q] > z[best] ? q : best;
	}
	if (nan) {
		for (best = 0; best < 4 && !isnan(z[best]); best++)
			;
		if (best < 4 && (won != best || !isnan(c->y[i])))
			fail(ck, "NaN lost", c->y[i], won, 0);
		return; /* infinity: only compared with the reference */
	}
	if (c->p.relu && won == CD_CONV_CLOSED) {
		if (c->y[i] != 0 || z[best] > b[best])
			fail(ck, "closed", c->y[i], z[best], b[best]);
		return;
	}
	if (won > 3 || (ck->exact && won != best) ||
	    z[best] - z[won] > b[best] + b[won] ||
	    (c->p.relu && !(c->y[i] > 0))) {
		fail(ck, "which", won, best, 0);
		return;
	}
	if (c->won[i] != c->x[norm_place(c, i, won)])
		fail(ck, "won", c->won[i], c->x[norm_place(c, i, won)], 0);
	compare(ck, "y", c->y[i], z[won], 4, sum[won], 0);
}

static void
norm_check_forward(struct check *ck, const struct norm_case *c)
{
	double *want = doubles(2 * c->c), *mag = doubles(2 * c->c), d, s;
	size_t i, j;

	for (i = 0; i < 2 * c->c; i++)
		want[i] = mag[i] = 1;
	for (i = 0; i < c->nx; i++) {
		j = i % c->c;
		d = (double)c->x[i] - c->of[0][j];
		want[j] += d;
		mag[j] += fabs(d);
		want[c->c + j] += d * d;
		mag[c->c + j] += d * d;
	}
	for (i = 0; i < 2 * c->c; i++)
		compare_any(ck, "sums", c->sums[i], want[i], 2 + CD_NORM_PIXELS,
		    mag[i]);
	end_map(ck, "sums", 2 + CD_NORM_PIXELS);
	for (i = 0; i < c->ny; i++) {
		if (c->p.pool) {
			norm_window(ck, c, i);
			continue;
		}
		d = norm_value(c, i, &s);
		if (c->p.relu && !(c->y[i] >= 0) && !isnan(d))
			fail(ck, "relu", c->y[i], d, 0);
		compare_any(ck, "y", c->y[i], c->p.relu && d <= 0 ? 0 : d, 4,
		    s);
	}
	end_map(ck, "y", 4);
	free(want);
	free(mag);
}

/* g: [nx], the gradient before ReLU and pooling. */
static void
norm_check_dx(struct check *ck, const struct norm_case *c,
    const struct norm_case *before, const double *g)
{
	size_t i, j;
	double d, want, mag;

	for (i = 0; i < c->nx; i++) {
		j = i % c->c;
		d = c->p.add_dx ? before->dx[i] : 0;
		want = c->of[3][j] * g[i] + c->of[5][j] + d +
		    c->of[4][j] * ((double)c->x[i] - c->of[0][j]);
		mag = fabs(c->of[3][j] * g[i]) + fabs(c->of[5][j]) + fabs(d) +
		    fabs(c->of[4][j]) *
			((double)fabsf(c->x[i]) + fabsf(c->of[0][j]));
		compare_any(ck, "dx", c->dx[i], want, 6, mag);
		if (!c->shortcut)
			continue;
		d = c->p.add_dadd ? before->dadd[i] : 0;
		compare_any(ck, "dadd", c->dadd[i], g[i] + d, 1,
		    fabs(g[i]) + fabs(d));
	}
	end_map(ck, "dx", 6);
}

static void
norm_check_backward(struct check *ck, const struct norm_case *c,
    const struct norm_case *before)
{
	double *want = doubles(2 * c->c), *mag = doubles(2 * c->c);
	double *g = doubles(c->nx), t;
	size_t i, j, at;

	for (i = 0; i < 2 * c->c; i++)
		want[i] = mag[i] = 1;
	for (i = 0; i < c->ny; i++) {
		j = i % c->c;
		if (c->p.pool ? c->which[i] == CD_CONV_CLOSED :
				c->p.relu && c->y[i] <= 0)
			continue;
		at = norm_place(c, i, c->p.pool ? c->which[i] : 0);
		g[at] = c->dy[i];
		want[j] += g[at];
		mag[j] += fabs(g[at]);
		t = g[at] * ((double)c->x[at] - c->of[0][j]);
		want[c->c + j] += t;
		mag[c->c + j] += fabs(t);
	}
	for (i = 0; i < 2 * c->c; i++)
		compare_any(ck, "backward sums", c->back[i], want[i],
		    2 + CD_NORM_PIXELS, mag[i]);
	end_map(ck, "backward sums", 2 + CD_NORM_PIXELS);
	norm_check_dx(ck, c, before, g);
	free(want);
	free(mag);
	free(g);
}

/* ---- cases ---- */

static void
norm_shape(struct norm_case *c, int i, struct cd_rng *r)
{
	struct cd_norm *p = &c->p;

	memset(c, 0, sizeof *c);
	p->relu = i & 1;
	p->pool = i & 2 ? 2 : 0;
	p->add_dx = cd_rng_below(r, 2);
	p->add_dadd = cd_rng_below(r, 2);
	c->shortcut = !p->pool && cd_rng_below(r, 2);
	c->in_place = !p->pool && cd_rng_below(r, 2);
	c->again = !c->shortcut && cd_rng_below(r, 2);
	p->h = 1 + (int)cd_rng_below(r, 7) + (p->pool > 0);
	p->w = 1 + (int)cd_rng_below(r, 7) + (p->pool > 0);
	p->c = cd_rng_below(r, 3) ? 1 + (int)cd_rng_below(r, 40) :
				    8 * (1 + (int)cd_rng_below(r, 8));
	p->yh = p->pool ? p->h / 2 : p->h;
	p->yw = p->pool ? p->w / 2 : p->w;
	c->n = 1 + (int)cd_rng_below(r, 3);
	c->c = (size_t)p->c;
	c->nx = (size_t)c->n * p->h * p->w * p->c;
	c->ny = (size_t)c->n * p->yh * p->yw * p->c;
}

static void
norm_compare(struct check *ck, const struct norm_case *got,
    const struct norm_case *want)
{
	size_t i;

	same_floats(ck, "y is not the reference's", got->y, want->y, want->ny);
	same_floats(ck, "dx is not the reference's", got->dx, want->dx,
	    want->nx);
	if (want->shortcut)
		same_floats(ck, "dadd is not the reference's", got->dadd,
		    want->dadd, want->nx);
	if (want->p.pool)
		same_floats(ck, "won is not the reference's", got->won,
		    want->won, want->ny);
	if (memcmp(got->which, want->which, want->ny) != 0)
		fail(ck, "which is not the reference's", 0, 0, 0);
	for (i = 0; i < 2 * want->c; i++)
		if ((got->sums[i] != want->sums[i] && !isnan(want->sums[i])) ||
		    (got->back[i] != want->back[i] && !isnan(want->back[i])))
			fail(ck, "sums are not the reference's", got->sums[i],
			    want->sums[i], 0);
}

static void
check_norm(const struct cd_norm_variant *v)
{
	struct check fwd = { .op = "norm forward", .variant = v->name };
	struct check back = { .op = "norm backward", .variant = v->name };
	struct norm_case in, got;
	struct cd_rng r;
	char what[100];
	int i;

	fwd.whole = back.whole = true;
	cd_rng_start(&r, 1, 0, 3, CD_RNG_TEST);
	for (i = 0; i < NORM_CASES; i++) {
		enum values values = (enum values)(i / 4 % VALUES);

		norm_shape(&in, i, &r);
		snprintf(what, sizeof what, "%d of %dx%dx%d%s%s%s", in.n,
		    in.p.h, in.p.w, in.p.c, in.p.relu ? " relu" : "",
		    in.p.pool ? " pool" : "", in.shortcut ? " add" : "");
		begin(&fwd, values, what);
		begin(&back, values, what);
		got = in;
		norm_open(&in, 4 * cd_rng_below(&r, 3));
		norm_open(&got, 4 * cd_rng_below(&r, 3));
		norm_fill(&in, values, &r);
		norm_copy(&got, &in);
		norm_run(v, &got);
		norm_check_forward(&fwd, &got);
		if (!fwd.said)
			norm_check_backward(&back, &got, &in);
		norm_run(&cd_norm_ref, &in);
		norm_compare(&back, &got, &in);
		if (!guards_end(in.guards, in.nguards))
			fail(&back, "ref wrote outside", 0, 0, 0);
		if (!guards_end(got.guards, got.nguards))
			fail(&back, "wrote outside", 0, 0, 0);
		end(&fwd);
		end(&back);
	}
	report(&fwd);
	report(&back);
}

#endif
