/* cd-train --lr-test: how the loss goes while the learning rate rises. */
#ifndef CD_CMD_LR_TEST_H
#define CD_CMD_LR_TEST_H

#include "train/prefetch.h"
#include "train/state.h"

/* The learning rate range test (Smith, 2017, "Cyclical learning rates for
 * training neural networks", 3.3): trains for 300 steps, or as many as the data
 * have, at rates that rise by one factor from step to step, until the loss has
 * risen far above its lowest. Writes a table of step, rate, loss and smoothed
 * loss to path, and says what to try on standard error. The trainer has been
 * started; its model changes in memory and is not saved. For mains: trouble
 * ends the program. */
void cd_lr_test(struct cd_trainer *, struct cd_prefetch *, const char *path);

#endif
