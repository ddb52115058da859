/* The sum of two maps, where the paths of a block meet, with ReLU. The net text
 * has no line for it: `end` makes it (net/block.c). */
#include <string.h>

#include "kern/elem.h"
#include "layer/op.h"
#include "layer/shape.h"

static int
shape(struct cd_layer *l, const int other[3], struct cd_err *e)
{
	char a[CD_SHAPE_TEXT], b[CD_SHAPE_TEXT];

	memcpy(l->out, l->in, sizeof l->out);
	if (memcmp(l->in, other, sizeof l->in) == 0)
		return 0;
	return cd_fail(e,
	    "the block's paths do not meet: its layers give %s, its shortcut "
	    "%s",
	    cd_shape_text(l->in, a), cd_shape_text(other, b));
}

static double
flops(const struct cd_layer *l)
{
	return (double)cd_shape_volume(l->out);
}

/* ---- the step ---- */

static bool
join(struct cd_op *op, const struct cd_layer *l, int other)
{
	if (!(op->takes & CD_OP_TAKES_ADD) ||
	    (op->at_once && (other == op->x || !op->dx)))
		return false;
	op->other = other;
	op->relu = l->relu;
	op->takes = 0;
	return true;
}

static void
forward_one(struct cd_op *op, const struct cd_run *r, int i)
{
	float *y = op->out + i * op->ny;

	(void)r;
	cd_op_pass_on(op, i);
	cd_add(op->ny, op->add + i * op->ny, y);
	if (op->relu)
		cd_relu(op->ny, y);
}

static void
backward_one(struct cd_op *op, const struct cd_run *r, int i)
{
	float *dy = op->dout + i * op->ny;

	(void)r;
	if (op->relu)
		cd_relu_backward(op->ny, op->out + i * op->ny, dy);
	cd_op_pass(op->ny, dy, op->dadd ? op->dadd + i * op->ny : NULL,
	    op->add_dadd);
	cd_op_pass_back(op, i);
}

static const struct cd_op_kind step = {
	.name = "add",
	.forward_one = forward_one,
	.backward_one = backward_one,
};

const struct cd_layer_kind cd_layer_add = {
	.name = "add",
	.shape = shape,
	.params = cd_layer_params_none,
	.flops = flops,
	.join = join,
	.step = &step,
};
