/* Predictions gathered by key: those that share a key are averaged. */
#ifndef CD_SCORE_TALLY_H
#define CD_SCORE_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "rec/rec.h"

struct cd_tally;

/* nclasses: of every prediction. NULL with e filled when memory runs out. */
struct cd_tally *cd_tally_new(int nclasses, struct cd_err *e);
void cd_tally_free(struct cd_tally *);

/* Adds a prediction, p: [nclasses]. label: -1 where not known. An error where
 * p are no probabilities, or the key came with another label; the caller adds
 * which record. */
int cd_tally_add(struct cd_tally *, const char *key, const float *p, int label,
    struct cd_err *) CD_MUST_CHECK;

/* As cd_tally_add, from a record of kind CD_PREDICTION. */
int cd_tally_record(struct cd_tally *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

/* Divides the sums: to be called once, when all were added. An error, which
 * names the key, where a key has no label. */
int cd_tally_finish(struct cd_tally *, struct cd_err *) CD_MUST_CHECK;

/* What is there after cd_tally_finish, in the order the keys came: n keys,
 * p: [n, nclasses], label: [n]. The tally's own. */
size_t cd_tally_count(const struct cd_tally *);
const double *cd_tally_p(const struct cd_tally *);
const int32_t *cd_tally_labels(const struct cd_tally *);
const char *cd_tally_key(const struct cd_tally *, size_t i);

#endif
