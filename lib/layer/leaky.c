/* Leaky ReLU (Maas et al. 2013): y = x where x > 0, else alpha x. */
#include "layer/op.h"
#include "layer/shape.h"

static int
parse(struct cd_words *w, const int in[3], struct cd_layer_line *line)
{
	struct cd_layer *l = &line->layer[0];

	(void)in;
	*l = (struct cd_layer){ .kind = &cd_layer_leaky };
	line->n = 1;
	if (cd_words_real(w, "the slope below 0", 0, 1, &l->alpha) < 0)
		return -1;
	return cd_words_end(w);
}

static double
flops(const struct cd_layer *l)
{
	return (double)cd_shape_volume(l->out);
}

static void
forward_one(struct cd_op *op, const struct cd_run *r, int i)
{
	const float *x = op->in + i * op->nx;
	float *y = op->out + i * op->ny, alpha = (float)op->layer[0]->alpha;
	size_t k;

	(void)r;
	for (k = 0; k < op->ny; k++)
		y[k] = x[k] > 0 ? x[k] : alpha * x[k];
}

/* alpha >= 0, so that y > 0 exactly where x > 0: x is not needed. */
static void
backward_one(struct cd_op *op, const struct cd_run *r, int i)
{
	const float *y = op->out + i * op->ny;
	float *dy = op->dout + i * op->ny, alpha = (float)op->layer[0]->alpha;
	size_t k;

	(void)r;
	for (k = 0; k < op->ny; k++)
		dy[k] *= y[k] > 0 ? 1 : alpha;
	cd_op_pass_back(op, i);
}

static const struct cd_op_kind step = {
	.name = "leaky",
	.in_place = true,
	.reads_out = true,
	.forward_one = forward_one,
	.backward_one = backward_one,
};

const struct cd_layer_kind cd_layer_leaky = {
	.name = "leaky",
	.line = { { "leaky", parse } },
	.shape = cd_layer_shape_same,
	.params = cd_layer_params_none,
	.flops = flops,
	.step = &step,
};
