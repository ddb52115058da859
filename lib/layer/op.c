#include "layer/op.h"

#include <string.h>

#include "kern/elem.h"

void
cd_op_run(struct cd_op *op, const struct cd_run *r, int n,
    void (*fn)(void *, int, int))
{
	struct cd_op_job j = { op, r };

	cd_team_run(r->team, n, fn, &j);
}

void
cd_op_pass(size_t n, const float *from, float *to, bool add)
{
	if (!to || to == from)
		return;
	if (add)
		cd_add(n, from, to);
	else
		memcpy(to, from, n * sizeof *to);
}

void
cd_op_pass_on(struct cd_op *op, int i)
{
	cd_op_pass(op->ny, op->in + i * op->nx, op->out + i * op->ny, false);
}

void
cd_op_pass_back(struct cd_op *op, int i)
{
	cd_op_pass(op->ny, op->dout + i * op->ny,
	    op->din ? op->din + i * op->nx : NULL, op->add_din);
}

static void
forward_one(void *arg, int i, int worker)
{
	const struct cd_op_job *j = arg;

	(void)worker;
	j->op->kind->forward_one(j->op, j->run, i);
}

void
cd_op_forward(struct cd_op *op, const struct cd_run *r)
{
	if (op->kind->forward)
		op->kind->forward(op, r);
	else
		cd_op_run(op, r, r->n, forward_one);
}

static void
backward_one(void *arg, int i, int worker)
{
	const struct cd_op_job *j = arg;

	(void)worker;
	j->op->kind->backward_one(j->op, j->run, i);
}

void
cd_op_backward(struct cd_op *op, const struct cd_run *r)
{
	if (op->kind->backward)
		op->kind->backward(op, r);
	else
		cd_op_run(op, r, r->n, backward_one);
}
