/* Validation, after an epoch. */
#ifndef CD_TRAIN_VALIDATE_H
#define CD_TRAIN_VALIDATE_H

#include "train/feed.h"
#include "train/state.h"

/* Loss and accuracy on the validation's samples, by the moving average where
 * there is one; fills val_loss and val_accuracy. */
int cd_trainer_validate(struct cd_trainer *, struct cd_epoch *out,
    struct cd_err *) CD_MUST_CHECK;
/* Opens them, and matches them with the model. */
int cd_trainer_open_validation(struct cd_trainer *, struct cd_feed *,
    struct cd_err *) CD_MUST_CHECK;

#endif
