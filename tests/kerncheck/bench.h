/* Times the products and convolutions of the book's convnet: one thread, best
 * of several runs, 2 operations for each multiply-add of the direct formula (so
 * that Winograd may exceed the peak). */
#ifndef CD_TESTS_KERNCHECK_BENCH_H
#define CD_TESTS_KERNCHECK_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/peak.h"
#include "kern/conv.h"
#include "kern/gemm.h"
#include "kerncheck/compare.h"

enum {
	BENCH_MS = 150,	     /* per line */
	BENCH_PICTURES = 16, /* per call of a convolution */
};

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Calls fn until BENCH_MS have passed, at least three times; returns the
 * seconds of the fastest call. */
static double
best_time(void (*fn)(void *), void *arg)
{
	double until = seconds() + BENCH_MS * 1e-3, best = 1e9, t;
	int n;

	for (n = 0; n < 3 || seconds() < until; n++) {
		t = seconds();
		fn(arg);
		t = seconds() - t;
		best = t < best ? t : best;
	}
	return best;
}

static void
bench_line(const char *op, const char *variant, const char *shape, double flop,
    double time, double top)
{
	printf("%-14s %-8s %-30s %8.3f ms %7.1f GFLOP/s", op, variant, shape,
	    time * 1e3, flop / time * 1e-9);
	if (top > 0)
		printf(" %4.0f %% of peak", 100 * flop / time * 1e-9 / top);
	putchar('\n');
	fflush(stdout);
}

static float *
bench_floats(size_t n)
{
	float *p = aligned_alloc(64, (n * sizeof *p + 63) / 64 * 64);
	struct cd_rng r;

	if (!p) {
		puts("kerncheck: out of memory");
		exit(2);
	}
	cd_rng_start(&r, 1, 0, n, CD_RNG_TEST);
	fill(p, n, UNIFORM, &r);
	return p;
}

/* ---- matrix product ---- */

struct bench_gemm {
	const char *name;
	bool ta, tb;
	int m, n, k;
	float beta;
	cd_gemm_fn *gemm;
	float *a, *b, *c;
};

static void
bench_gemm_run(void *arg)
{
	struct bench_gemm *g = arg;

	g->gemm(g->ta, g->tb, g->m, g->n, g->k, g->a, g->ta ? g->m : g->k, g->b,
	    g->tb ? g->k : g->n, g->beta, g->c, g->n);
}

static void
bench_gemm(const struct cd_gemm_variant *v, double top)
{
	/* the book's first dense layer, 20 pictures; and a square product */
	struct bench_gemm cases[] = {
		{ .name = "dense y", .m = 20, .n = 512, .k = 6272 },
		{ .name = "dense dw",
		    .ta = true,
		    .m = 6272,
		    .n = 512,
		    .k = 20,
		    .beta = 1 },
		{ .name = "dense dx",
		    .tb = true,
		    .m = 20,
		    .n = 6272,
		    .k = 512 },
		{ .name = "square", .m = 512, .n = 512, .k = 512 },
	};
	char shape[64];
	size_t i;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bench_gemm *g = &cases[i];

		g->gemm = v->gemm;
		g->a = bench_floats((size_t)g->m * g->k);
		g->b = bench_floats((size_t)g->k * g->n);
		g->c = bench_floats((size_t)g->m * g->n);
		snprintf(shape, sizeof shape, "%s %dx%dx%d", g->name, g->m,
		    g->n, g->k);
		bench_line("gemm", v->name, shape, 2.0 * g->m * g->n * g->k,
		    best_time(bench_gemm_run, g), top);
		free(g->a);
		free(g->b);
		free(g->c);
	}
}

/* ---- convolution ---- */

struct bench_conv {
	const struct cd_conv_variant *v;
	struct cd_conv cv;
	float *x, *w, *b, *y, *dy, *dw, *db, *dx, *scratch, *pw, *dpw;
	uint8_t *which;
	bool bare; /* no bias */
};

static void
bench_conv_forward(void *arg)
{
	struct bench_conv *c = arg;

	c->v->forward(&c->cv, BENCH_PICTURES, c->x, c->pw, c->b, c->y, c->which,
	    c->scratch);
}

static void
bench_conv_backward(void *arg)
{
	struct bench_conv *c = arg;

	c->v->backward(&c->cv, BENCH_PICTURES, c->x, c->pw, c->y, c->which,
	    c->dy, c->dpw, c->db, c->dx, c->scratch);
}

/* What is done once per step, whatever the batch. */
static void
bench_conv_weights(void *arg)
{
	struct bench_conv *c = arg;

	c->v->prepare(&c->cv, 0, c->cv.cin, c->w, c->pw);
	c->v->gather(&c->cv, 0, c->cv.cin, c->dpw, c->dw);
}

