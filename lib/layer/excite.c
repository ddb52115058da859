/* Squeeze-and-excitation: kern/excite.h has the formulas. */
#include "kern/excite.h"

#include <string.h>

#include "kern/elem.h"
#include "layer/op.h"
#include "layer/shape.h"

/* Parameters. */
enum {
	REDUCE_WEIGHT,
	REDUCE_BIAS,
	EXPAND_WEIGHT,
	EXPAND_BIAS,
};

static int
parse(struct cd_words *w, const int in[3], struct cd_layer_line *line)
{
	struct cd_layer *l = &line->layer[0];
	int by, c = in[2];
	char shown[CD_SHAPE_TEXT];

	*l = (struct cd_layer){ .kind = &cd_layer_excite };
	line->n = 1;
	if (cd_words_int(w, "the reduction", 1, CD_OUT_MAX, &by) < 0)
		return -1;
	if (by > c)
		return cd_words_fail(w,
		    "a reduction by %d wants as many channels, the input is %s",
		    by, cd_shape_text(in, shown));
	l->reduce = c / by;
	return cd_words_end(w);
}

static int
params(const struct cd_layer *l, struct cd_param_shape *out)
{
	int c = l->in[2];

	return cd_layer_dense_params(c, l->reduce, "reduce-weight",
		   "reduce-bias", out + REDUCE_WEIGHT) +
	    cd_layer_dense_params(l->reduce, c, "expand-weight", "expand-bias",
		out + EXPAND_WEIGHT);
}

/* The average, both dense layers, the scaling. */
static double
flops(const struct cd_layer *l)
{
	return 2 * (double)cd_shape_volume(l->out) + 4.0 * l->in[2] * l->reduce;
}

/* ---- the step ---- */

/* Per picture: m, s: [c]; h: [reduce]; their gradients dz, dm and dh. */
struct excite {
	struct cd_excite map;
	int c, r;
	float *m, *s, *dz, *dm; /* [n,c] */
	float *h, *dh;		/* [n,r] */
};

static void
finish(struct cd_op *op, bool training)
{
	const struct cd_layer *l = op->layer[0];

	(void)training;
	op->window = (struct cd_pool){ .h = l->in[0],
		.w = l->in[1],
		.c = l->in[2] };
	op->nkept = 4 * (size_t)l->in[2] + 2 * (size_t)l->reduce;
}

/* n: the rows of this run. */
static struct excite
parts_of(const struct cd_op *op, int n)
{
	const struct cd_layer *l = op->layer[0];
	struct excite x = { .c = l->in[2],
		.r = l->reduce,
		.map = { .h = l->in[0], .w = l->in[1], .c = l->in[2] } };
	size_t nc = (size_t)n * x.c, nr = (size_t)n * x.r;

	x.m = op->kept;
	x.s = x.m + nc;
	x.dz = x.s + nc;
	x.dm = x.dz + nc;
	x.h = x.dm + nc;
	x.dh = x.h + nr;
	return x;
}

/* y[rows,outputs] = x[rows,inputs] w; + b, of n */
static void
dense(const struct cd_run *r, int inputs, int outputs, const float *x,
    const struct cd_op_param *w, const struct cd_op_param *b, float *y)
{
	r->gemm(false, false, r->rows, outputs, inputs, x, inputs, w->value,
	    outputs, 0, y, outputs);
	cd_add_bias(r->n, outputs, b->value, y);
}

/* The gradients of dense. */
static void
dense_back(const struct cd_run *r, int inputs, int outputs, const float *x,
    const float *dy, struct cd_op_param *w, struct cd_op_param *b, float *dx)
{
	r->gemm(true, false, inputs, outputs, r->n, x, inputs, dy, outputs, 0,
	    w->grad, outputs);
	memset(b->grad, 0, b->n * sizeof *b->grad);
	cd_sum_rows(r->n, outputs, dy, b->grad);
	r->gemm(false, true, r->n, inputs, outputs, dy, outputs, w->value,
	    outputs, 0, dx, inputs);
}

static void
mean_one(void *arg, int i, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	struct excite x = parts_of(op, j->run->rows);

	(void)worker;
	cd_pool_best()->global(&op->window, op->in + i * op->nx,
	    x.m + (size_t)i * x.c);
}

static void
scale_one(void *arg, int i, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	struct excite x = parts_of(op, j->run->rows);

	(void)worker;
	cd_excite_best()->scale(&x.map, op->in + i * op->nx,
	    x.s + (size_t)i * x.c, op->out + i * op->ny);
}

static void
forward(struct cd_op *op, const struct cd_run *r)
{
	struct excite x = parts_of(op, r->rows);

	cd_op_run_pictures(op, r, 1, mean_one);
	cd_run_gather(r, x.m, (size_t)x.c * sizeof *x.m);
	dense(r, x.c, x.r, x.m, &op->param[0][REDUCE_WEIGHT],
	    &op->param[0][REDUCE_BIAS], x.h);
	cd_relu((size_t)r->n * x.r, x.h);
	dense(r, x.r, x.c, x.h, &op->param[0][EXPAND_WEIGHT],
	    &op->param[0][EXPAND_BIAS], x.s);
	cd_sigmoid((size_t)r->n * x.c, x.s, x.s);
	cd_op_run_pictures(op, r, 1, scale_one);
}

static void
sums_one(void *arg, int i, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	struct excite x = parts_of(op, j->run->rows);

	(void)worker;
	cd_excite_best()->sums(&x.map, op->in + i * op->nx,
	    op->dout + i * op->ny, x.dz + (size_t)i * x.c);
}

static void
back_one(void *arg, int i, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	struct excite x = parts_of(op, j->run->rows);

	(void)worker;
	x.map.add_dx = op->add_din;
	cd_excite_best()->backward(&x.map, op->dout + i * op->ny,
	    x.s + (size_t)i * x.c, x.dm + (size_t)i * x.c,
	    op->din + i * op->nx);
}

static void
backward(struct cd_op *op, const struct cd_run *r)
{
	struct excite x = parts_of(op, r->rows);
	float share = 1 / (float)(x.map.h * x.map.w);
	size_t n = (size_t)r->n * x.c, i;

	cd_op_run_pictures(op, r, 1, sums_one);
	cd_run_gather(r, x.dz, (size_t)x.c * sizeof *x.dz);
	cd_sigmoid_backward(n, x.s, x.dz, x.dz);
	dense_back(r, x.r, x.c, x.h, x.dz, &op->param[0][EXPAND_WEIGHT],
	    &op->param[0][EXPAND_BIAS], x.dh);
	cd_relu_backward((size_t)r->n * x.r, x.h, x.dh);
	dense_back(r, x.c, x.r, x.m, x.dh, &op->param[0][REDUCE_WEIGHT],
	    &op->param[0][REDUCE_BIAS], x.dm);
	for (i = 0; i < n; i++)
		x.dm[i] *= share;
	if (op->din)
		cd_op_run_pictures(op, r, 1, back_one);
}

static const struct cd_op_kind step = {
	.name = "excite",
	.reads_in = true,
	.finish = finish,
	.forward = forward,
	.backward = backward,
};

const struct cd_layer_kind cd_layer_excite = {
	.name = "excite",
	.line = { { "excite", parse } },
	.shape = cd_layer_shape_same,
	.params = params,
	.flops = flops,
	.step = &step,
};
