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
forward_one(void *arg, int i, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;

	(void)worker;
	if (j->run->training)
		cd_dropout(op->ny, (float)op->layer[0]->rate,
		    seed_of(op, j->run), j->run->step, i * op->ny,
		    op->in + i * op->nx, op->out + i * op->ny);
	else
		cd_op_pass(op->ny, op->in + i * op->nx, op->out + i * op->ny,
		    false);
}

static void
forward(struct cd_op *op, const struct cd_run *r)
{
	if (r->training || op->x != op->y)
		cd_op_run(op, r, r->n, forward_one);
}

static void
backward_one(void *arg, int i, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	float *dy = op->dout + i * op->ny;

	(void)worker;
	cd_dropout(op->ny, (float)op->layer[0]->rate, seed_of(op, j->run),
	    j->run->step, i * op->ny, dy, dy);
	cd_op_pass(op->ny, dy, op->din ? op->din + i * op->nx : NULL,
	    op->add_din);
}

static void
backward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run(op, r, r->n, backward_one);
}

static const struct cd_op_kind step = {
	.name = "dropout",
	.in_place = true,
	.forward = forward,
	.backward = backward,
};

const struct cd_layer_kind cd_layer_dropout = {
	.name = "dropout",
	.line = { { "dropout", parse } },
	.shape = cd_layer_shape_same,
	.params = cd_layer_params_none,
	.flops = cd_layer_flops_none,
	.step = &step,
};
