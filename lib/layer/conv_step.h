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

#endif
