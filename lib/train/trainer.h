/* Training: what a training program does between reading a batch and printing a
 * line. */
#ifndef CD_TRAIN_TRAINER_H
#define CD_TRAIN_TRAINER_H

#include "train/feed.h"
#include "train/state.h"

/* Matches the data with the model, takes the run's length from them, and notes
 * where both come from: the data's "made" lines as "data" lines, and
 * `provenance` as a "made" line, unless they stand there already. */
int cd_trainer_match(struct cd_trainer *, const struct cd_head *data,
    const char *provenance, struct cd_err *) CD_MUST_CHECK;

/* Gives the model the optimiser's state and makes the plan, after those of all
 * other stages, to see that the net takes their sizes. The budget's time
 * begins. */
int cd_trainer_start(struct cd_trainer *, struct cd_err *) CD_MUST_CHECK;

/* Trains on a batch, whose targets are changed by the label smoothing. A loss
 * or, with clipping, a gradient that is not finite is an error that names the
 * step and the layer. The trained parameters stay as they were; the running
 * statistics of norms may be updated, or not finite: cd_trainer_save then
 * refuses the model. */
int cd_trainer_step(struct cd_trainer *, const struct cd_feed_batch *,
    struct cd_err *) CD_MUST_CHECK;

/* Makes the plan the one of the stage at this share of the run. */
int cd_trainer_stage(struct cd_trainer *, double share,
    struct cd_err *) CD_MUST_CHECK;

/* Closes the epoch, which must be the model's and have had pictures: validates,
 * fills *out but for seconds. On failure the epoch stays open. */
int cd_trainer_end_epoch(struct cd_trainer *, uint64_t epoch,
    struct cd_epoch *out, struct cd_err *) CD_MUST_CHECK;

/* Notes an epoch that validated best, and writes the model to `best`. */
int cd_trainer_keep_best(struct cd_trainer *, const struct cd_epoch *,
    struct cd_err *) CD_MUST_CHECK;

/* Was validation not better for this many epochs? (patience 0: never) */
bool cd_trainer_stalled(const struct cd_trainer *, int64_t patience);

void cd_trainer_close(struct cd_trainer *);

#endif