static void
bench_conv_time(struct bench_conv *c, double top)
{
	const struct cd_conv *cv = &c->cv;
	const char *name = c->v->name;
	double flop = 2.0 * BENCH_PICTURES * cv->oh * cv->ow * cv->kh * cv->kw *
	    cv->cin / cv->groups * cv->cout;
	char shape[64];

	snprintf(shape, sizeof shape, "%d of %dx%dx%d to %d%s", BENCH_PICTURES,
	    cv->h, cv->w, cv->cin, cv->cout,
	    cv->groups > 1 ? " depthwise" : "");
	if (c->v->prepare)
		printf("%-14s %-8s %-30s %8.3f ms\n", "conv weights", name,
		    shape, best_time(bench_conv_weights, c) * 1e3);
	bench_line("conv forward", name, shape, flop,
	    best_time(bench_conv_forward, c), top);
	bench_line("conv backward", name, shape, c->dx ? 2 * flop : flop,
	    best_time(bench_conv_backward, c), top);
}

/* The first layer's input needs no gradient. */
static void
bench_conv_one(struct bench_conv *c, bool first, double top)
{
	const struct cd_conv *cv = &c->cv;
	const struct cd_conv_variant *v = c->v;
	size_t n = BENCH_PICTURES, cout = (size_t)cv->cout, i;
	size_t nx = n * cv->h * cv->w * cv->cin,
	       ny = n * cv->yh * cv->yw * cout;
	size_t nw = (size_t)cv->kh * cv->kw * (cv->cin / cv->groups) * cout;
	float *bufs[12] = { c->x = bench_floats(nx), c->w = bench_floats(nw),
		c->b = bench_floats(cout), c->y = bench_floats(ny),
		c->dy = bench_floats(ny), c->dw = bench_floats(nw),
		c->db = bench_floats(cout), c->dx = bench_floats(nx),
		c->scratch = bench_floats(v->scratch(cv)),
		c->pw = bench_floats(v->prepare ? v->prepared(cv) : nw),
		c->dpw = bench_floats(v->prepare ? v->gradient(cv) : nw),
		bench_floats(ny / 4 + 1) };

	c->which = (uint8_t *)bufs[11];
	if (c->bare)
		c->b = c->db = NULL;
	if (first)
		c->dx = NULL;
	bench_conv_time(c, top);
	for (i = 0; i < 12; i++)
		free(bufs[i]);
}

static void
bench_conv(const struct cd_conv_variant *v, double top)
{
	static const int layers[][3] = {
		{ 150, 3, 32 },
		{ 74, 32, 64 },
		{ 36, 64, 128 },
		{ 17, 128, 128 },
	};
	struct bench_conv c;
	size_t i;

	for (i = 0; i < sizeof layers / sizeof *layers; i++) {
		memset(&c, 0, sizeof c);
		c.v = v;
		c.cv = (struct cd_conv){ .h = layers[i][0],
			.w = layers[i][0],
			.cin = layers[i][1],
			.kh = 3,
			.kw = 3,
			.stride = 1,
			.cout = layers[i][2],
			.relu = true,
			.pool = 2 };
		cd_conv_shape(&c.cv);
		if (v->fits(&c.cv))
			bench_conv_one(&c, i == 0, top);
	}
}

/* 3x3 layers before a norm: of the recipes' net, and depthwise ones of
 * mini-Xception. */
static void
bench_normed(const struct cd_conv_variant *v, double top)
{
	static const struct {
		int side, cin, cout, groups, stride;
	} layers[] = {
		{ 128, 3, 24, 1, 2 },
		{ 64, 24, 32, 1, 1 },
		{ 32, 32, 64, 1, 1 },
		{ 16, 64, 64, 1, 1 },
		{ 8, 128, 128, 1, 1 },
		{ 8, 128, 256, 1, 1 },
		{ 6, 128, 256, 1, 1 },
		{ 88, 64, 64, 64, 1 },
		{ 22, 256, 256, 256, 1 },
		{ 11, 512, 512, 512, 1 },
	};
	struct bench_conv c;
	size_t i;

	for (i = 0; i < sizeof layers / sizeof *layers; i++) {
		memset(&c, 0, sizeof c);
		c.v = v;
		c.bare = true;
		c.cv = (struct cd_conv){ .h = layers[i].side,
			.w = layers[i].side,
			.cin = layers[i].cin,
			.kh = 3,
			.kw = 3,
			.stride = layers[i].stride,
			.pad = 1,
			.cout = layers[i].cout,
			.groups = layers[i].groups };
		cd_conv_shape(&c.cv);
		if (v->fits(&c.cv))
			bench_conv_one(&c, c.cv.cin == 3, top);
	}
}

static void
bench(void)
{
	const struct cd_gemm_row *gemm;
	const struct cd_conv_row *conv;
	double top = peak();

	if (top > 0)
		printf("peak: %.1f GFLOP/s of fused multiply-adds\n", top);
	CD_EACH_VARIANT (gemm, cd_gemm_table)
		bench_gemm(gemm->variant, top);
	CD_EACH_VARIANT (conv, cd_conv_table)
		bench_conv(conv->variant, top);
	CD_EACH_VARIANT (conv, cd_conv_table)
		bench_normed(conv->variant, top);
}

#endif
