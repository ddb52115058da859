/* The step of layer/conv.c. */
#ifndef CD_LAYER_CONV_STEP_H
#define CD_LAYER_CONV_STEP_H

#include "layer/op.h"

extern const struct cd_op_kind cd_conv_step;

/* Of `left` pictures, how many are worked on at a time, so that their maps stay
 * in the cache. */
int cd_conv_step_chunk(const struct cd_op *, int left);

/* The passes where op->rounds is set (forward: and has product), without what
 * follows in forward and without gathering the gradient, in op->shared, in
 * backward; and the floats of op->shared that they need. */
void cd_conv_rounds_forward(struct cd_op *, const struct cd_run *);
void cd_conv_rounds_backward(struct cd_op *, const struct cd_run *);
size_t cd_conv_rounds_shared(const struct cd_op *, int batch);

/* The weights as the kernel takes them, the norm folded in where it is; the
 * bias, [cout] or NULL. */
const float *cd_conv_step_weights(const struct cd_op *);
const float *cd_conv_step_bias(const struct cd_op *);

/* layer/layer.h: a convolution of 1x1 behind a depthwise one. */
bool cd_conv_step_join(struct cd_op *, const struct cd_layer *, int other);

/* The passes where op->depth is set: forward without what follows; backward of
 * the part's pictures from .. to-1, whose gradients dw (of the weights as
 * prepared), db and deep, of the depthwise convolution, are overwritten; and
 * the floats of scratch memory that they need. */
void cd_conv_strips_forward(struct cd_op *, const struct cd_run *);
void cd_conv_strips_backward(struct cd_op *, int part, int from, int to,
    float *dw, float *db, float *deep, float *scratch);
size_t cd_conv_strips_scratch(const struct cd_op *);

#endif
