/* The share of a training run that is done, and what depends on it. */
#ifndef CD_TRAIN_ELAPSED_H
#define CD_TRAIN_ELAPSED_H

#include "train/state.h"

/* A share of the limit, at the beginning, that does not count: else the start
 * would always put time ahead of the epochs. */
#define CD_LIMIT_GRACE 0.1

/* The share of the run that is done, 0 to 1: of the budget, else of the epochs,
 * (epoch + position / pictures of an epoch) / epochs; 0 if the length of the
 * run is not known. With a limit it is the larger of the latter and
 * (elapsed / limit - g) / (1 - g), g = CD_LIMIT_GRACE. */
double cd_trainer_share(const struct cd_trainer *);

/* The share that passes with the step that begins now: 1 / steps of the run or,
 * under a budget and where a limit's time is ahead of the epochs, what passed
 * since the call before, or since cd_trainer_start. */
double cd_trainer_passed(struct cd_trainer *);

/* The learning rate at that share. */
double cd_trainer_lr(const struct cd_trainer *);

/* Epochs that are done, the open one in part; and have all of the run's been
 * trained? */
double cd_trainer_epochs_done(const struct cd_trainer *);
bool cd_trainer_through(const struct cd_trainer *);

/* Seconds of the budget or limit used, in this process and earlier ones. */
double cd_trainer_elapsed(const struct cd_trainer *);

/* The time (cd_seconds) at which the budget or limit is used up; infinity if
 * there is none, or the limit does not matter any more: the run is through. */
double cd_trainer_end(const struct cd_trainer *);

/* Is it used up? */
bool cd_trainer_spent(const struct cd_trainer *);

/* Does the learning rate or the size of pictures depend on the share? */
bool cd_trainer_scheduled(const struct cd_trainer *);

#endif
