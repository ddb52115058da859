/* Checks a variant of pooling or squeeze-and-excitation against the formula in
 * double and against the reference, NaN and infinity among the values. */
#ifndef CD_TESTS_KERNCHECK_POOL_H
#define CD_TESTS_KERNCHECK_POOL_H

#include "kern/excite.h"
#include "kern/pool.h"
#include "kerncheck/compare.h"

enum {
	POOL_CASES = 3000,
};

/* One variant's maps. */
struct pool_case {
	struct guarded guards[8];
	int nguards;
	size_t nx, ny;
	float *x, *dy, *y, *dx, *s, *k;
	uint8_t *which;
};

static void *
pool_buf(struct pool_case *c, size_t bytes, size_t skew)
{
	return guarded_new(&c->guards[c->nguards++], bytes, skew);
}

static void
pool_open(struct pool_case *c, size_t nx, size_t ny, size_t channels,
    struct cd_rng *r)
{
	size_t skew = 4 * cd_rng_below(r, 3);

	c->nguards = 0;
	c->nx = nx;
	c->ny = ny;
	c->x = pool_buf(c, nx * sizeof(float), skew);
	c->dy = pool_buf(c, ny * sizeof(float), skew);
	c->y = pool_buf(c, ny * sizeof(float), skew);
	c->dx = pool_buf(c, nx * sizeof(float), skew);
	c->s = pool_buf(c, channels * sizeof(float), skew);
	c->k = pool_buf(c, channels * sizeof(float), skew);
	c->which = pool_buf(c, ny, skew);
}

static void
pool_fill(struct pool_case *c, enum values values, size_t channels,
    struct cd_rng *r)
{
	fill(c->x, c->nx, values, r);
	fill(c->dy, c->ny, values, r);
	fill(c->dx, c->nx, values, r);
	fill(c->s, channels, values, r);
	fill(c->k, channels, values, r);
	if (cd_rng_below(r, 4) == 0) {
		spoil(c->x, c->nx, r);
		spoil(c->dy, c->ny, r);
	}
}

static void
pool_copy(struct pool_case *to, const struct pool_case *from, size_t channels)
{
	memcpy(to->x, from->x, from->nx * sizeof(float));
	memcpy(to->dy, from->dy, from->ny * sizeof(float));
	memcpy(to->dx, from->dx, from->nx * sizeof(float));
	memcpy(to->s, from->s, channels * sizeof(float));
	memcpy(to->k, from->k, channels * sizeof(float));
}

/* Equal, or both NaN; the sign of 0 is ignored. */
static void
pool_same(struct check *ck, const char *name, const float *got,
    const float *want, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (got[i] != want[i] && !(isnan(got[i]) && isnan(want[i])))
			fail(ck, name, got[i], want[i], 0);
}

static void
pool_close(struct check *ck, struct pool_case *a, struct pool_case *b)
{
	if (!guards_end(a->guards, a->nguards))
		fail(ck, "ref wrote outside", 0, 0, 0);
	if (!guards_end(b->guards, b->nguards))
		fail(ck, "wrote outside", 0, 0, 0);
	end(ck);
}

/* ---- pooling ---- */

enum pool_what { MAXIMUM, MEAN, GLOBAL, POOL_WHATS };

static void
pool_run(const struct cd_pool_variant *v, const struct cd_pool *p,
    enum pool_what what, struct pool_case *c)
{
	switch (what) {
	case MAXIMUM:
		v->max(p, c->x, c->y, NULL);
		v->max(p, c->x, c->y, c->which);
		v->max_back(p, c->which, c->dy, c->dx);
		break;
	case MEAN:
		v->mean(p, c->x, c->y);
		v->mean_back(p, c->dy, c->dx);
		break;
	default:
		v->global(p, c->x, c->y);
		v->global_back(p, c->dy, c->dx);
	}
}

/* The window of one output cell, channel k: at: the indices in x of its cells
 * that are inside, place: their values of which. Returns their number. */
static int
pool_window(const struct cd_pool *p, enum pool_what what, int cell, int k,
    size_t *at, int *place)
{
	int size = what == GLOBAL ? (p->h > p->w ? p->h : p->w) : p->size, q;
	int top = 0, left = 0, row, column, n = 0;

	if (what != GLOBAL) {
		top = cell / p->yw * p->stride - p->before;
		left = cell % p->yw * p->stride - p->before;
	}
	for (q = 0; q < size * size; q++) {
		row = top + q / size;
		column = left + q % size;
		if (row < 0 || row >= p->h || column < 0 || column >= p->w)
			continue;
		place[n] = q;
		at[n++] = ((size_t)row * p->w + column) * p->c + k;
	}
	return n;
}

