/* The pictures whose own class a model thinks least likely. */
#ifndef CD_SCORE_WORST_H
#define CD_SCORE_WORST_H

#include <stdint.h>

#include "base/err.h"
#include "rec/rec.h"

struct cd_worst;

/* For the `most` worst pictures of a stream with the head `pictures`, whose
 * classes are matched by name with those of the predictions' stream. Both heads
 * must outlive it. */
int cd_worst_new(struct cd_worst **, const struct cd_head *pictures,
    const struct cd_head *predicted, int most, struct cd_err *) CD_MUST_CHECK;
void cd_worst_free(struct cd_worst *);

/* Adds a prediction; all come before the first picture. Those that share a key
 * are averaged. Other records are ignored. */
int cd_worst_predict(struct cd_worst *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

/* Takes a sample, or the pictures of a batch; other records are ignored, and so
 * are pictures without a prediction. Fails on a malformed record, and on a
 * picture without a label or with one that the predictions do not know. */
int cd_worst_add(struct cd_worst *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

/* Pictures that came, and those held, at most `most`. */
uint64_t cd_worst_came(const struct cd_worst *);
int cd_worst_count(const struct cd_worst *);

/* Picture i, a sample, and its prediction. 0 is the worst, that of the least
 * probability of its label; equal ones are in the order of their keys, then in
 * that in which they came. Valid until the next cd_worst_add. */
const struct cd_rec *cd_worst_picture(const struct cd_worst *, int i);
void cd_worst_prediction(const struct cd_worst *, int i, struct cd_rec *);

#endif
