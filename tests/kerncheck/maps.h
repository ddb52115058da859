/* Times the kernels that pass over maps, in GB/s of the data that they must
 * read and write. A large map comes from memory, a small one from cache. */
#ifndef CD_TESTS_KERNCHECK_MAPS_H
#define CD_TESTS_KERNCHECK_MAPS_H

#include "kern/elem.h"
#include "kern/excite.h"
#include "kern/norm.h"
#include "kern/pool.h"
#include "kern/window.h"
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
	float *x, *y, *add, *dy, *dx, *of, *won;
	double *sums;
	uint8_t *which;
};

static struct cd_norm_channels
bench_channels(const struct bench_norm *c)
{
	return (struct cd_norm_channels){ c->of, c->of, c->of, c->of, c->of,
		c->of };
}

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
	struct cd_norm_channels f = bench_channels(c);

	c->v->forward(&c->p, c->n, c->x, &f, c->add, c->y, c->which,
	    c->p.pool ? c->won : NULL);
}

static void
bench_norm_back_sums(void *arg)
{
	struct bench_norm *c = arg;
	struct cd_norm_channels f = bench_channels(c);

	c->v->backward_sums(&c->p, c->n, c->p.pool ? c->won : c->x, &f, c->y,
	    c->which, c->dy, c->sums);
}

static void
bench_norm_backward(void *arg)
{
	struct bench_norm *c = arg;
	struct cd_norm_channels f = bench_channels(c);

	c->v->backward(&c->p, c->n, c->x, &f, c->y, c->which, c->dy, c->dx,
	    NULL);
}

static void
bench_norm_one(struct bench_norm *c)
{
	const struct cd_norm *p = &c->p;
	size_t nx = (size_t)c->n * p->h * p->w * p->c;
	size_t ny = (size_t)c->n * p->yh * p->yw * p->c, i;
	float *bufs[9] = { c->x = bench_floats(nx), c->y = bench_floats(ny),
		bench_floats(nx), c->dy = bench_floats(ny),
		c->dx = bench_floats(nx), c->of = bench_floats((size_t)p->c),
		bench_floats(4 * (size_t)p->c), bench_floats(ny / 4 + 1),
		c->won = bench_floats(ny) };
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
	    x + y + w + (p->pool ? y : x), best_time(bench_norm_forward, c));
	maps_line("norm back sums", c->v->name, shape,
	    y + (p->pool ? y + w : x + y), best_time(bench_norm_back_sums, c));
	maps_line("norm backward", c->v->name, shape,
	    2 * x + y + (p->pool ? w : y), best_time(bench_norm_backward, c));
	for (i = 0; i < 9; i++)
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

/* ---- pooling: in cache ---- */

struct bench_pool {
	const struct cd_pool_variant *v;
	struct cd_pool p;
	float *x, *y, *s;
	uint8_t *which;
};

static void
bench_max(void *arg)
{
	struct bench_pool *c = arg;

	c->v->max(&c->p, c->x, c->y, c->which);
}

static void
bench_max_back(void *arg)
{
	struct bench_pool *c = arg;

	c->v->max_back(&c->p, c->which, c->y, c->x);
}

static void
bench_mean(void *arg)
{
	struct bench_pool *c = arg;

	c->v->mean(&c->p, c->x, c->y);
}

static void
bench_mean_back(void *arg)
{
	struct bench_pool *c = arg;

	c->v->mean_back(&c->p, c->y, c->x);
}

static void
bench_global(void *arg)
{
	struct bench_pool *c = arg;

	c->v->global(&c->p, c->x, c->s);
}

static void
bench_pool(const struct cd_pool_variant *v)
{
	struct bench_pool c = { v, { 44, 44, 64, 3, 2, 22, 22, .before = 1 } };
	size_t nx = (size_t)44 * 44 * 64, ny = nx / 4;
	double x = 4.0 * (double)nx, y = 4.0 * (double)ny, w = (double)ny;
	float *bufs[4] = { c.x = bench_floats(nx), c.y = bench_floats(ny),
		c.s = bench_floats(64), bench_floats(ny / 4) };
	const char *shape = "44x44x64, 3x3 stride 2";
	int i;

	c.which = (uint8_t *)bufs[3];
	maps_line("max pool", v->name, shape, x + y + w,
	    best_time(bench_max, &c));
	maps_line("max pool back", v->name, shape, x + y + w,
	    best_time(bench_max_back, &c));
	maps_line("mean pool", v->name, shape, x + y,
	    best_time(bench_mean, &c));
	maps_line("mean pool back", v->name, shape, x + y,
	    best_time(bench_mean_back, &c));
	maps_line("global", v->name, "44x44x64", x,
	    best_time(bench_global, &c));
	for (i = 0; i < 4; i++)
		free(bufs[i]);
}

/* ---- squeeze-and-excitation: in cache ---- */

struct bench_excite {
	const struct cd_excite_variant *v;
	struct cd_excite p;
	float *x, *s;
};

static void
bench_excite_scale(void *arg)
{
	struct bench_excite *c = arg;

	c->v->scale(&c->p, c->x, c->s, c->x);
}

