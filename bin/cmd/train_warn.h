/* What cd-train warns of: data that are whole, but hardly what was meant. */
#ifndef CD_CMD_TRAIN_WARN_H
#define CD_CMD_TRAIN_WARN_H

#include "train/state.h"

/* After the data were opened: of a class without a picture to validate on. */
void cd_train_warn_validated(const struct cd_trainer *);

/* Before the first step, of a model that was trained already: of options, or
 * of stages that made the data, that are others than before; more epochs are
 * no other data. */
void cd_train_warn_continued(const struct cd_trainer *,
    const struct cd_head *data);

/* When a whole epoch was counted: of a class that it had no picture of, and of
 * pictures validated on that are trained on. */
void cd_train_warn_trained(struct cd_trainer *, struct cd_census *);

/* Of a training that ended as patience was lost (stalled), or of nothing to
 * train on (idle). */
void cd_train_warn_end(const struct cd_trainer *, bool idle, bool stalled,
    bool spent);

#endif
