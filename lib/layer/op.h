/* A step of a plan: the forward and backward pass of a layer, or of several
 * that are computed together. */
#ifndef CD_LAYER_OP_H
#define CD_LAYER_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/team.h"
#include "kern/conv.h"
#include "kern/gemm.h"
#include "kern/norm.h"
#include "kern/pool.h"
#include "layer/layer.h"

enum {
	/* A batch is worked on in this many parts, and its gradient summed in
	 * at most as many, the same for any number of threads, the parts in
	 * their order. */
	CD_PARTS = 8,
	CD_OP_LAYERS_MAX = 3, /* conv, norm, and a pool or an add */
};

/* What layers a step can take on (cd_op.takes). */
enum {
	CD_OP_TAKES_NORM = 1,
	CD_OP_TAKES_ADD = 2,
	/* max pooling, 2x2 side by side, no row or column left out or alone */
	CD_OP_TAKES_POOL = 4,
};

/* What is the same for all ops in one pass. */
struct cd_run {
	struct cd_team *team;
	cd_gemm_fn *gemm;
	float **scratch; /* one a worker */
	int n;		 /* pictures */
	bool training;
	uint64_t seed, step;
};

struct cd_op_param {
	float *value; /* NULL: there is none */
	float *grad;  /* in training; statistics have none */
	size_t n;
};

/* What a norm knows of its channels: each [c]. */
struct cd_op_norm {
	float *mean, *scale; /* of this pass */
	float *a, *b, *k;    /* kern/norm.h, backward */
	double *sums;	     /* [CD_PARTS][2c] */
};

struct cd_op {
	const struct cd_op_kind *kind;
	const struct cd_layer *layer[CD_OP_LAYERS_MAX]; /* at the plan's size */
	int index[CD_OP_LAYERS_MAX];			/* of them in the net */
	int nlayers;
	/* of each layer, in the order of its kind's params() */
	struct cd_op_param param[CD_OP_LAYERS_MAX][CD_LAYER_PARAMS_MAX];

	/* The values that it takes and makes: places in the plan's list.
	 * other: the second input, or -1. x = y: in place. */
	int x, other, y;
	size_t nx, ny;	       /* floats a picture */
	float *in, *add, *out; /* [batch, ...] */
	/* their gradients; NULL: not wanted. dout may be changed */
	float *din, *dadd, *dout;
	bool add_din, add_dadd; /* din, dadd: add to what is there */

	/* While steps are made of layers. */
	int takes;    /* CD_OP_TAKES_* */
	bool dx;      /* the gradient of x is wanted */
	bool at_once; /* the gradients of both inputs are written at once: to
		       * two places */
	/* How it ends: then ReLU, then 2x2 max pooling where pool is 2. */
	bool relu;
	int pool;

	/* What several kinds use. */
	uint8_t *which; /* [batch,ny]: winners of max pooling */
	size_t npw;	/* floats of prepared weights */
	/* floats of memory that steps use in turn on the way back, and it */
	size_t nshared;
	float *shared;

	struct cd_pool window; /* pool; excite: its map */
	float *own; /* what else a kind keeps from forward to backward */

	/* conv */
	const struct cd_conv_variant *how;
	struct cd_conv conv;
	int parts; /* of the gradient's sum */
	size_t ng; /* floats of the prepared weights' gradient */
	float *pw; /* the weights as the kernel wants them */
	/* predicting: the norm is worked into the weights */
	bool folds;
	float *folded_weight, *folded_bias;

	/* norm, or conv with one */
	bool normed;
	int norm_at; /* which of the layers it is */
	struct cd_norm norm;
	struct cd_op_norm table;
	float *z;  /* [batch,nz]: what is normalised; of the conv, kept */
	size_t nz; /* floats of a picture before norm and pooling */
};

/* A kind of step. The functions are called in this order; those that may be
 * NULL say so. */
struct cd_op_kind {
	const char *name;
	/* It may change its input in place, where no other step takes it. */
	bool in_place;
	/* Sets what the step can take on (takes, at_once); or NULL. Before:
	 * layer[0], x, other, dx, relu; after: join() of the layers that
	 * follow. */
	void (*begin)(struct cd_op *);
	/* Sets up the kernel, when all layers are known; or NULL. */
	void (*finish)(struct cd_op *, bool training);
	/* Takes its memory, sets npw and nshared; or NULL. */
	void (*place)(struct cd_op *, struct cd_arena *, int batch,
	    bool training);
	/* Floats of scratch memory that a worker needs; NULL: none. */
	size_t (*scratch)(const struct cd_op *, int batch);
	/* Sets what depends on the addresses of in, add, out; or NULL. */
	void (*link)(struct cd_op *, bool training);
	/* Works what only predicting allows into the weights; or NULL. */
	void (*fold)(struct cd_op *);
	/* Weights as the kernel wants them, before a forward pass: CD_PARTS
	 * tasks, of any worker; or NULL. */
	void (*prepare)(struct cd_op *, int task);
	void (*forward)(struct cd_op *, const struct cd_run *);
	void (*backward)(struct cd_op *, const struct cd_run *);
	/* The kernel's name; NULL: its own. */
	const char *(*kernel)(const struct cd_op *);
};

/* What a task of a parallel phase gets. */
struct cd_op_job {
	struct cd_op *op;
	const struct cd_run *run;
};

/* Calls fn(job, task, worker) for n tasks. */
void cd_op_run(struct cd_op *, const struct cd_run *, int n,
    void (*fn)(void *job, int task, int worker));

/* Copies n floats, or adds them to those at to; does nothing where to is NULL
 * or from. */
void cd_op_pass(size_t n, const float *from, float *to, bool add);

/* Where part i of `parts` of n things begins. */
static inline int
cd_part_begin(int n, int i, int parts)
{
	return (int)((int64_t)n * i / parts);
}

#endif
