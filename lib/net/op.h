/* One step of a plan: a layer, or several that are computed together. Private
 * to lib/net. */
#ifndef CD_NET_OP_H
#define CD_NET_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/team.h"
#include "kern/conv.h"
#include "kern/excite.h"
#include "kern/gemm.h"
#include "kern/norm.h"
#include "kern/pool.h"
#include "net/model.h"
#include "net/text.h"

enum {
	/* A batch is worked on in this many parts, and its gradient summed in
	 * at most as many, the same for any number of threads, the parts in
	 * their order. */
	CD_PARTS = 8,
	CD_OP_LAYERS = 3, /* conv, norm, and a pool or an add */
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

/* Places in cd_op.param. */
enum cd_op_param_place {
	CD_OP_WEIGHT,
	CD_OP_BIAS,
	CD_OP_GAMMA,
	CD_OP_BETA,
	CD_OP_MEAN,
	CD_OP_VARIANCE,
	CD_OP_PARAMS,
	/* excite has other ones */
	CD_OP_REDUCE_WEIGHT = 0,
	CD_OP_REDUCE_BIAS,
	CD_OP_EXPAND_WEIGHT,
	CD_OP_EXPAND_BIAS,
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
	const struct cd_layer *layer[CD_OP_LAYERS]; /* at the plan's size */
	int index[CD_OP_LAYERS];		    /* of them in their net */
	int nlayers;

	/* The values that it takes and makes: places in the plan's list.
	 * other: what is added, or -1. x = y: in place. */
	int x, other, y;
	size_t nx, ny;	       /* floats a picture */
	float *in, *add, *out; /* [batch, ...] */
	/* their gradients; NULL: not wanted. dout may be changed */
	float *din, *dadd, *dout;
	bool add_din, add_dadd; /* din, dadd: add to what is there */
	uint8_t *which;		/* [batch,ny], where pooling needs it */

	struct cd_op_param param[CD_OP_PARAMS];
	const struct cd_conv_variant *how;
	struct cd_conv conv;
	struct cd_norm norm;
	struct cd_pool pool;
	bool relu;   /* where no kernel does it */
	bool normed; /* a conv with a norm behind it */
	bool folds;  /* predicting: the norm is worked into the weights */
	struct cd_op_norm table;
	float *z; /* [batch,nz]: what is normalised; of the conv, kept */
	size_t nz;
	int parts;	/* of the gradient's sum */
	size_t npw, ng; /* floats of prepared weights, of their gradient */
	float *pw;	/* the weights as the kernel wants them */
	float *part;	/* [parts, ng + bias] */
	float *folded_weight, *folded_bias; /* where it folds */
	float *hidden; /* excite: [batch, cd_excite_floats] */
};

struct cd_op_kind {
	const char *name;
	void (*forward)(struct cd_op *, const struct cd_run *);
	void (*backward)(struct cd_op *, const struct cd_run *);
};

extern const struct cd_op_kind cd_op_conv, cd_op_norm, cd_op_pool, cd_op_relu,
    cd_op_add, cd_op_excite, cd_op_dropout, cd_op_dense;

/* What a task of a parallel phase gets. */
struct cd_op_job {
	struct cd_op *op;
	const struct cd_run *run;
};

/* Calls fn(job, task, worker) for n tasks. */
void cd_op_run(struct cd_op *, const struct cd_run *, int n,
    void (*fn)(void *job, int task, int worker));

/* Where part i of `parts` of n things begins. */
static inline int
cd_part_begin(int n, int i, int parts)
{
	return (int)((int64_t)n * i / parts);
}

/* Floats of scratch memory that a worker needs for the op; pictures: of a
 * part. */
size_t cd_op_scratch(const struct cd_op *, int pictures);

/* Floats a picture that an excite layer keeps between its parts. */
size_t cd_excite_floats(const struct cd_layer *);

/* Weights as the kernels want them, before a forward pass: CD_PARTS tasks an
 * op, of any worker. Does nothing where there is nothing to do. */
void cd_op_prepare(struct cd_op *, int task);
/* Works the norm into the weights: for plans that only predict. */
void cd_op_fold(struct cd_op *);

/* The norm of an op, on its map op->z. Forward, in training: clear, then sums
 * of n pictures x for a part of the batch, all parts; then the pass, which in
 * training updates the running statistics too. */
void cd_norm_clear(struct cd_op *);
void cd_norm_add_sums(struct cd_op *, int part, int n, const float *x);
void cd_norm_pass(struct cd_op *, const struct cd_run *);
/* Backward: all sums, with the gradients of gamma and beta; then the gradient
 * dx: [n, ...] of n pictures from first on, and dadd. */
void cd_norm_back_begin(struct cd_op *, const struct cd_run *);
void cd_norm_back(struct cd_op *, int first, int n, float *dx, bool add_dx);

#endif
