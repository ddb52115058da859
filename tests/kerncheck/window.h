/* Checks a variant of the pooling window: bit-identical to the reference for
 * any values, infinity and NaN included. */
#ifndef CD_TESTS_KERNCHECK_WINDOW_H
#define CD_TESTS_KERNCHECK_WINDOW_H

#include "kern/window.h"
#include "kerncheck/compare.h"

enum {
	WINDOW_MAX = 70, /* channels */
	WINDOW_CASES = 2000,
};

/* Inputs and outputs of one variant. */
struct window_case {
	struct guarded guards[8];
	int nguards;
	float *z0, *z1, *b, *y, *dz0, *dz1, *db;
	uint8_t *which;
};

static void *
window_buf(struct window_case *c, size_t bytes)
{
	return guarded_new(&c->guards[c->nguards++], bytes, 4);
}

static void
window_open(struct window_case *c, int n)
{
	size_t row = (size_t)n * sizeof(float);

	c->nguards = 0;
	c->z0 = window_buf(c, 2 * row);
	c->z1 = window_buf(c, 2 * row);
	c->b = window_buf(c, row);
	c->y = window_buf(c, row);
	c->dz0 = window_buf(c, 2 * row);
	c->dz1 = window_buf(c, 2 * row);
	c->db = window_buf(c, row);
	c->which = window_buf(c, (size_t)n);
}

/* Gives both the same input, some of it not finite. */
static void
window_fill(struct window_case *a, struct window_case *b, int n,
    enum values values, struct cd_rng *r)
{
	static const float odd[] = { NAN, INFINITY, -INFINITY, -0.0f };
	float *from[] = { a->z0, a->z1, a->b, a->db };
	float *to[] = { b->z0, b->z1, b->b, b->db };
	size_t len[] = { 2 * (size_t)n, 2 * (size_t)n, (size_t)n, (size_t)n };
	size_t i;

	for (i = 0; i < 4; i++) {
		fill(from[i], len[i], values, r);
		if (cd_rng_below(r, 3) == 0)
			from[i][cd_rng_below(r,
			    (uint32_t)len[i])] = odd[cd_rng_below(r, 4)];
		memcpy(to[i], from[i], len[i] * sizeof **to);
	}
}

static void
window_same(struct check *ck, const char *name, const void *a, const void *b,
    size_t bytes)
{
	if (memcmp(a, b, bytes) != 0)
		fail(ck, name, 0, 0, 0);
}

/* A NaN anywhere in a window is what comes out, by no variant's word. */
static void
window_nan(struct check *ck, const struct window_case *c, int n)
{
	int i, k;

	for (i = 0; i < n; i++) {
		const float z[4] = { c->z0[i], c->z0[n + i], c->z1[i],
			c->z1[n + i] };

		for (k = 0; k < 4; k++)
			if (isnan(z[k]) && !isnan(c->y[i]))
				fail(ck, "a NaN is lost", c->y[i], z[k], 0);
	}
}

static void
window_run(const struct cd_window_variant *v, const struct window_case *c,
    int n, int options)
{
	bool relu = options & 1, bias = options & 2, db = options & 4;

	v->forward(n, c->z0, c->z1, bias ? c->b : NULL, relu, c->y, NULL);
	v->forward(n, c->z0, c->z1, bias ? c->b : NULL, relu, c->y, c->which);
	v->backward(n, c->which, c->y, c->dz0, c->dz1, db ? c->db : NULL);
}

static void
check_window(const struct cd_window_variant *v)
{
	struct check ck = { .op = "window", .variant = v->name };
	struct window_case a, b;
	struct cd_rng r;
	size_t row;
	char what[100];
	int i, n;

	cd_rng_start(&r, 1, 0, 2, CD_RNG_TEST);
	for (i = 0; i < WINDOW_CASES; i++) {
		n = 1 + (int)cd_rng_below(&r, WINDOW_MAX);
		row = (size_t)n * sizeof(float);
		snprintf(what, sizeof what, "%d channels", n);
		begin(&ck, (enum values)(i / 8 % VALUES), what);
		window_open(&a, n);
		window_open(&b, n);
		window_fill(&a, &b, n, (enum values)(i / 8 % VALUES), &r);
		window_run(&cd_window_ref, &a, n, i);
		window_run(v, &b, n, i);
		window_nan(&ck, &a, n);
		window_same(&ck, "y", a.y, b.y, row);
		window_same(&ck, "which", a.which, b.which, (size_t)n);
		window_same(&ck, "dz0", a.dz0, b.dz0, 2 * row);
		window_same(&ck, "dz1", a.dz1, b.dz1, 2 * row);
		window_same(&ck, "db", a.db, b.db, row);
		if (!guards_end(a.guards, a.nguards))
			fail(&ck, "ref wrote outside", 0, 0, 0);
		if (!guards_end(b.guards, b.nguards))
			fail(&ck, "wrote outside", 0, 0, 0);
		end(&ck);
	}
	report(&ck);
}

#endif
