/* Optimisers: from gradients to new parameters. kern/elem.h has the
 * formulas. */
#ifndef CD_NET_OPTIM_H
#define CD_NET_OPTIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/model.h"
#include "net/plan.h"

enum cd_optim_kind {
	CD_OPTIM_SGD,
	CD_OPTIM_RMSPROP,
	CD_OPTIM_ADAM,
};

struct cd_optim {
	enum cd_optim_kind kind;
	double lr;
	double momentum;     /* SGD */
	bool nesterov;	     /* SGD */
	double rho;	     /* RMSprop */
	double beta1, beta2; /* Adam */
	double epsilon;	     /* RMSprop, Adam */
};

/* sgd, rmsprop or adam. */
int cd_optim_parse(const char *name, enum cd_optim_kind *,
    struct cd_err *) CD_MUST_CHECK;

/* Gives the model the state that this optimiser keeps: zeroed where it was not
 * trained yet (step 0), else it must have it from that training. */
int cd_optim_prepare(const struct cd_optim *, struct cd_model *, uint64_t step,
    struct cd_err *) CD_MUST_CHECK;

/* One step, t counted from 1, by the plan's gradient and with its threads. */
void cd_optim_step(const struct cd_optim *, struct cd_model *, struct cd_plan *,
    uint64_t t);

#endif