/* Checks y of a cell; adds its part of the expected dx, and of its
 * magnitudes. */
static void
pool_cell(struct check *ck, enum pool_what what, const struct pool_case *c,
    size_t i, int n, const size_t *at, const int *place, double *dx,
    double *mag)
{
	double sum = 0, all = 0, dy = c->dy[i];
	int q, best = 0;

	for (q = 0; q < n; q++) {
		sum += c->x[at[q]];
		all += fabs(c->x[at[q]]);
		if (!isnan(c->x[at[best]]) && !(c->x[at[q]] <= c->x[at[best]]))
			best = q;
	}
	if (what == MAXIMUM) {
		compare_any(ck, "max", c->y[i], c->x[at[best]], 1, 0);
		if (c->which[i] != place[best])
			fail(ck, "which", c->which[i], place[best], 0);
		dx[at[best]] += dy;
		mag[at[best]] += fabs(dy);
		return;
	}
	compare_any(ck, "mean", c->y[i], sum / n, n, all / n);
	for (q = 0; q < n; q++) {
		dx[at[q]] += dy / n;
		mag[at[q]] += fabs(dy / n);
	}
}

static void
pool_check(struct check *ck, const struct cd_pool *p, enum pool_what what,
    const struct pool_case *c, const float *dx0)
{
	double *dx = doubles(c->nx), *mag = doubles(c->nx);
	size_t at[20 * 20], i;
	int place[20 * 20], n;

	for (i = 0; p->add_dx && i < c->nx; i++)
		mag[i] = fabs(dx[i] = dx0[i]);
	for (i = 0; i < c->ny; i++) {
		n = pool_window(p, what, (int)i / p->c, (int)i % p->c, at,
		    place);
		pool_cell(ck, what, c, i, n, at, place, dx, mag);
	}
	end_map(ck, "y", 20);
	for (i = 0; i < c->nx; i++)
		compare_any(ck, "dx", c->dx[i], dx[i], p->size * p->size,
		    mag[i]);
	end_map(ck, "dx", p->size * p->size);
	free(dx);
	free(mag);
}

static struct cd_pool
pool_random(struct cd_rng *r, enum pool_what what)
{
	struct cd_pool p = { 0 };

	p.size = cd_rng_below(r, 8) ? 1 + (int)cd_rng_below(r, 4) :
				      1 + (int)cd_rng_below(r, 15);
	p.stride = 1 + (int)cd_rng_below(r, 4);
	p.h = p.size + (int)cd_rng_below(r, 5);
	p.w = p.size + (int)cd_rng_below(r, 5);
	p.c = 1 + (int)cd_rng_below(r, 40);
	p.add_dx = cd_rng_below(r, 2);
	p.yh = (p.h - p.size) / p.stride + 1;
	p.yw = (p.w - p.size) / p.stride + 1;
	if (cd_rng_below(r, 2)) { /* "same"; maps below the window too */
		p.h = 1 + (int)cd_rng_below(r, 12);
		p.before = (p.size - 1) / 2;
		p.yh = (p.h + p.stride - 1) / p.stride;
		p.yw = (p.w + p.stride - 1) / p.stride;
	}
	if (what == GLOBAL)
		p.yh = p.yw = 1;
	return p;
}

