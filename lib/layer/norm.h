/* Batch norm as a part of other layers' lines and steps. */
#ifndef CD_LAYER_NORM_H
#define CD_LAYER_NORM_H

#include "layer/op.h"

/* A norm with the defaults of formats/net.md. */
struct cd_layer cd_norm_layer(void);

/* Takes "gamma G", where it is there. */
int cd_norm_gamma(struct cd_words *, struct cd_layer *norm) CD_MUST_CHECK;

/* For the steps that take on a norm: as the functions of cd_op_kind. */
void cd_norm_finish(struct cd_op *);
void cd_norm_place(struct cd_op *, struct cd_arena *, bool training);

/* The norm's parameters in the step. */
enum cd_norm_param {
	CD_NORM_GAMMA,
	CD_NORM_BETA,
	CD_NORM_MEAN,
	CD_NORM_VARIANCE,
};

static inline struct cd_op_param *
cd_norm_param(struct cd_op *op, enum cd_norm_param which)
{
	return &op->param[op->norm_at][which];
}

/* On the map op->z. Forward, in training: clear, then sums of n pictures x for
 * a part of the batch, all parts; then the pass, which in training updates the
 * running statistics too. */
void cd_norm_clear(struct cd_op *);
void cd_norm_add_sums(struct cd_op *, int part, int n, const float *x);
void cd_norm_pass(struct cd_op *, const struct cd_run *);
/* Backward: all sums, with the gradients of gamma and beta; then the gradient
 * dx: [n, ...] of n pictures from first on, and dadd. */
void cd_norm_back_begin(struct cd_op *, const struct cd_run *);
void cd_norm_back(struct cd_op *, int first, int n, float *dx, bool add_dx);

#endif
