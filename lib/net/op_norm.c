/* Batch norm as a step, or as a part of a convolution's: kern/norm.h has the
 * formulas. Sums are kept by parts of the batch and added in their order. */
#include <math.h>
#include <string.h>

#include "net/op.h"

void
cd_norm_clear(struct cd_op *op)
{
	memset(op->table.sums, 0,
	    CD_PARTS * 2 * (size_t)op->norm.c * sizeof *op->table.sums);
}

void
cd_norm_add_sums(struct cd_op *op, int part, int n, const float *x)
{
	cd_norm_best()->sums(&op->norm, n, x, op->param[CD_OP_MEAN].value,
	    op->table.sums + part * 2 * (size_t)op->norm.c);
}

/* The parts' sums, added in their order to those of the first. */
static const double *
all_sums(struct cd_op *op)
{
	size_t n = 2 * (size_t)op->norm.c, i;
	double *sums = op->table.sums;
	int part;

	for (part = 1; part < CD_PARTS; part++)
		for (i = 0; i < n; i++)
			sums[i] += sums[part * n + i];
	return sums;
}

static const struct cd_layer *
norm_layer(const struct cd_op *op)
{
	return op->layer[op->kind == &cd_op_conv ? 1 : 0];
}

/* The batch's mean and variance; the running ones move towards them, the
 * variance by its unbiased estimate. */
static void
settle_batch(struct cd_op *op, double count)
{
	const struct cd_layer *l = norm_layer(op);
	const float *gamma = op->param[CD_OP_GAMMA].value;
	float *mean = op->param[CD_OP_MEAN].value;
	float *variance = op->param[CD_OP_VARIANCE].value;
	const double *s = all_sums(op);
	int c = op->norm.c, i;

	for (i = 0; i < c; i++) {
		double off = s[i] / count, v = s[c + i] / count - off * off;
		double m = mean[i] + off;

		/* not fmax, which would hide a NaN */
		v = v < 0 ? 0 : v;
		op->table.mean[i] = (float)m;
		op->table.scale[i] = (float)(gamma[i] / sqrt(v + l->epsilon));
		/* kept for the way back: 1 / (variance + epsilon) */
		op->table.k[i] = (float)(1 / (v + l->epsilon));
		if (count < 2) /* one value varies from nothing */
			continue;
		mean[i] = (float)(l->momentum * mean[i] +
		    (1 - l->momentum) * m);
		v *= count / (count - 1);
		variance[i] = (float)(l->momentum * variance[i] +
		    (1 - l->momentum) * v);
	}
}

static void
settle(struct cd_op *op, const struct cd_run *r, double count)
{
	const float *gamma = op->param[CD_OP_GAMMA].value;
	const float *variance = op->param[CD_OP_VARIANCE].value;
	double epsilon = norm_layer(op)->epsilon;
	int i;

	if (r->training) {
		settle_batch(op, count);
		return;
	}
	for (i = 0; i < op->norm.c; i++) {
		op->table.mean[i] = op->param[CD_OP_MEAN].value[i];
		op->table.scale[i] = (float)(gamma[i] /
		    sqrt((double)variance[i] + epsilon));
	}
}

static void
apply(struct cd_op *op, int first, int n)
{
	cd_norm_best()->forward(&op->norm, n, op->z + first * op->nz,
	    op->table.mean, op->table.scale, op->param[CD_OP_BETA].value,
	    op->add ? op->add + first * op->ny : NULL, op->out + first * op->ny,
	    op->which ? op->which + first * op->ny : NULL);
}

static void
add_back_sums(struct cd_op *op, int part, int first, int n)
{
	cd_norm_best()->backward_sums(&op->norm, n, op->z + first * op->nz,
	    op->table.mean, op->out + first * op->ny,
	    op->which ? op->which + first * op->ny : NULL,
	    op->dout + first * op->ny,
	    op->table.sums + part * 2 * (size_t)op->norm.c);
}

static void
settle_back(struct cd_op *op, double count)
{
	const double *s = all_sums(op);
	int c = op->norm.c, i;

	for (i = 0; i < c; i++) {
		double r = op->table.k[i], scale = op->table.scale[i];

		op->param[CD_OP_BETA].grad[i] = (float)s[i];
		op->param[CD_OP_GAMMA].grad[i] = (float)(s[c + i] * sqrt(r));
		op->table.a[i] = (float)scale;
		op->table.b[i] = (float)(-scale * r * s[c + i] / count);
		op->table.k[i] = (float)(-scale * s[i] / count);
	}
}

void
cd_norm_back(struct cd_op *op, int first, int n, float *dx, bool add_dx)
{
	struct cd_norm norm = op->norm;

	norm.add_dx = add_dx;
	norm.add_dadd = op->add_dadd;
	cd_norm_best()->backward(&norm, n, op->z + first * op->nz,
	    op->table.mean, op->out + first * op->ny,
	    op->which ? op->which + first * op->ny : NULL,
	    op->dout + first * op->ny, op->table.a, op->table.b, op->table.k,
	    dx, op->dadd ? op->dadd + first * op->ny : NULL);
}

/* ---- the passes, by parts of the batch ---- */

/* Values of a channel in the batch. */
static double
count_of(const struct cd_op *op, const struct cd_run *r)
{
	return (double)r->n * op->norm.h * op->norm.w;
}

static void
apply_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	int i = cd_part_begin(j->run->n, part, CD_PARTS);
	int n = cd_part_begin(j->run->n, part + 1, CD_PARTS) - i;

	(void)worker;
	apply(op, i, n);
}

void
cd_norm_pass(struct cd_op *op, const struct cd_run *r)
{
	settle(op, r, count_of(op, r));
	cd_op_run(op, r, CD_PARTS, apply_part);
}

static void
back_sums_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	int i = cd_part_begin(j->run->n, part, CD_PARTS);
	int n = cd_part_begin(j->run->n, part + 1, CD_PARTS) - i;

	(void)worker;
	add_back_sums(op, part, i, n);
}

void
cd_norm_back_begin(struct cd_op *op, const struct cd_run *r)
{
	cd_norm_clear(op);
	cd_op_run(op, r, CD_PARTS, back_sums_part);
	settle_back(op, count_of(op, r));
}

/* ---- on its own ---- */

static void
sums_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	int i = cd_part_begin(j->run->n, part, CD_PARTS);
	int n = cd_part_begin(j->run->n, part + 1, CD_PARTS) - i;

	(void)worker;
	cd_norm_add_sums(j->op, part, n, j->op->in + i * j->op->nx);
}

static void
forward(struct cd_op *op, const struct cd_run *r)
{
	if (r->training) {
		cd_norm_clear(op);
		cd_op_run(op, r, CD_PARTS, sums_part);
	}
	cd_norm_pass(op, r);
}

static void
backward_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	int i = cd_part_begin(j->run->n, part, CD_PARTS);
	int n = cd_part_begin(j->run->n, part + 1, CD_PARTS) - i;

	(void)worker;
	cd_norm_back(op, i, n, op->din + i * op->nx, op->add_din);
}

/* A norm right on the picture has no din, and no sum with it then
 * (plan_make.c): nothing is passed back. */
static void
backward(struct cd_op *op, const struct cd_run *r)
{
	cd_norm_back_begin(op, r);
	if (op->din)
		cd_op_run(op, r, CD_PARTS, backward_part);
}

const struct cd_op_kind cd_op_norm = { "norm", forward, backward };
