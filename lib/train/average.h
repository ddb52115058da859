/* How fast the moving average of the parameters forgets. */
#ifndef CD_TRAIN_AVERAGE_H
#define CD_TRAIN_AVERAGE_H

struct cd_trainer;

/* At most one is not 0; none: no average. */
struct cd_average {
	double decay;  /* of each step */
	double epochs; /* time constant */
	double share;  /* time constant, of the run */
};

/* The decay d of the step that begins now, before its warm-up (struct cd_optim,
 * average); 0: no average.
 *
 *	decay	d = decay
 *	epochs	d = exp(-1 / (epochs x steps of an epoch))
 *	share	d = exp(-p / share), where p is the share of the run that passes
 *		with the step (cd_trainer_passed): 1 / steps of the run, if time
 *		does not count
 *
 * So a weight counts 1/e of what the last one does after so many epochs, or
 * this share of the run. To be called once a step, with a share: p counts from
 * the call before. */
double cd_average_decay(struct cd_trainer *);

#endif