static void
check_pool_what(const struct cd_pool_variant *v, enum pool_what what)
{
	static const char *const ops[] = { "max pool", "mean pool", "global" };
	struct check ck = { .op = ops[what], .variant = v->name };
	struct pool_case in, got;
	struct cd_rng r;
	char text[100];
	int i;

	cd_rng_start(&r, 1, 0, 4 + what, CD_RNG_TEST);
	for (i = 0; i < POOL_CASES; i++) {
		struct cd_pool p = pool_random(&r, what);
		size_t c = (size_t)p.c;

		snprintf(text, sizeof text,
		    "%d of %dx%dx%d by %d from -%d to %dx%d", p.size, p.h, p.w,
		    p.c, p.stride, p.before, p.yh, p.yw);
		begin(&ck, (enum values)(i % VALUES), text);
		ck.whole = true;
		ck.exact = false; /* 1/9 is not exact */
		pool_open(&in, p.h * p.w * c, p.yh * p.yw * c, c, &r);
		pool_open(&got, in.nx, in.ny, c, &r);
		pool_fill(&in, (enum values)(i % VALUES), c, &r);
		pool_copy(&got, &in, c);
		pool_run(v, &p, what, &got);
		pool_check(&ck, &p, what, &got, in.dx);
		pool_run(&cd_pool_ref, &p, what, &in);
		pool_same(&ck, "y is not the reference's", got.y, in.y, in.ny);
		pool_same(&ck, "dx is not the reference's", got.dx, in.dx,
		    in.nx);
		pool_close(&ck, &in, &got);
	}
	report(&ck);
}

static void
check_pool(const struct cd_pool_variant *v)
{
	check_pool_what(v, MAXIMUM);
	check_pool_what(v, MEAN);
	check_pool_what(v, GLOBAL);
}

/* ---- squeeze-and-excitation ---- */

/* y = x s, k = the sums, dx = the gradient (with s in place of k). */
static void
excite_run(const struct cd_excite_variant *v, const struct cd_excite *p,
    struct pool_case *c)
{
	const float *x = c->x, *dy = c->dy;

	if (p->w % 2)
		x = memcpy(c->y, c->x, c->nx * sizeof *c->x);
	v->scale(p, x, c->s, c->y);
	v->sums(p, c->x, c->dy, c->k);
	if (p->w % 2 && !p->add_dx)
		dy = memcpy(c->dx, c->dy, c->nx * sizeof *c->dy);
	v->backward(p, dy, c->s, c->s, c->dx);
}

static void
excite_check(struct check *ck, const struct cd_excite *p,
    const struct pool_case *c, const float *dx0)
{
	double *sum = doubles((size_t)p->c), *mag = doubles((size_t)p->c);
	double s, d, t;
	size_t i, k;

	for (i = 0; i < c->nx; i++) {
		k = i % p->c;
		s = c->s[k];
		d = p->add_dx ? dx0[i] : 0;
		compare_any(ck, "y", c->y[i], c->x[i] * s, 1,
		    fabs(c->x[i] * s));
		compare_any(ck, "dx", c->dx[i], c->dy[i] * s + s + d, 3,
		    fabs(c->dy[i] * s) + fabs(s) + fabs(d));
		t = (double)c->dy[i] * c->x[i];
		sum[k] += t;
		mag[k] += fabs(t);
	}
	for (i = 0; i < (size_t)p->c; i++)
		compare_any(ck, "ds", c->k[i], sum[i], 1, mag[i]);
	end_map(ck, "maps", 1);
	free(sum);
	free(mag);
}

static void
check_excite(const struct cd_excite_variant *v)
{
	struct check ck = { .op = "excite", .variant = v->name, .whole = true };
	struct pool_case in, got;
	struct cd_rng r;
	char text[100];
	int i;

	cd_rng_start(&r, 1, 0, 8, CD_RNG_TEST);
	for (i = 0; i < POOL_CASES; i++) {
		struct cd_excite p = { 1 + (int)cd_rng_below(&r, 6),
			1 + (int)cd_rng_below(&r, 6),
			1 + (int)cd_rng_below(&r, 40), cd_rng_below(&r, 2) };
		size_t c = (size_t)p.c, n = p.h * p.w * c;

		snprintf(text, sizeof text, "%dx%dx%d", p.h, p.w, p.c);
		begin(&ck, (enum values)(i % VALUES), text);
		pool_open(&in, n, n, c, &r);
		pool_open(&got, n, n, c, &r);
		pool_fill(&in, (enum values)(i % VALUES), c, &r);
		pool_copy(&got, &in, c);
		excite_run(v, &p, &got);
		excite_check(&ck, &p, &got, in.dx);
		excite_run(&cd_excite_ref, &p, &in);
		same_floats(&ck, "y is not the reference's", got.y, in.y, n);
		same_floats(&ck, "dx is not the reference's", got.dx, in.dx, n);
		same_floats(&ck, "ds is not the reference's", got.k, in.k, c);
		pool_close(&ck, &in, &got);
	}
	report(&ck);
}

#endif
