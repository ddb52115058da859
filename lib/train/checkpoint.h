/* A training run kept in its model's file, and taken up again. */
#ifndef CD_TRAIN_CHECKPOINT_H
#define CD_TRAIN_CHECKPOINT_H

#include "train/state.h"

/* Loads the model and where it stopped. */
int cd_trainer_load(struct cd_trainer *, struct cd_err *) CD_MUST_CHECK;

/* Writes the model, with how far it came, to path. Parameters that are not
 * finite are an error, and the file stays as it was. */
int cd_trainer_save(struct cd_trainer *, const char *path,
    struct cd_err *) CD_MUST_CHECK;

#endif
