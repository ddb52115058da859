/* Batch norm as part of other layers' lines and steps. */
#ifndef CD_LAYER_NORM_H
#define CD_LAYER_NORM_H

#include "layer/op.h"

/* A norm with the defaults of formats/net.md. */
struct cd_layer cd_norm_layer(void);

/* Takes "gamma G", if it comes next. */
int cd_norm_gamma(struct cd_words *, struct cd_layer *norm) CD_MUST_CHECK;

/* For steps with a norm: finish and place of struct cd_op_kind. */
void cd_norm_finish(struct cd_op *);
void cd_norm_place(struct cd_op *, struct cd_arena *, int batch, bool training);

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

/* Forward, on the map op->z. In training call cd_norm_clear, then
 * cd_norm_add_sums for all pictures of each part of the batch, n at a time at
 * x. Then call cd_norm_pass, which in training also updates the running
 * statistics. */
void cd_norm_clear(struct cd_op *);
void cd_norm_add_sums(struct cd_op *, int part, int n, const float *x);
/* The same for so many rows of a picture. */
void cd_norm_add_rows(struct cd_op *, int part, int rows, const float *x);
void cd_norm_pass(struct cd_op *, const struct cd_run *);
/* Backward: cd_norm_back_begin computes all sums, unless op->summed, and the
 * gradients of gamma and beta; then cd_norm_back computes dx [n, ...] of n
 * pictures from first on, and their dadd. */
void cd_norm_back_begin(struct cd_op *, const struct cd_run *);
/* The sums, where op->summed: call cd_norm_clear, then this for all pictures of
 * each part, before cd_norm_back_begin. */
void cd_norm_add_back_sums(struct cd_op *, int part, int first, int n);
void cd_norm_back(struct cd_op *, int first, int n, float *dx, bool add_dx);
/* The same for rows from .. to-1 of picture i, dx [to-from, ...]; with a pool,
 * `from` is even, and `to` too unless it is the end. */
void cd_norm_back_rows(struct cd_op *, int i, int from, int to, float *dx);

#endif
