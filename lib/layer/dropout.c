/* Dropout: kern/elem.h has the formula. */
#include "kern/elem.h"
#include "layer/op.h"

static int
parse(struct cd_words *w, const int in[3], struct cd_layer_line *line)
{
	struct cd_layer *l = &line->layer[0];

	(void)in;
	*l = (struct cd_layer){ .kind = &cd_layer_dropout };
	line->n = 1;
	if (cd_words_real(w, "the rate", 0, 0.99, &l->rate) < 0)
		return -1;
	return cd_words_end(w);
}

/* ---- the step ---- */

/* Each layer draws its own numbers. */
static uint64_t
seed_of(const struct cd_op *op, const struct cd_run *r)
{
	return r->seed + 0x9E3779B97F4A7C15u * (uint64_t)(op->index[0] + 1);
}

static void
forward_one(struct cd_op *op, const struct cd_run *r, int i)
{
	if (r->training && !r->measuring)
		cd_dropout(op->ny, (float)op->layer[0]->rate, seed_of(op, r),
		    r->step, i * op->ny, op->in + i * op->nx,
		    op->out + i * op->ny);
	else
		cd_op_pass_on(op, i);
}

static void
backward_one(struct cd_op *op, const struct cd_run *r, int i)
{
	float *dy = op->dout + i * op->ny;

	if (r->training)
		cd_dropout(op->ny, (float)op->layer[0]->rate, seed_of(op, r),
		    r->step, i * op->ny, dy, dy);
	cd_op_pass_back(op, i);
}

static const struct cd_op_kind step = {
	.name = "dropout",
	.in_place = true,
	.forward_one = forward_one,
	.backward_one = backward_one,
};

const struct cd_layer_kind cd_layer_dropout = {
	.name = "dropout",
	.line = { { "dropout", parse } },
	.shape = cd_layer_shape_same,
	.params = cd_layer_params_none,
	.flops = cd_layer_flops_none,
	.step = &step,
};
