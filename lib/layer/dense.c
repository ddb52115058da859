/* Dense layers. Work is divided by columns of the output (forward) and by rows
 * of the weights (backward), because a batch has too few rows. */
#include <string.h>

#include "kern/elem.h"
#include "layer/op.h"
#include "layer/shape.h"

enum {
	WEIGHT,
	BIAS,
};

enum {
	COLUMNS = 64, /* of the output in a task of the forward pass */
	ROWS = 256,   /* of the weights in a task of the backward pass */
};

static int
parse(struct cd_words *w, const int in[3], struct cd_layer_line *line)
{
	struct cd_layer *l = &line->layer[0];

	(void)in;
	*l = (struct cd_layer){ .kind = &cd_layer_dense };
	line->n = 1;
	if (cd_words_int(w, "the number of outputs", 1, CD_OUT_MAX,
		&l->out[2]) < 0)
		return -1;
	l->relu = cd_words_take(w, "relu");
	return cd_words_end(w);
}

static int
shape(struct cd_layer *l, const int other[3], struct cd_err *e)
{
	char in[CD_SHAPE_TEXT];

	(void)other;
	if (!cd_shape_is_vector(l->in))
		return cd_fail(e,
		    "the input is a map of %s, a vector (1x1xn) "
		    "is wanted: write 'flatten' before it",
		    cd_shape_text(l->in, in));
	l->out[0] = l->out[1] = 1;
	return 0;
}

static int
params(const struct cd_layer *l, struct cd_param_shape *out)
{
	return cd_layer_dense_params(l->in[2], l->out[2], "weight", "bias",
	    out);
}

static double
flops(const struct cd_layer *l)
{
	return 2 * (double)cd_shape_volume(l->out) * l->in[2];
}

/* ---- the step ---- */

static int
min_int(size_t a, size_t b)
{
	return (int)(a < b ? a : b);
}

static void
forward_columns(void *arg, int task, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	size_t from = (size_t)task * COLUMNS;

	(void)worker;
	j->run->gemm(false, false, j->run->rows,
	    min_int(COLUMNS, op->ny - from), (int)op->nx, op->in, (int)op->nx,
	    op->param[0][WEIGHT].value + from, (int)op->ny, 0, op->out + from,
	    (int)op->ny);
}

static void
forward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run(op, r, (int)((op->ny + COLUMNS - 1) / COLUMNS),
	    forward_columns);
	cd_add_bias(r->n, (int)op->ny, op->param[0][BIAS].value, op->out);
	if (op->relu)
		cd_relu((size_t)r->n * op->ny, op->out);
}

static void
backward_rows(void *arg, int task, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	struct cd_op_param *w = &op->param[0][WEIGHT];
	size_t from = (size_t)task * ROWS;
	int rows = min_int(ROWS, op->nx - from), n = j->run->n;

	(void)worker;
	j->run->gemm(true, false, rows, (int)op->ny, n, op->in + from,
	    (int)op->nx, op->dout, (int)op->ny, 0, w->grad + from * op->ny,
	    (int)op->ny);
	if (op->din)
		j->run->gemm(false, true, n, rows, (int)op->ny, op->dout,
		    (int)op->ny, w->value + from * op->ny, (int)op->ny,
		    op->add_din ? 1 : 0, op->din + from, (int)op->nx);
}

static void
backward(struct cd_op *op, const struct cd_run *r)
{
	struct cd_op_param *db = &op->param[0][BIAS];

	if (op->relu)
		cd_relu_backward((size_t)r->n * op->ny, op->out, op->dout);
	memset(db->grad, 0, db->n * sizeof *db->grad);
	cd_sum_rows(r->n, (int)op->ny, op->dout, db->grad);
	cd_op_run(op, r, (int)((op->nx + ROWS - 1) / ROWS), backward_rows);
}

static const struct cd_op_kind step = {
	.name = "dense",
	.whole = true,
	.reads_in = true,
	.forward = forward,
	.backward = backward,
};

const struct cd_layer_kind cd_layer_dense = {
	.name = "dense",
	.line = { { "dense", parse } },
	.shape = shape,
	.params = params,
	.flops = flops,
	.step = &step,
};
