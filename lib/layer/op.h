/* A step of a plan: the forward and backward pass of a layer, or of several
 * that are computed together. */
#ifndef CD_LAYER_OP_H
#define CD_LAYER_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/num.h"
#include "base/ranks.h"
#include "base/team.h"
#include "kern/conv.h"
#include "kern/gemm.h"
#include "kern/norm.h"
#include "kern/pool.h"
#include "layer/layer.h"

enum {
	/* A batch is divided into this many parts, and its gradient summed in
	 * at most as many, a power of two, added in a tree (layer/parts.h):
	 * the same for any number of threads and ranks. */
	CD_PARTS = 16,
	/* depthwise, conv, norm, and a pool or an add */
	CD_OP_LAYERS_MAX = 4,
};

/* The layers that a step can take on (cd_op.takes). */
enum {
	CD_OP_TAKES_NORM = 1,
	CD_OP_TAKES_ADD = 2,
	/* 2x2 max pooling of stride 2 that gives H/2 x W/2, rounded down */
	CD_OP_TAKES_POOL = 4,
	CD_OP_TAKES_POINTWISE = 8, /* a convolution of 1x1 */
};

/* What all ops share in one pass. */
struct cd_run {
	struct cd_team *team;
	cd_gemm_fn *gemm;
	float **scratch; /* one a worker */
	/* that share the pictures of the batch; NULL: alone, or each computes
	 * them all */
	const struct cd_ranks *ranks;
	int n;	       /* pictures */
	int rows;      /* of products with a row a picture: n or, predicting,
			  * the plan's batch, because the order of BLAS's sums
			  * goes by it */
	bool training; /* batch statistics, dropout; else the model's own
			  * statistics, also in a backward pass */
	uint64_t seed, step;
	bool measuring; /* with training: dropout does nothing, and statistics
			 * of norms become those of the batch, its variance not
			 * the unbiased estimate */
};

struct cd_op_param {
	float *value; /* NULL: no such parameter */
	float *grad;  /* in training; NULL for statistics */
	size_t n;
};

/* Numbers of a norm's channels: each [c]. */
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

	/* Its input, second input (or -1) and output: indices into the plan's
	 * values. x = y: in place. */
	int x, other, y;
	/* Of several ranks each computes all pictures, and gathers an input of
	 * which it has but its own. */
	bool whole, gathers, gathers_other;
	size_t nx, ny;	       /* floats a picture */
	size_t nkept;	       /* and what it keeps for its backward pass */
	float *in, *add, *out; /* [batch, ...] */
	float *kept;	       /* [batch,nkept] */
	/* their gradients; NULL: not wanted. dout may be changed */
	float *din, *dadd, *dout;
	bool add_din, add_dadd; /* add to din, dadd instead of setting them */

	/* Used while steps are made from layers. */
	int takes;    /* CD_OP_TAKES_* */
	bool dx;      /* the gradient of x is wanted */
	bool at_once; /* writes the gradients of both inputs in one pass, so
		       * these must be two */
	/* The step ends in ReLU, then in 2x2 max pooling where pool is 2. */
	bool relu;
	int pool;

	/* Used by several kinds. */
	uint8_t *which; /* [batch,ny]: winners of max pooling */
	size_t npw;	/* floats of prepared weights */
	/* memory that the steps use in turn in the backward pass; its floats */
	size_t nshared;
	float *shared;

	struct cd_pool window; /* pool; excite: its map */

	/* conv */
	const struct cd_conv_variant *how;
	const struct cd_conv_rounds *rounds; /* NULL: passes in one round */
	struct cd_conv conv;
	int main; /* its place in layer */
	/* a depthwise convolution before it, at place 0; or depth NULL */
	const struct cd_depth *depth;
	struct cd_conv deep;
	int parts;	      /* of the gradient's sum */
	struct cd_op *before; /* whose sums it makes (summed), or NULL */
	/* It can compute the norm and the ReLU of its input; that is deferred
	 * to it. */
	bool takes_norms, deferred_in;
	size_t ng; /* floats of the prepared weights' gradient */
	float *pw; /* the prepared weights: in the kernel's layout */
	/* predicting: the norm is folded into the weights */
	bool folds;
	float *folded_weight, *folded_bias;

	/* norm, or conv with one */
	bool normed;
	int norm_at; /* the norm's place in layer */
	struct cd_norm norm;
	struct cd_op_norm table;
	/* The sums of its backward pass are made by the step that finishes the
	 * gradient of its output, while that is in the cache. */
	bool summed;
	/* Its scale, shift and ReLU are computed by the convolution that alone
	 * reads the output, as it reads z: there is no output. */
	bool deferred;
	struct cd_conv_input as_input; /* what that takes */
	float *z;   /* [batch,nz]: the norm's input; of a conv, kept */
	float *won; /* [batch,ny]: with pooling, z of the winners, kept */
	size_t nz;  /* floats of a picture before norm and pooling */
};

