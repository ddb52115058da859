/* Pooling: the maximum or the mean of windows, the mean of the whole map. */
#include <string.h>

#include "layer/op.h"
#include "layer/shape.h"

enum {
	POOL_MAX = 15, /* kern/pool.h */
};

/* K or global. */
static int
take_size(struct cd_words *w, struct cd_layer *l)
{
	if (l->pool == CD_POOL_AVERAGE && cd_words_take(w, "global")) {
		l->pool = CD_POOL_GLOBAL;
		return 0;
	}
	if (cd_words_int(w, "the window's size", 1, POOL_MAX, &l->kh) < 0)
		return -1;
	l->kw = l->stride = l->kh;
	if (cd_layer_take_stride(w, l) < 0)
		return -1;
	if (!cd_words_take(w, "pad"))
		return 0;
	if (!cd_words_take(w, "same"))
		return cd_words_fail(w, "the only padding of a pool is 'same'");
	l->same = true;
	l->pad = (l->kh - 1) / 2;
	return 0;
}

static int
parse(struct cd_words *w, const int in[3], struct cd_layer_line *line)
{
	struct cd_layer *l = &line->layer[0];
	const char *how = cd_words_next(w, "'max' or 'avg'");

	(void)in;
	*l = (struct cd_layer){ .kind = &cd_layer_pool, .stride = 1 };
	line->n = 1;
	if (!how)
		return -1;
	if (strcmp(how, "avg") == 0)
		l->pool = CD_POOL_AVERAGE;
	else if (strcmp(how, "max") != 0)
		return cd_words_reject(w, "neither 'max' nor 'avg':", how);
	return take_size(w, l) < 0 ? -1 : cd_layer_window_end(w);
}

static int
shape(struct cd_layer *l, const int other[3], struct cd_err *e)
{
	(void)other;
	l->out[2] = l->in[2];
	if (l->pool == CD_POOL_GLOBAL) {
		l->out[0] = l->out[1] = 1;
		return 0;
	}
	if (!l->same)
		return cd_layer_slide(l, e);
	l->out[0] = (l->in[0] - 1) / l->stride + 1;
	l->out[1] = (l->in[1] - 1) / l->stride + 1;
	return 0;
}

static double
flops(const struct cd_layer *l)
{
	if (l->pool == CD_POOL_MAX)
		return 0;
	if (l->pool == CD_POOL_GLOBAL)
		return (double)cd_shape_volume(l->in);
	return (double)cd_shape_volume(l->out) * l->kh * l->kw;
}

static const char *
table_name(const struct cd_layer *l)
{
	static const char *const names[] = {
		[CD_POOL_MAX] = "pool-max",
		[CD_POOL_AVERAGE] = "pool-avg",
		[CD_POOL_GLOBAL] = "pool-global",
	};

	return names[l->pool];
}

/* ---- the step ---- */

/* Joins 2x2 windows of stride 2, but not where padding gives a last odd row or
 * column a window of its own: the fused kernels have none. */
static bool
join(struct cd_op *op, const struct cd_layer *l, int other)
{
	(void)other;
	if (!(op->takes & CD_OP_TAKES_POOL) || l->pool != CD_POOL_MAX ||
	    l->kh != 2 || l->stride != 2 || l->out[0] != l->in[0] / 2 ||
	    l->out[1] != l->in[1] / 2)
		return false;
	op->pool = 2;
	op->takes = 0;
	return true;
}

static void
finish(struct cd_op *op, bool training)
{
	const struct cd_layer *l = op->layer[0];

	(void)training;
	op->window = (struct cd_pool){ .h = l->in[0],
		.w = l->in[1],
		.c = l->in[2],
		.size = l->kh,
		.stride = l->stride,
		.before = l->same ? (l->kh - 1) / 2 : 0,
		.yh = l->out[0],
		.yw = l->out[1] };
}

static void
place(struct cd_op *op, struct cd_arena *a, int batch, bool training)
{
	if (training && op->layer[0]->pool == CD_POOL_MAX)
		op->which = cd_arena_take(a, (size_t)batch, op->ny);
}

static void
forward_one(struct cd_op *op, const struct cd_run *r, int i)
{
	const struct cd_pool_variant *how = cd_pool_best();
	const float *x = op->in + i * op->nx;
	float *y = op->out + i * op->ny;

	(void)r;
	switch (op->layer[0]->pool) {
	case CD_POOL_MAX:
		how->max(&op->window, x, y,
		    op->which ? op->which + i * op->ny : NULL);
		break;
	case CD_POOL_AVERAGE:
		how->mean(&op->window, x, y);
		break;
	case CD_POOL_GLOBAL:
		how->global(&op->window, x, y);
		break;
	}
}

static void
backward_one(struct cd_op *op, const struct cd_run *r, int i)
{
	const struct cd_pool_variant *how = cd_pool_best();
	const float *dy = op->dout + i * op->ny;
	float *dx = op->din + i * op->nx;
	struct cd_pool window = op->window;

	(void)r;
	if (!op->din)
		return;
	window.add_dx = op->add_din;
	switch (op->layer[0]->pool) {
	case CD_POOL_MAX:
		how->max_back(&window, op->which + i * op->ny, dy, dx);
		break;
	case CD_POOL_AVERAGE:
		how->mean_back(&window, dy, dx);
		break;
	case CD_POOL_GLOBAL:
		how->global_back(&window, dy, dx);
		break;
	}
}

static const struct cd_op_kind step = {
	.name = "pool",
	.finish = finish,
	.place = place,
	.forward_one = forward_one,
	.backward_one = backward_one,
};

const struct cd_layer_kind cd_layer_pool = {
	.name = "pool",
	.line = { { "pool", parse } },
	.shape = shape,
	.params = cd_layer_params_none,
	.flops = flops,
	.table_name = table_name,
	.join = join,
	.step = &step,
};
