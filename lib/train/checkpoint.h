/* Saves a training run in its model's file, and resumes it. */
#ifndef CD_TRAIN_CHECKPOINT_H
#define CD_TRAIN_CHECKPOINT_H

#include "train/state.h"

/* Loads the model and its progress. */
int cd_trainer_load(struct cd_trainer *, struct cd_err *) CD_MUST_CHECK;

/* Writes the model and its progress to path. A parameter that is not finite is
 * an error. On an error the file stays as it was. */
int cd_trainer_save(struct cd_trainer *, const char *path,
    struct cd_err *) CD_MUST_CHECK;

#endif
