/* The share of a training run that is done, and what depends on it. */
#ifndef CD_TRAIN_ELAPSED_H
#define CD_TRAIN_ELAPSED_H

#include "train/state.h"

/* The share of the run that is done, 0 to 1: of the budget, else of the epochs,
 * (epoch + position / pictures of an epoch) / epochs; 0 if the length of the
 * run is not known. */
double cd_trainer_share(const struct cd_trainer *);

/* The learning rate at that share. */
double cd_trainer_lr(const struct cd_trainer *);

/* Seconds of the budget used, in this process and earlier ones. */
double cd_trainer_elapsed(const struct cd_trainer *);

/* The time (cd_seconds) at which the budget is used up; infinity if there is
 * none. */
double cd_trainer_end(const struct cd_trainer *);

/* Is there a budget, and is it used up? */
bool cd_trainer_spent(const struct cd_trainer *);

/* Does the learning rate or the size of pictures depend on the share? */
bool cd_trainer_scheduled(const struct cd_trainer *);

#endif
