/* Validation, after an epoch. */
#ifndef CD_TRAIN_VALIDATE_H
#define CD_TRAIN_VALIDATE_H

#include "train/feed.h"
#include "train/state.h"

/* Measures loss and accuracy on the samples to validate on, with the moving
 * average if there is one. Fills validated, val_loss and val_accuracy. */
int cd_trainer_validate(struct cd_trainer *, struct cd_epoch *out,
    struct cd_err *) CD_MUST_CHECK;

/* Reads all of a file that will be read after epochs, so that what is wrong
 * with it is found before the first: damage, pictures without labels (unless
 * unlabelled) or of another size, none at all, or that it can be read only
 * once. census: NULL, or it counts what the file holds. */
int cd_trainer_check_file(struct cd_trainer *, const char *path,
    bool unlabelled, struct cd_census *census, struct cd_err *) CD_MUST_CHECK;

/* Opens a file of samples or batches, and matches it with the model. With
 * stages its pictures may have any one size. */
int cd_trainer_open_file(struct cd_trainer *, const char *path,
    struct cd_feed *, struct cd_err *) CD_MUST_CHECK;

/* The pictures of such a batch from at on, as many as the plan takes, at its
 * size; *n: how many. NULL with e filled: out of memory. */
const uint8_t *cd_trainer_piece(struct cd_trainer *,
    const struct cd_feed_batch *, int at, int *n, struct cd_err *e);

#endif