/* A kind of step. The functions are called in this order; those that may be
 * NULL say so. */
struct cd_op_kind {
	const char *name;
	/* It may overwrite its input, where no other step takes it. */
	bool in_place;
	/* Of several ranks each computes all pictures: what they would have to
	 * exchange is more than that is worth. */
	bool whole;
	/* The backward pass reads the input; the output, also where
	 * cd_op_sees_output does not say so. What none reads is not kept. */
	bool reads_in, reads_out;
	/* Sets what the step can take on (takes, at_once); or NULL. layer[0],
	 * x, other, dx and relu are set; join() of the layers that follow
	 * comes next. */
	void (*begin)(struct cd_op *);
	/* Sets up the kernel, and nkept, when all layers are known; or NULL. */
	void (*finish)(struct cd_op *, bool training);
	/* Takes its memory from the arena, sets npw and nshared; or NULL. */
	void (*place)(struct cd_op *, struct cd_arena *, int batch,
	    bool training);
	/* Floats of scratch memory that a worker needs; NULL: none. */
	size_t (*scratch)(const struct cd_op *, int batch);
	/* Sets what depends on the addresses of in, add, out; or NULL. */
	void (*link)(struct cd_op *, bool training);
	/* It makes the sums of the step before it (cd_op.before), if that is
	 * set. */
	bool sums_before;
	/* Predicting: folds what follows into the weights; or NULL. */
	void (*fold)(struct cd_op *);
	/* Prepares the weights for the kernel, before a forward pass, in
	 * CD_PARTS tasks on any workers; or NULL. */
	void (*prepare)(struct cd_op *, int task);
	/* The passes over a batch. Or over picture i of it alone: any worker
	 * may run it, and no two pictures may write to one place. */
	void (*forward)(struct cd_op *, const struct cd_run *);
	void (*forward_one)(struct cd_op *, const struct cd_run *, int i);
	void (*backward)(struct cd_op *, const struct cd_run *);
	void (*backward_one)(struct cd_op *, const struct cd_run *, int i);
	/* The name of the kernel; NULL: `name`. */
	const char *(*kernel)(const struct cd_op *);
};

/* The argument of a task of cd_op_run. */
struct cd_op_job {
	struct cd_op *op;
	const struct cd_run *run;
};

/* Calls fn(job, task, worker) for n tasks. */
void cd_op_run(struct cd_op *, const struct cd_run *, int n,
    void (*fn)(void *job, int task, int worker));
/* The same for those of this rank: of so many parts of the batch; of its
 * pictures, `each` tasks for each. */
void cd_op_run_parts(struct cd_op *, const struct cd_run *, int parts,
    void (*fn)(void *job, int part, int worker));
void cd_op_run_pictures(struct cd_op *, const struct cd_run *, int each,
    void (*fn)(void *job, int task, int worker));

/* x: [n], of this many bytes a picture: each rank gets the others'
 * pictures. */
void cd_run_gather(const struct cd_run *, void *x, size_t bytes);

/* The passes, over the batch or over each of its pictures. */
void cd_op_forward(struct cd_op *, const struct cd_run *);
void cd_op_backward(struct cd_op *, const struct cd_run *);

/* Copies n floats, or adds them to those at to; does nothing if to is NULL or
 * equals from. */
void cd_op_pass(size_t n, const float *from, float *to, bool add);
/* Copies picture i of the input to the output, as cd_op_pass does. */
void cd_op_pass_on(struct cd_op *, int i);
/* Copies or adds the gradient of picture i's output to that of its input. */
void cd_op_pass_back(struct cd_op *, int i);

/* n floats, rounded up to whole cache lines. */
static inline size_t
cd_op_lines(size_t n)
{
	return cd_round_up(n, 16);
}

/* Does the backward pass see by the output where its last ReLU stopped it? A
 * pool knows its winners, and a norm without add computes it again. */
static inline bool
cd_op_sees_output(const struct cd_op *op)
{
	return op->relu && !op->pool && (!op->normed || op->other >= 0);
}

/* The first of n things in part i of `parts`. */
static inline int
cd_part_begin(int n, int i, int parts)
{
	return (int)((int64_t)n * i / parts);
}

/* The first of n parts, or pictures, of this rank; how many it has. */
static inline int
cd_run_first(const struct cd_run *r, int n)
{
	return r->ranks ? cd_part_begin(n, r->ranks->rank, r->ranks->n) : 0;
}

static inline int
cd_run_count(const struct cd_run *r, int n)
{
	return r->ranks ? cd_part_begin(n, r->ranks->rank + 1, r->ranks->n) -
		cd_run_first(r, n) :
			  n;
}

#endif
