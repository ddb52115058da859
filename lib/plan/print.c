/* A plan as text. */
#include <stdio.h>
#include <string.h>

#include "plan/plan.h"
#include "plan/steps.h"
#include "layer/shape.h"

enum {
	NAMES = 56, /* bytes of a step's layers */
};

/* "conv1 + conv1-norm + pool1", cut with "..." if too long. */
static void
names(const struct cd_op *op, char buf[NAMES])
{
	size_t used = 0;
	int i;

	for (i = 0; i < op->nlayers && used < NAMES; i++)
		used += (size_t)snprintf(buf + used, NAMES - used, "%s%s",
		    i ? " + " : "", op->layer[i]->name);
	if (used >= NAMES)
		memcpy(buf + NAMES - 4, "...", 4);
}

/* The name of its kernel. */
static const char *
kernel(const struct cd_op *op)
{
	return op->kind->kernel ? op->kind->kernel(op) : op->kind->name;
}

static double
flops(const struct cd_op *op)
{
	double sum = 0;
	int i;

	for (i = 0; i < op->nlayers; i++)
		sum += cd_layer_flops(op->layer[i]);
	return sum;
}

/* Bytes that the step keeps for the backward pass, for each picture. */
static double
map_bytes(const struct cd_plan *p, const struct cd_op *op)
{
	bool own = op->x != op->y && p->value[op->y].kept;
	double n = 4.0 * (double)(op->nkept + (own ? op->ny : 0));

	if (op->which)
		n += (double)op->ny;
	if (op->won)
		n += 4.0 * (double)op->ny;
	return n;
}

/* Floats that a norm moves, besides its z's being written: forward, back. */
static double
norm_moves(const struct cd_op *op)
{
	bool reads_y = cd_op_sees_output(op);
	double nz = (double)op->nz, ny = (double)op->ny, n = 0;

	if (!op->deferred)
		n += nz + (op->other >= 0 || op->won ? 2 : 1) * ny;
	if (!op->dout)
		return n;
	/* the sums, then the gradient */
	n += (op->won ? ny : nz) + nz + (reads_y ? 2 * ny : 0);
	n += op->summed ? ny : 2 * ny;
	return n + (op->dadd ? (op->add_dadd ? 2 : 1) * ny : 0);
}

/* Bytes of maps and their gradients that the step reads and writes for a
 * picture, forward and back; not what stays in the cache within a step. */
static double
moved_bytes(const struct cd_op *op)
{
	double nx = (double)op->nx, ny = (double)op->ny;
	bool norm = strcmp(op->kind->name, "norm") == 0;
	double n = nx; /* read, forward */

	/* written: of a convolution with a norm, z */
	n += norm ? 0 : op->normed ? (double)op->nz : ny;
	if (op->normed)
		n += norm_moves(op);
	else if (op->other >= 0)
		n += ny;
	if (op->dout && !op->normed)
		n += (op->kind->reads_out || cd_op_sees_output(op) ? 2 : 1) *
		    ny;
	if (op->dout && op->kind->reads_in && !norm)
		n += nx;
	if (op->din)
		n += (op->add_din ? 2 : 1) * nx;
	return 4 * n;
}

/* Bytes of parameters, their prepared form and their gradients. */
static double
weight_bytes(const struct cd_op *op)
{
	double n = (double)op->npw;
	int l, t;

	for (l = 0; l < op->nlayers; l++)
		for (t = 0; t < CD_LAYER_PARAMS_MAX; t++)
			n += (double)op->param[l][t].n *
			    (op->param[l][t].grad ? 2 : 1);
	return 4 * n;
}

void
cd_plan_print(const struct cd_plan *p, FILE *f)
{
	double total = 0, maps = 0, moves = 0, weights = 0, mib = 1 << 20;
	char text[NAMES], shape[CD_SHAPE_TEXT];
	int k;

	fprintf(f, "%-*s %-14s %13s %10s %10s %10s %10s\n", NAMES - 1, "step",
	    "kernel", "output", "MFLOP", "kept MiB", "moved MiB",
	    "weights MiB");
	for (k = 0; k < p->nops; k++) {
		const struct cd_op *op = &p->op[k];
		double m = map_bytes(p, op) * p->batch / mib;
		double moved = moved_bytes(op) * p->batch / mib;
		double w = weight_bytes(op) / mib;

		names(op, text);
		fprintf(f, "%-*s %-14s %13s %10.3f %10.2f %10.2f %10.2f\n",
		    NAMES - 1, text, kernel(op),
		    cd_shape_text(op->layer[op->nlayers - 1]->out, shape),
		    flops(op) / 1e6, m, moved, w);
		total += flops(op);
		maps += m;
		moves += moved;
		weights += w;
	}
	fprintf(f, "%-*s %-14s %13s %10.3f %10.2f %10.2f %10.2f\n", NAMES - 1,
	    "total", "", "", total / 1e6, maps, moves, weights);
	fprintf(f,
	    "%s batches of %d on %d threads: %.1f MiB in all, with gradients "
	    "and scratch memory\n",
	    p->training ? "training" : "predicting", p->batch, p->threads,
	    (double)p->size / mib);
}
