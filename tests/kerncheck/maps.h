/* Times what passes over maps without a product: GB/s of what is read and
 * written once. A large map comes from memory, a small one from cache. */
#ifndef CD_TESTS_KERNCHECK_MAPS_H
#define CD_TESTS_KERNCHECK_MAPS_H

#include "kern/norm.h"
#include "kerncheck/bench.h"

static void
maps_line(const char *op, const char *variant, const char *shape, double bytes,
    double time)
{
	printf("%-14s %-8s %-30s %8.3f ms %7.1f GB/s\n", op, variant, shape,
	    time * 1e3, bytes / time * 1e-9);
	fflush(stdout);
}

/* ---- batch norm ---- */

struct bench_norm {
	const struct cd_norm_variant *v;
	struct cd_norm p;
	int n;
	float *x, *y, *add, *dy, *dx, *of;
	double *sums;
	uint8_t *which;
};

static void
bench_norm_sums(void *arg)
{
	struct bench_norm *c = arg;

	c->v->sums(&c->p, c->n, c->x, c->of, c->sums);
}

static void
bench_norm_forward(void *arg)
{
	struct bench_norm *c = arg;

	c->v->forward(&c->p, c->n, c->x, c->of, c->of, c->of, c->add, c->y,
	    c->which);
}

static void
bench_norm_back_sums(void *arg)
{
	struct bench_norm *c = arg;

	c->v->backward_sums(&c->p, c->n, c->x, c->of, c->y, c->which, c->dy,
	    c->sums);
}

static void
bench_norm_backward(void *arg)
{
	struct bench_norm *c = arg;

	c->v->backward(&c->p, c->n, c->x, c->of, c->y, c->which, c->dy, c->of,
	    c->of, c->of, c->dx, NULL);
}

static void
bench_norm_one(struct bench_norm *c)
{
	const struct cd_norm *p = &c->p;
	size_t nx = (size_t)c->n * p->h * p->w * p->c;
	size_t ny = (size_t)c->n * p->yh * p->yw * p->c, i;
	float *bufs[8] = { c->x = bench_floats(nx), c->y = bench_floats(ny),
		bench_floats(nx), c->dy = bench_floats(ny),
		c->dx = bench_floats(nx), c->of = bench_floats((size_t)p->c),
		bench_floats(4 * (size_t)p->c), bench_floats(ny / 4 + 1) };
	double x = 4.0 * (double)nx, y = 4.0 * (double)ny;
	double w = p->pool ? (double)ny : 0;
	char shape[64];

	c->add = p->pool ? NULL : bufs[2];
	c->sums = memset(bufs[6], 0, 16 * (size_t)p->c);
	c->which = (uint8_t *)bufs[7];
	snprintf(shape, sizeof shape, "%d of %dx%dx%d%s", c->n, p->h, p->w,
	    p->c, p->pool ? " relu pool" : " add relu");
	maps_line("norm sums", c->v->name, shape, x,
	    best_time(bench_norm_sums, c));
	maps_line("norm forward", c->v->name, shape,
	    x + y + w + (p->pool ? 0 : x), best_time(bench_norm_forward, c));
	maps_line("norm back sums", c->v->name, shape,
	    x + y + (p->pool ? w : y), best_time(bench_norm_back_sums, c));
	maps_line("norm backward", c->v->name, shape,
	    2 * x + y + (p->pool ? w : y), best_time(bench_norm_backward, c));
	for (i = 0; i < 8; i++)
		free(bufs[i]);
}

static void
bench_norm(const struct cd_norm_variant *v)
{
	static const struct bench_norm cases[] = {
		{ .n = 32, .p = { 48, 48, 32, true, 0, 48, 48 } },
		{ .n = 32, .p = { 48, 48, 32, true, 2, 24, 24 } },
		{ .n = 4, .p = { 12, 12, 128, true, 0, 12, 12 } },
	};
	struct bench_norm c;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		c = cases[i];
		c.v = v;
		bench_norm_one(&c);
	}
}

static void
bench_maps(void)
{
	int i;

	for (i = 0; cd_norm_variants()[i].name; i++)
		bench_norm(&cd_norm_variants()[i]);
}

#endif