static void
bench_excite_sums(void *arg)
{
	struct bench_excite *c = arg;

	c->v->sums(&c->p, c->x, c->x, c->s);
}

static void
bench_excite(const struct cd_excite_variant *v)
{
	size_t n = (size_t)44 * 44 * 64;
	struct bench_excite c = { v, { 44, 44, 64, false }, bench_floats(n),
		bench_floats(64) };

	maps_line("excite", v->name, "44x44x64", 8 * (double)n,
	    best_time(bench_excite_scale, &c));
	maps_line("excite sums", v->name, "44x44x64", 8 * (double)n,
	    best_time(bench_excite_sums, &c));
	free(c.x);
	free(c.s);
}

/* ---- the pooling window of a convolution: in cache ---- */

struct bench_window {
	const struct cd_window_variant *v;
	int n, windows;
	float *z, *b, *y;
	uint8_t *which;
};

static void
bench_window_forward(void *arg)
{
	struct bench_window *c = arg;
	size_t at, n = (size_t)c->n, all = (size_t)c->windows * n;

	for (at = 0; at < all; at += n)
		c->v->forward(c->n, c->z + 4 * at, c->z + 4 * at + 2 * n, c->b,
		    true, c->y + at, c->which + at);
}

static void
bench_window_backward(void *arg)
{
	struct bench_window *c = arg;
	size_t at, n = (size_t)c->n, all = (size_t)c->windows * n;

	for (at = 0; at < all; at += n)
		c->v->backward(c->n, c->which + at, c->y + at, c->z + 4 * at,
		    c->z + 4 * at + 2 * n, c->b);
}

static void
bench_window(const struct cd_window_variant *v)
{
	struct bench_window c = { v, 64, 200, NULL };
	size_t ny = (size_t)c.n * c.windows;
	double bytes = 21 * (double)ny;
	float *bytes_of = bench_floats(ny / 4);

	c.z = bench_floats(4 * ny);
	c.b = bench_floats((size_t)c.n);
	c.y = bench_floats(ny);
	c.which = (uint8_t *)bytes_of;
	maps_line("window", v->name, "200 of 64", bytes,
	    best_time(bench_window_forward, &c));
	maps_line("window back", v->name, "200 of 64", bytes,
	    best_time(bench_window_backward, &c));
	free(c.z);
	free(c.b);
	free(c.y);
	free(bytes_of);
}

/* ---- loops over vectors ---- */

struct bench_elem {
	const struct cd_elem_variant *v;
	size_t n;
	float *x, *y;
	uint8_t *bytes;
};

static void
bench_relu(void *arg)
{
	struct bench_elem *c = arg;

	c->v->relu(c->n, c->x);
}

static void
bench_relu_back(void *arg)
{
	struct bench_elem *c = arg;

	c->v->relu_backward(c->n, c->x, c->y);
}

static void
bench_add(void *arg)
{
	struct bench_elem *c = arg;

	c->v->add(c->n, c->x, c->y);
}

static void
bench_dropout(void *arg)
{
	struct bench_elem *c = arg;

	c->v->dropout(c->n, 0.5f, 1, 1, 0, c->x, c->x);
}

static void
bench_bytes(void *arg)
{
	struct bench_elem *c = arg;

	c->v->bytes_to_floats(c->n / 3, 3, c->bytes, c->x, c->x, c->y);
}

static void
bench_elem(const struct cd_elem_variant *v, size_t n)
{
	struct bench_elem c = { v, n, bench_floats(n), bench_floats(n), NULL };
	double b = 4 * (double)n;
	char shape[32];

	snprintf(shape, sizeof shape, "%zu", n);
	maps_line("relu", v->name, shape, 2 * b, best_time(bench_relu, &c));
	maps_line("relu backward", v->name, shape, 3 * b,
	    best_time(bench_relu_back, &c));
	maps_line("add", v->name, shape, 3 * b, best_time(bench_add, &c));
	maps_line("dropout", v->name, shape, 2 * b,
	    best_time(bench_dropout, &c));
	c.bytes = memset(c.x, 1, n);
	maps_line("bytes", v->name, shape, b + (double)n,
	    best_time(bench_bytes, &c));
	free(c.x);
	free(c.y);
}

static void
bench_maps(void)
{
	const struct cd_window_row *window;
	const struct cd_norm_row *norm;
	const struct cd_pool_row *pool;
	const struct cd_excite_row *excite;
	const struct cd_elem_row *elem;

	CD_EACH_VARIANT (window, cd_window_table)
		bench_window(window->variant);
	CD_EACH_VARIANT (norm, cd_norm_table)
		bench_norm(norm->variant);
	CD_EACH_VARIANT (pool, cd_pool_table)
		bench_pool(pool->variant);
	CD_EACH_VARIANT (excite, cd_excite_table)
		bench_excite(excite->variant);
	CD_EACH_VARIANT (elem, cd_elem_table) {
		/* in L2, in L3, in memory */
		bench_elem(elem->variant, 50000);
		bench_elem(elem->variant, 200704);
		bench_elem(elem->variant, 8 << 20);
	}
}

#endif
