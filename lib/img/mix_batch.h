/* Mixing the pictures and targets of a batch that is being stacked. */
#ifndef CD_IMG_MIX_BATCH_H
#define CD_IMG_MIX_BATCH_H

#include "base/mem.h"
#include "img/mix.h"
#include "rec/rec.h"
#include "rec/stack.h"

/* A picture of the batch. */
struct cd_mixed {
	const char *key; /* in the stack; set by cd_mix_begin */
	uint32_t view;
	struct cd_mix_draw draw;
};

/* All zero is empty; memory is kept. */
struct cd_mix_batch {
	int nclasses; /* of the stream: the caller's to set */
	uint64_t n, epoch;
	int h, w;		  /* of the pictures */
	struct cd_mixed *picture; /* [n], in pictures */
	struct cd_buf pictures;
	struct cd_buf targets; /* f32 [n,nclasses] */
	struct cd_buf spare;   /* one picture */
};

/* Notes the next sample. An error: no picture, or neither label nor target;
 * the caller adds the record. */
int cd_mix_take(struct cd_mix_batch *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

/* When the stack has the samples that were taken: sets all but the draws. */
void cd_mix_begin(struct cd_mix_batch *, const struct cd_stack *);

/* Sets the draws. A batch of one is not mixed. */
void cd_mix_draws(struct cd_mix_batch *, const struct cd_mix *);

/* The picture that i is mixed with; itself, if with none. */
const struct cd_mixed *cd_mix_partner(const struct cd_mix_batch *, uint64_t i);

/* Makes *rec the batch as drawn, in the stack's memory and in this: with a
 * tensor "target", from the samples' targets or, where they have none, their
 * labels, and without "label". All distances but 0 must be equal. Nothing is
 * taken any more: the next sample begins a batch. */
int cd_mix_apply(struct cd_mix_batch *, struct cd_stack *, struct cd_rec *rec,
    struct cd_err *) CD_MUST_CHECK;

/* Forgets the samples taken. */
void cd_mix_clear(struct cd_mix_batch *);
void cd_mix_free(struct cd_mix_batch *);

#endif
