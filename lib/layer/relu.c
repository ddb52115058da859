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
forward_one(struct cd_op *op, const struct cd_run *r, int i)
{

	(void)r;
	cd_op_pass_on(op, i);
	cd_relu(op->ny, op->out + i * op->ny);
}

static void
backward_one(struct cd_op *op, const struct cd_run *r, int i)
{
	float *dy = op->dout + i * op->ny;

	(void)r;
	cd_relu_backward(op->ny, op->out + i * op->ny, dy);
	cd_op_pass_back(op, i);
}

static const struct cd_op_kind step = {
	.name = "relu",
	.in_place = true,
	.reads_out = true,
	.forward_one = forward_one,
	.backward_one = backward_one,
};

const struct cd_layer_kind cd_layer_relu = {
	.name = "relu",
	.line = { { "relu", parse } },
	.shape = cd_layer_shape_same,
	.params = cd_layer_params_none,
	.flops = cd_layer_flops_none,
	.step = &step,
};
