/* What cd-split warns of: outputs that are hardly what was meant. */
#ifndef CD_CMD_SPLIT_WARN_H
#define CD_CMD_SPLIT_WARN_H

#include "cmd/split_opt.h"
#include "rec/head.h"

/* How many samples of each class each output has. */
struct cd_split_counts {
	int nclasses, noutputs;
	uint64_t *of; /* [noutputs][nclasses]; NULL: not counted. free() it */
};

/* Where there are no classes, or beyond reason many, nothing is counted. */
int cd_split_counts_new(struct cd_split_counts *, int nclasses, int noutputs,
    struct cd_err *) CD_MUST_CHECK;

/* Counts a record, whose payload was read, in output i. */
void cd_split_count(struct cd_split_counts *, const struct cd_rec *, int i);

/* Warns of outputs with samples, count[i] of them, but none of a class that
 * another output has. */
void cd_split_warn(const struct cd_split_counts *, const struct cd_head *,
    const struct cd_split_output *, const uint64_t *count);

/* Says how many of the samples no output gets. */
void cd_split_tell_left_out(const struct cd_share_record *, size_t n);

#endif
