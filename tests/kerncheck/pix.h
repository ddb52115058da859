/* Times the kernels over 8-bit pictures, in GB/s of the data that they must
 * read and write. tests/unit/warp.c and resize.c check them. */
#ifndef CD_TESTS_KERNCHECK_PIX_H
#define CD_TESTS_KERNCHECK_PIX_H

#include "kerncheck/bench.h"
#include "kerncheck/maps.h"
#include "pix/resize.h"
#include "pix/warp.h"

enum {
	PIX_FROM = 500, /* side of a picture */
	PIX_TO = 150,
	PIX_FROM_BYTES = PIX_FROM * PIX_FROM * 3,
	PIX_TO_BYTES = PIX_TO * PIX_TO * 3,
	PIX_TAPS = 12,
};

static uint8_t pix_from[PIX_FROM_BYTES], pix_to[PIX_FROM_BYTES];

/* ---- warps: turned by 10 degrees ---- */

struct bench_warp {
	const struct cd_warp_variant *v;
	struct cd_warp w;
};

static void
bench_warp_run(void *arg)
{
	struct bench_warp *c = arg;

	c->v->warp(&c->w);
}

static void
bench_warp(const struct cd_warp_variant *v)
{
	struct bench_warp c = { v,
		{ .src = pix_from,
		    .dst = pix_to,
		    .h = PIX_TO,
		    .w = PIX_TO,
		    .oh = PIX_TO,
		    .ow = PIX_TO,
		    .channels = 3,
		    .m = { { 0.985, 0.174, -10 }, { -0.174, 0.985, 10 } } } };

	maps_line("warp", v->name, "150x150x3", 2.0 * PIX_TO_BYTES,
	    best_time(bench_warp_run, &c));
}

/* ---- resizing: by the triangle filter ---- */

struct bench_resize {
	const struct cd_resize_variant *v;
	struct cd_resize_axis axis;
	int16_t *mid;
};

static void
bench_down(void *arg)
{
	struct bench_resize *c = arg;
	const struct cd_resize_axis *a = &c->axis;
	const size_t line = PIX_FROM * 3;
	int i;

	for (i = 0; i < a->dst; i++)
		c->v->down(c->mid, pix_from + a->start[i] * line, line,
		    (int)line, a->weight + (size_t)i * a->taps, a->count[i]);
}

static void
bench_across(void *arg)
{
	struct bench_resize *c = arg;
	int i;

	for (i = 0; i < PIX_TO; i++)
		c->v->across(pix_to, c->mid, &c->axis);
}

static void
bench_resize(const struct cd_resize_variant *v)
{
	static int32_t start[PIX_TO], count[PIX_TO];
	static int16_t weight[PIX_TO * PIX_TAPS];
	static int16_t mid[(PIX_FROM + PIX_TAPS) * 3 + 8];
	struct bench_resize c = { v,
		{ PIX_FROM, PIX_TO, PIX_TAPS, start, count, weight }, mid };
	double between = 2.0 * PIX_FROM * 3 * PIX_TO;

	cd_resize_fill(&c.axis, CD_RESIZE_TRIANGLE, 0, PIX_FROM);
	maps_line("resize down", v->name, "500x500x3 to 150x500x3",
	    PIX_FROM_BYTES + between, best_time(bench_down, &c));
	maps_line("resize across", v->name, "150x500x3 to 150x150x3",
	    between + PIX_TO_BYTES, best_time(bench_across, &c));
}

static void
bench_pix(void)
{
	const struct cd_warp_row *warp;
	const struct cd_resize_row *resize;
	size_t i;

	for (i = 0; i < sizeof pix_from; i++)
		pix_from[i] = (uint8_t)(i * 37);
	CD_EACH_VARIANT (warp, cd_warp_table)
		bench_warp(warp->variant);
	CD_EACH_VARIANT (resize, cd_resize_table)
		bench_resize(resize->variant);
}

#endif
