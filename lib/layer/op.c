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

/* Tasks that do not begin at 0. */
struct some {
	struct cd_op_job job;
	int first;
	void (*fn)(void *, int, int);
};

static void
run_one(void *arg, int i, int worker)
{
	struct some *s = arg;

	s->fn(&s->job, s->first + i, worker);
}

void
cd_op_run_parts(struct cd_op *op, const struct cd_run *r, int parts,
    void (*fn)(void *, int, int))
{
	struct some s = { { op, r }, cd_run_first(r, parts), fn };

	cd_team_run(r->team, cd_run_count(r, parts), run_one, &s);
}

void
cd_op_run_pictures(struct cd_op *op, const struct cd_run *r, int each,
    void (*fn)(void *, int, int))
{
	struct some s = { { op, r }, cd_run_first(r, r->n) * each, fn };

	cd_team_run(r->team, cd_run_count(r, r->n) * each, run_one, &s);
}

void
cd_run_gather(const struct cd_run *r, void *x, size_t bytes)
{
	size_t at[CD_RANKS_MAX + 1];
	int i;

	if (!r->ranks)
		return;
	for (i = 0; i <= r->ranks->n; i++)
		at[i] = bytes * cd_part_begin(r->n, i, r->ranks->n);
	cd_ranks_gather(r->ranks, x, at);
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
		cd_op_run_pictures(op, r, 1, forward_one);
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
		cd_op_run_pictures(op, r, 1, backward_one);
}
