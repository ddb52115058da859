/* ReLU as a layer of its own. */
#include "kern/elem.h"
#include "layer/op.h"

static int
parse(struct cd_words *w, const int in[3], struct cd_layer_line *line)
{
	(void)in;
	line->layer[0] = (struct cd_layer){ .kind = &cd_layer_relu };
	line->n = 1;
	return cd_words_end(w);
}

static void
forward_one(void *arg, int i, int worker)
{
	struct cd_op *op = ((const struct cd_op_job *)arg)->op;

	(void)worker;
	cd_op_pass(op->ny, op->in + i * op->nx, op->out + i * op->ny, false);
	cd_relu(op->ny, op->out + i * op->ny);
}

static void
forward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run(op, r, r->n, forward_one);
}

static void
backward_one(void *arg, int i, int worker)
{
	struct cd_op *op = ((const struct cd_op_job *)arg)->op;
	float *dy = op->dout + i * op->ny;

	(void)worker;
	cd_relu_backward(op->ny, op->out + i * op->ny, dy);
	cd_op_pass(op->ny, dy, op->din ? op->din + i * op->nx : NULL,
	    op->add_din);
}

static void
backward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run(op, r, r->n, backward_one);
}

static const struct cd_op_kind step = {
	.name = "relu",
	.in_place = true,
	.forward = forward,
	.backward = backward,
};

const struct cd_layer_kind cd_layer_relu = {
	.name = "relu",
	.line = { { "relu", parse } },
	.shape = cd_layer_shape_same,
	.params = cd_layer_params_none,
	.flops = cd_layer_flops_none,
	.step = &step,
};
