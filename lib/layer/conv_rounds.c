/* The step of a convolution with many weights, whose passes go in rounds
 * (kern/conv.h): tasks over pictures or over weights, of which no two write to
 * one place, so that nothing is summed in parts but what a norm or a bias
 * needs. */
#include <string.h>

#include "kern/elem.h"
#include "layer/conv_step.h"
#include "layer/norm.h"

enum {
	BIAS = 1, /* parameter, in the order of layer/conv.c */
};

/* Where things are in op->shared, in floats. */
struct shared {
	float *dpw, *db, *all; /* db: [CD_PARTS][cout] */
};

static struct shared
shared_of(const struct cd_op *op)
{
	float *db = op->shared + cd_op_lines(op->ng);

	return (struct shared){ op->shared, db,
		db + cd_op_lines(CD_PARTS * op->param[op->main][BIAS].n) };
}

size_t
cd_conv_rounds_shared(const struct cd_op *op, int batch)
{
	return cd_op_lines(op->ng) +
	    cd_op_lines(CD_PARTS * op->param[op->main][BIAS].n) +
	    op->rounds->floats(&op->conv, batch);
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
	    op->in + of.from * op->nx, shared_of(op).all);
}

static void
product_task(void *arg, int task, int worker)
{
	const struct cd_op_job *j = arg;
	const struct cd_op *op = j->op;

	(void)worker;
	op->rounds->product(&op->conv, j->run->n, task, op->pw,
	    shared_of(op).all);
}

static void
out_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	struct pictures of = part_of(j, part);
	float *to = (op->normed ? op->z : op->out) + of.from * op->nz;

	op->rounds->out(&op->conv, j->run->n, of.from, of.to,
	    op->param[op->main][BIAS].value, shared_of(op).all, to,
	    op->conv.pool ? op->which + of.from * op->ny : NULL,
	    j->run->scratch[worker]);
	if (op->normed && j->run->training)
		cd_norm_add_sums(op, part, of.to - of.from, to);
}

void
cd_conv_rounds_forward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run(op, r, CD_PARTS, in_part);
	cd_op_run(op, r, CD_CONV_ROUND_TASKS, product_task);
	cd_op_run(op, r, CD_PARTS, out_part);
}

/* ---- backward ---- */

static void
out_back_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	struct pictures of = part_of(j, part);
	struct shared s = shared_of(op);
	float *dz = j->run->scratch[worker];
	size_t nb = op->param[op->main][BIAS].n;
	float *db = nb ? s.db + part * nb : NULL;
	int i, n;

	if (db)
		memset(db, 0, nb * sizeof *db);
	for (i = of.from; i < of.to; i += n) {
		const float *dy = op->dout + i * op->ny;
		const float *y = (op->normed ? op->z : op->out) + i * op->nz;
		float *scratch = dz;

		n = cd_conv_step_chunk(op, of.to - i);
		op->rounds->in_again(&op->conv, j->run->n, i, i + n,
		    op->in + i * op->nx, s.all);
		if (op->normed) {
			cd_norm_back(op, i, n, dz, false);
			scratch += cd_op_lines(n * op->nz);
			dy = dz;
		}
		op->rounds->out_back(&op->conv, j->run->n, i, i + n, y,
		    op->conv.pool ? op->which + i * op->ny : NULL, dy, db,
		    s.all, scratch);
	}
}

static void
weights_task(void *arg, int task, int worker)
{
	const struct cd_op_job *j = arg;
	const struct cd_op *op = j->op;
	struct shared s = shared_of(op);

	(void)worker;
	op->rounds->weights(&op->conv, j->run->n, task, s.all, s.dpw);
}

static void
product_back_task(void *arg, int task, int worker)
{
	const struct cd_op_job *j = arg;
	const struct cd_op *op = j->op;

	(void)worker;
	op->rounds->product_back(&op->conv, j->run->n, task, op->pw,
	    shared_of(op).all);
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
	    shared_of(op).all, op->din + of.from * op->nx,
	    j->run->scratch[worker]);
	if (op->before)
		cd_norm_add_back_sums(op->before, part, of.from,
		    of.to - of.from);
}

void
cd_conv_rounds_backward(struct cd_op *op, const struct cd_run *r)
{
	struct cd_op_param *b = &op->param[op->main][BIAS];
	struct shared s = shared_of(op);
	int part;

	cd_op_run(op, r, CD_PARTS, out_back_part);
	cd_op_run(op, r, CD_CONV_ROUND_TASKS, weights_task);
	if (op->din && op->rounds->product_back)
		cd_op_run(op, r, CD_CONV_ROUND_TASKS, product_back_task);
	if (op->din)
		cd_op_run(op, r, CD_PARTS, in_back_part);
	if (!b->n)
		return;
	for (part = 1; part < CD_PARTS; part++)
		cd_add(b->n, s.db + part * b->n, s.db);
	memcpy(b->grad, s.db, b->n * sizeof *b->grad);
}
