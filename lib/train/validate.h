/* Validation, after an epoch. */
#ifndef CD_TRAIN_VALIDATE_H
#define CD_TRAIN_VALIDATE_H

#include "train/feed.h"
#include "train/state.h"

/* Measures loss and accuracy on the samples to validate on, with the moving
 * average if there is one. Fills validated, val_loss and val_accuracy. */
int cd_trainer_validate(struct cd_trainer *, struct cd_epoch *out,
    struct cd_err *) CD_MUST_CHECK;
/* Opens these samples, and matches them with the model. */
int cd_trainer_open_validation(struct cd_trainer *, struct cd_feed *,
    struct cd_err *) CD_MUST_CHECK;

#endif
