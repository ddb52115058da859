/* The step of layer/conv.c. */
#ifndef CD_LAYER_CONV_STEP_H
#define CD_LAYER_CONV_STEP_H

#include "layer/op.h"

extern const struct cd_op_kind cd_conv_step;

#endif
