/* One step of a plan: a layer, or a layer with those fused into it. Private to
 * lib/net. */
#ifndef CD_NET_OP_H
#define CD_NET_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/team.h"
#include "kern/conv.h"
#include "kern/gemm.h"
#include "kern/pool.h"
#include "net/text.h"

enum {
	/* A batch's gradient is summed in this many parts, the same for any
	 * number of threads, and the parts in their order. */
	CD_PARTS = 8,
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

struct cd_op {
	const struct cd_op_kind *kind;
	const struct cd_layer *layer;
	int index;	/* of the layer in its net */
	size_t nx, ny;	/* floats a picture */
	float *x, *y;	/* [batch,nx], [batch,ny]; y = x: in place */
	float *dx, *dy; /* the same; dx NULL: not wanted. May be
				 * changed in the backward pass */
	uint8_t *which; /* [batch,ny], where pooling needs it */
	struct cd_conv conv;
	const struct cd_conv_variant *how;
	struct cd_pool pool;
	const float *w, *b; /* parameters, or NULL */
	size_t nw, nb;
	float *dw, *db; /* their gradients */
	float *pw;	/* the weights as the kernel wants them */
	size_t npw, ng; /* floats of them, of their gradient */
	float *part;	/* [CD_PARTS, ng + nb] */
};

struct cd_op_kind {
	bool in_place;
	void (*forward)(struct cd_op *, const struct cd_run *);
	void (*backward)(struct cd_op *, const struct cd_run *);
};

extern const struct cd_op_kind cd_op_conv, cd_op_pool, cd_op_relu,
    cd_op_dropout, cd_op_dense;

#endif
