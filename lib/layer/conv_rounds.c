/* The step of a convolution with many weights, whose passes go in rounds
 * (kern/conv.h): tasks over pictures or over weights, of which no two write to
 * one place, so that nothing is summed in parts but what a norm or a bias
 * needs. Of several ranks each makes the whole gradient of the weights, of all
 * pictures: these maps are smaller than it. */
#include <string.h>

#include "layer/conv_step.h"
#include "layer/norm.h"
#include "layer/parts.h"

enum {
	BIAS = 1, /* parameter, in the order of layer/conv.c */
};

/* Where things are in op->shared, in floats. */
struct shared {
	float *dpw, *db, *dz, *all; /* db: [CD_PARTS][cout] */
};

/* Floats of dz, the gradient before a norm: [n,nz]. */
static size_t
before_norm(const struct cd_op *op, int n)
{
	return op->normed ? cd_op_lines((size_t)n * op->nz) : 0;
}

static struct shared
shared_of(const struct cd_op *op, int n)
{
	struct shared s = { .dpw = op->shared };

	s.db = s.dpw + cd_op_lines(op->ng);
	s.dz = s.db + cd_op_lines(CD_PARTS * op->param[op->main][BIAS].n);
	s.all = s.dz + before_norm(op, n);
	return s;
}

size_t
cd_conv_rounds_shared(const struct cd_op *op, int batch)
{
	return cd_op_lines(op->ng) +
	    cd_op_lines(CD_PARTS * op->param[op->main][BIAS].n) +
	    before_norm(op, batch) + op->rounds->floats(&op->conv, batch);
}

/* The pictures of a part. */
struct pictures {
	int from, to;
};

static struct pictures
part_of(const struct cd_op_job *j, int part)
{
	return (struct pictures){ cd_part_begin(j->run->n, part, CD_PARTS),
		cd_part_begin(j->run->n, part + 1, CD_PARTS) };
}

/* ---- forward ---- */

static void
in_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	const struct cd_op *op = j->op;
	struct pictures of = part_of(j, part);

	(void)worker;
	op->rounds->in(&op->conv, j->run->n, of.from, of.to,
	    op->in + of.from * op->nx, shared_of(op, j->run->n).all);
}

/* The pictures of this rank. */
static struct pictures
own(const struct cd_run *r)
{
	int first = cd_run_first(r, r->n);

	return (struct pictures){ first, first + cd_run_count(r, r->n) };
}

static void
product_task(void *arg, int task, int worker)
{
	const struct cd_op_job *j = arg;
	const struct cd_op *op = j->op;
	struct pictures of = own(j->run);

	(void)worker;
	op->rounds->product(&op->conv, j->run->n, of.from, of.to, task, op->pw,
	    shared_of(op, j->run->n).all);
}

static void
out_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	struct pictures of = part_of(j, part);
	float *to = (op->normed ? op->z : op->out) + of.from * op->nz;

	op->rounds->out(&op->conv, j->run->n, of.from, of.to,
	    op->param[op->main][BIAS].value, shared_of(op, j->run->n).all, to,
	    op->conv.pool ? op->which + of.from * op->ny : NULL,
	    j->run->scratch[worker]);
	if (op->normed && j->run->training)
		cd_norm_add_sums(op, part, of.to - of.from, to);
}

void
cd_conv_rounds_forward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run_parts(op, r, CD_PARTS, in_part);
	cd_op_run(op, r, CD_CONV_ROUND_TASKS, product_task);
	cd_op_run_parts(op, r, CD_PARTS, out_part);
}

/* ---- backward ---- */

static void
norm_back_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct pictures of = part_of(j, part);

	(void)worker;
	cd_norm_back(j->op, of.from, of.to - of.from,
	    shared_of(j->op, j->run->n).dz + of.from * j->op->nz, false);
}

/* What each rank needs of all pictures to make the gradient of the weights. */
static void
gather(struct cd_op *op, const struct cd_run *r)
{
	if (!r->ranks)
		return;
	cd_run_gather(r, op->in, op->nx * sizeof(float));
	if (op->normed) {
		cd_run_gather(r, shared_of(op, r->n).dz,
		    op->nz * sizeof(float));
		return;
	}
	cd_run_gather(r, op->dout, op->ny * sizeof(float));
	if (op->conv.relu)
		cd_run_gather(r, op->out, op->ny * sizeof(float));
	if (op->conv.pool)
		cd_run_gather(r, op->which, op->ny);
}

static void
out_back_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	struct pictures of = part_of(j, part);
	struct shared s = shared_of(op, j->run->n);
	size_t nb = op->param[op->main][BIAS].n;
	float *db = nb ? s.db + part * nb : NULL;
	int i, n;

	if (db)
		memset(db, 0, nb * sizeof *db);
	for (i = of.from; i < of.to; i += n) {
		const float *dy = op->dout + i * op->ny;
		const float *y = (op->normed ? op->z : op->out) + i * op->nz;

		if (op->normed)
			dy = s.dz + i * op->nz;
		n = cd_conv_step_chunk(op, of.to - i);
		op->rounds->in_again(&op->conv, j->run->n, i, i + n,
		    op->in + i * op->nx, s.all);
		op->rounds->out_back(&op->conv, j->run->n, i, i + n, y,
		    op->conv.pool ? op->which + i * op->ny : NULL, dy, db,
		    s.all, j->run->scratch[worker]);
	}
}

static void
weights_task(void *arg, int task, int worker)
{
	const struct cd_op_job *j = arg;
	const struct cd_op *op = j->op;
	struct shared s = shared_of(op, j->run->n);

	(void)worker;
	op->rounds->weights(&op->conv, j->run->n, task, s.all, s.dpw);
}

static void
product_back_task(void *arg, int task, int worker)
{
	const struct cd_op_job *j = arg;
	const struct cd_op *op = j->op;
	struct pictures of = own(j->run);

	(void)worker;
	op->rounds->product_back(&op->conv, j->run->n, of.from, of.to, task,
	    op->pw, shared_of(op, j->run->n).all);
}

static void
in_back_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	const struct cd_op *op = j->op;
	struct pictures of = part_of(j, part);
	struct cd_conv conv = op->conv;

	conv.add_dx = op->add_din;
	op->rounds->in_back(&conv, j->run->n, of.from, of.to, op->pw,
	    shared_of(op, j->run->n).all, op->din + of.from * op->nx,
	    j->run->scratch[worker]);
	if (op->before)
		cd_norm_add_back_sums(op->before, part, of.from,
		    of.to - of.from);
}

void
cd_conv_rounds_backward(struct cd_op *op, const struct cd_run *r)
{
	struct cd_op_param *b = &op->param[op->main][BIAS];
	struct shared s = shared_of(op, r->n);

	if (op->normed)
		cd_op_run_parts(op, r, CD_PARTS, norm_back_part);
	gather(op, r);
	cd_op_run(op, r, CD_PARTS, out_back_part);
	cd_op_run(op, r, CD_CONV_ROUND_TASKS, weights_task);
	if (op->din && op->rounds->product_back)
		cd_op_run(op, r, CD_CONV_ROUND_TASKS, product_back_task);
	if (op->din)
		cd_op_run_parts(op, r, CD_PARTS, in_back_part);
	if (!b->n)
		return;
	cd_tree_add(s.db, b->n, CD_PARTS, b->n);
	memcpy(b->grad, s.db, b->n * sizeof *b->grad);
}
