/* Optimisers: update parameters by gradients. kern/elem.h has the formulas. */
#ifndef CD_TRAIN_OPTIM_H
#define CD_TRAIN_OPTIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/model.h"
#include "plan/plan.h"

enum cd_optim_kind {
	CD_OPTIM_SGD,
	CD_OPTIM_RMSPROP,
	CD_OPTIM_ADAM,
	CD_OPTIM_ADAMW,
};

struct cd_optim {
	enum cd_optim_kind kind;
	double lr;
	double momentum;     /* SGD */
	bool nesterov;	     /* SGD */
	double rho;	     /* RMSprop */
	double beta1, beta2; /* Adam, AdamW */
	double epsilon;	     /* RMSprop, Adam, AdamW */
	/* D, for weights only, not biases and norms (cd_param_role): the
	 * gradient becomes g + D w; in AdamW it stays g, and w -= lr D w
	 * before the step */
	double weight_decay;
	/* If the norm |g| of all gradients together exceeds this, g becomes
	 * g clip / |g|, before weight decay (Pascanu et al. 2013). 0: no
	 * clipping */
	double clip;
	/* After step t, from 1: a = d a + (1 - d) w with d = min(average,
	 * (1 + t) / (10 + t)), for parameters and statistics alike, in the
	 * slot CD_AVERAGE_SLOT. 0: no average */
	double average;
};

/* "sgd" and so on, indexed by enum cd_optim_kind; NULL ends them. */
extern const char *const cd_optim_names[];

/* Gives the model the state that this optimiser keeps: zeroed at step 0, else
 * the model must have it from its training. An average begins as a copy of the
 * parameters, at any step; if the model has one, o->average must not be 0. */
int cd_optim_prepare(const struct cd_optim *, struct cd_model *, uint64_t step,
    struct cd_err *) CD_MUST_CHECK;

/* Step t, from 1, by the plan's gradient and on its threads. Returns the norm
 * of the gradient if clip is set, else 0. A norm that is not finite leaves
 * everything as it was. */
double cd_optim_step(const struct cd_optim *, struct cd_model *,
    struct cd_plan *, uint64_t t);

/* The first parameter whose gradient is not finite, or NULL. */
const char *cd_optim_not_finite(const struct cd_model *,
    const struct cd_plan *);

#endif
