/* How the epochs of a stream follow each other (formats/stream.md,
 * "Members"). */
#ifndef CD_REC_EPOCHS_H
#define CD_REC_EPOCHS_H

#include "rec/rec.h"

/* All zero is the beginning of a stream. */
struct cd_epochs {
	uint64_t least; /* the first that may come now */
};

/* Takes the next record, in all members. An error where its epoch is over
 * already: two streams that both begin with epoch 0 are not one. */
int cd_epochs_take(struct cd_epochs *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

#endif
