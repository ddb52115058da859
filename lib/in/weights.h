/* Parameters of a model from arrays: what lib/out writes, read back. */
#ifndef CD_IN_WEIGHTS_H
#define CD_IN_WEIGHTS_H

#include "base/err.h"
#include "in/array.h"
#include "net/model.h"

/* Gives every parameter the numbers of the array of its name and shape: f4, f2
 * or bf16, all exact as f32, in C or Fortran order. Every array must be a
 * parameter's, every parameter have one, every number be finite. The state of
 * an optimiser, averages and what training had come to are dropped: they are
 * those of other numbers. *slots: how many of state and averages there were.
 * After an error the model may only be freed. */
int cd_weights_take(struct cd_model *, struct cd_arrays *, int *slots,
    struct cd_err *) CD_MUST_CHECK;

#endif
