/* How much of a training run is done, and what depends on it. */
#ifndef CD_TRAIN_ELAPSED_H
#define CD_TRAIN_ELAPSED_H

#include "train/state.h"

/* The share of the run that is done, 0 to 1: of the budget's time, or of the
 * epochs, (epoch + position / pictures of an epoch) / epochs; 0 where the
 * length of the run is not known. */
double cd_trainer_share(const struct cd_trainer *);

/* The learning rate at that share. */
double cd_trainer_lr(const struct cd_trainer *);

/* Seconds of the budget that are gone, in this process and earlier ones. */
double cd_trainer_elapsed(const struct cd_trainer *);

/* When the budget is used up, as cd_seconds tells; infinity where there is
 * none. */
double cd_trainer_end(const struct cd_trainer *);

/* Is there a budget, and has it been used up? */
bool cd_trainer_spent(const struct cd_trainer *);

/* Does anything go by the share, so that it matters when the run ends? */
bool cd_trainer_scheduled(const struct cd_trainer *);

#endif
