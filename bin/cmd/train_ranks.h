/* What the ranks of a training tell each other besides the sums of a step. */
#ifndef CD_CMD_TRAIN_RANKS_H
#define CD_CMD_TRAIN_RANKS_H

#include <stdbool.h>

#include "base/mem.h"
#include "base/ranks.h"
#include "cmd/train_opt.h"

/* rc, of which < 0 is trouble: if any rank has it, all return -1, with the
 * first one's message. Functions below that can fail do so. */
int cd_train_all(const struct cd_ranks *, int rc,
    struct cd_err *) CD_MUST_CHECK;

/* To be called by all before they end with trouble that one has told of: none
 * ends, and the others with it, before that. */
void cd_train_end(const struct cd_ranks *);

/* Does every rank read data of its own: files, or a standard input that is not
 * /dev/null? If not, rank 0 alone reads. */
bool cd_train_own_input(const struct cd_ranks *, int nfiles);

/* Are all ranks of one build, on processors of one kind, with the same options,
 * the same model at the same place and data of the same header? */
int cd_train_alike(const struct cd_ranks *, const struct cd_train_args *,
    const struct cd_head *data, struct cd_err *) CD_MUST_CHECK;

/* The header of the data, and the size of batches, of rank 0 to the others. */
int cd_train_share_head(const struct cd_ranks *, struct cd_head *, int *size,
    struct cd_err *) CD_MUST_CHECK;

/* The batch of rank 0 to the others, who keep it in memory, [3]. */
int cd_train_share_batch(const struct cd_ranks *, struct cd_feed_batch *,
    int channels, int classes, struct cd_buf *memory,
    struct cd_err *) CD_MUST_CHECK;

/* What a rank found: its event (train/feed.h), and was it told to stop? */
struct cd_train_found {
	int event;
	bool stop;
};

/* All ranks find the same, or it is trouble; any that was told to stop stops
 * all. own: each reads data of its own, and its batch is compared; else the
 * event of rank 0 counts. */
int cd_train_agree(const struct cd_ranks *, struct cd_train_found *,
    const struct cd_feed_batch *, const struct cd_model *, bool own,
    struct cd_err *) CD_MUST_CHECK;

/* Have all come to the same numbers? */
int cd_train_same_model(const struct cd_ranks *, const struct cd_model *,
    struct cd_err *) CD_MUST_CHECK;

#endif
