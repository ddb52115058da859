/* Trains a model on batches, epoch by epoch. */
#ifndef CD_TRAIN_TRAINER_H
#define CD_TRAIN_TRAINER_H

#include "train/feed.h"
#include "train/state.h"

/* How many epochs the data may have, where anything goes by that; else
 * UINT64_MAX. After cd_trainer_match. */
uint64_t cd_trainer_epochs_known(const struct cd_trainer *);

/* Matches the data's header with the model, takes the length of the run from
 * it, and notes provenance in the model: the data's "made" lines as "data"
 * lines, and `provenance` as a "made" line, unless they are its last ones. */
int cd_trainer_match(struct cd_trainer *, const struct cd_head *data,
    const char *provenance, struct cd_err *) CD_MUST_CHECK;

/* Starts the clock of the budget, gives the model the optimiser's state, opens
 * the samples to validate on once, and makes the plan. Plans of all stages are
 * made first, to check that the net can take their sizes; with stages.own there
 * is none before the first step. */
int cd_trainer_start(struct cd_trainer *, struct cd_err *) CD_MUST_CHECK;

/* Trains on a batch; label smoothing changes its targets. A loss or, with
 * clipping, a gradient norm that is not finite is an error that names the step
 * and the layer or parameter. Trained parameters then stay as they were, but
 * the running statistics of norms may be updated or not finite, in which case
 * cd_trainer_save refuses the model. */
int cd_trainer_step(struct cd_trainer *, const struct cd_feed_batch *,
    struct cd_err *) CD_MUST_CHECK;

/* Closes the epoch of the mark, which must be the model's and have had
 * pictures: measures statistics, if it is known to be the last one, validates
 * and fills *out, except seconds and waited. Where the time ends while it
 * validates, it was the last one and all that is done anew. On failure the
 * epoch stays open. */
int cd_trainer_end_epoch(struct cd_trainer *, const struct cd_feed_batch *mark,
    struct cd_epoch *out, struct cd_err *) CD_MUST_CHECK;

/* Notes the epoch if it validated best so far, and writes the model to
 * `best`. */
int cd_trainer_keep_best(struct cd_trainer *, const struct cd_epoch *,
    struct cd_err *) CD_MUST_CHECK;

/* Measures statistics (train/statistics.h) at the end of the run, if they are
 * wanted and were not measured since the last step. mark: the last one, or any
 * without pictures. */
int cd_trainer_finish(struct cd_trainer *, const struct cd_feed_batch *mark,
    struct cd_err *) CD_MUST_CHECK;

/* Has validation not improved for this many epochs? False if patience is 0. */
bool cd_trainer_stalled(const struct cd_trainer *, int64_t patience);

void cd_trainer_close(struct cd_trainer *);

#endif
