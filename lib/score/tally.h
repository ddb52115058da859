/* Averages predictions by key. */
#ifndef CD_SCORE_TALLY_H
#define CD_SCORE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "rec/rec.h"

struct cd_tally;

/* nclasses: of every prediction. NULL, with e filled: out of memory. */
struct cd_tally *cd_tally_new(int nclasses, struct cd_err *e);
void cd_tally_free(struct cd_tally *);

/* Adds a prediction, p: [nclasses]; label: -1 if unknown. Fails if p are not
 * probabilities, or the key came with another label before. Errors do not name
 * the record. */
int cd_tally_add(struct cd_tally *, const char *key, const float *p, int label,
    struct cd_err *) CD_MUST_CHECK;

/* As cd_tally_add, from a record of kind CD_PREDICTION. */
int cd_tally_record(struct cd_tally *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

/* The mean of the predictions added for this key so far, p [nclasses]; false:
 * there are none. Not after cd_tally_finish. */
bool cd_tally_mean(const struct cd_tally *, const char *key, double *p);

/* Divides the sums; call it once, after the last prediction. Fails, naming the
 * key, if one has no label. */
int cd_tally_finish(struct cd_tally *, struct cd_err *) CD_MUST_CHECK;

/* The results of cd_tally_finish, owned by the tally, in the order in which
 * keys came: their number n, p [n, nclasses], labels [n], and key i. */
size_t cd_tally_count(const struct cd_tally *);
const double *cd_tally_p(const struct cd_tally *);
const int32_t *cd_tally_labels(const struct cd_tally *);
const char *cd_tally_key(const struct cd_tally *, size_t i);

#endif
