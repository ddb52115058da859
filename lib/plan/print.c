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
	return n;
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
	double total = 0, maps = 0, weights = 0, mib = 1 << 20;
	char text[NAMES], shape[CD_SHAPE_TEXT];
	int k;

	fprintf(f, "%-*s %-14s %13s %10s %10s %10s\n", NAMES - 1, "step",
	    "kernel", "output", "MFLOP", "kept MiB", "weights MiB");
	for (k = 0; k < p->nops; k++) {
		const struct cd_op *op = &p->op[k];
		double m = map_bytes(p, op) * p->batch / mib;
		double w = weight_bytes(op) / mib;

		names(op, text);
		fprintf(f, "%-*s %-14s %13s %10.3f %10.2f %10.2f\n", NAMES - 1,
		    text, kernel(op),
		    cd_shape_text(op->layer[op->nlayers - 1]->out, shape),
		    flops(op) / 1e6, m, w);
		total += flops(op);
		maps += m;
		weights += w;
	}
	fprintf(f, "%-*s %-14s %13s %10.3f %10.2f %10.2f\n", NAMES - 1, "total",
	    "", "", total / 1e6, maps, weights);
	fprintf(f,
	    "%s batches of %d on %d threads: %.1f MiB in all, with gradients "
	    "and scratch memory\n",
	    p->training ? "training" : "predicting", p->batch, p->threads,
	    (double)p->size / mib);
}
