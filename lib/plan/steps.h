/* The parts of a plan. Private to lib/plan: make.c makes the steps from the
 * layers, place.c lays them out in memory, plan.c runs them. */
#ifndef CD_PLAN_STEPS_H
#define CD_PLAN_STEPS_H

#include "layer/op.h"
#include "net/model.h"

/* A value that passes between steps: a map or vector, [batch, n], and its
 * gradient. Value 0 is the picture. */
struct cd_value {
	size_t n;      /* floats a picture */
	int maker;     /* the op that makes it; -1: the picture */
	int last;      /* the last op that takes it; -1: none */
	bool wanted;   /* its gradient is needed */
	bool kept;     /* for the backward pass */
	bool deferred; /* not there: its reader computes it (op.h) */
	bool whole;    /* of several ranks each has all pictures */
	float *y, *d;
};

struct cd_plan {
	struct cd_model *model;
	int h, w; /* of a picture */
	int batch, threads;
	bool training;		/* with a backward pass */
	int map;		/* the layer where it ends, cd_plan_new_map; or
			* CD_LAYER_NONE */
	struct cd_layer *layer; /* the net's, at this size */
	int nops, nvalues;
	struct cd_op *op;
	struct cd_value *value; /* the last one is the net's output */
	struct cd_team *team;
	float **scratch;      /* one a worker */
	float *mul, *sub;     /* [C]: input = byte * mul - sub */
	float *p;	      /* [batch,nclasses] */
	float **grad;	      /* one a parameter, or NULL */
	bool prepared;	      /* weights are prepared, for predictions */
	const uint8_t *bytes; /* this run's pictures */
	const struct cd_ranks *ranks; /* or NULL */
	int first;		      /* picture of this rank in this run */
	unsigned char *arena;
	size_t size;
};

/* Fills op and value from layer. */
int cd_plan_make(struct cd_plan *, struct cd_err *) CD_MUST_CHECK;

/* Lays everything out, and allocates the memory. */
int cd_plan_place(struct cd_plan *, struct cd_err *) CD_MUST_CHECK;

/* Points ops at the model's parameters; slot: at this slot of them, unless
 * -1. */
void cd_plan_bind(struct cd_plan *, int slot);

#endif
