/* Averages predictions by key: of probabilities, or of their logarithms. */
#ifndef CD_SCORE_TALLY_H
#define CD_SCORE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "rec/rec.h"

struct cd_tally;

/* Logarithms are of probabilities no smaller than this. */
#define CD_TALLY_EPS 1e-15

/* nclasses: of every prediction. logs: gather ln p, for geometric means. NULL,
 * with e filled: out of memory. */
struct cd_tally *cd_tally_new(int nclasses, bool logs, struct cd_err *e);
void cd_tally_free(struct cd_tally *);

/* Adds a prediction, p: [nclasses]; label: -1 if unknown. Fails if p are not
 * probabilities, or the key came with another label before. Errors do not name
 * the record. */
int cd_tally_add(struct cd_tally *, const char *key, const float *p, int label,
    struct cd_err *) CD_MUST_CHECK;

/* As cd_tally_add, from a record of kind CD_PREDICTION. class [nclasses]: the
 * tally's number of each class of the record; NULL: the same. */
int cd_tally_record(struct cd_tally *, const struct cd_rec *, const int *class,
    struct cd_err *) CD_MUST_CHECK;

/* The mean of the predictions added for this key so far, p [nclasses]; false:
 * there are none. Not after cd_tally_finish. */
bool cd_tally_mean(const struct cd_tally *, const char *key, double *p);

/* Divides the sums; call it once, after the last prediction. */
void cd_tally_finish(struct cd_tally *);

/* Fails, naming the key, if one has no label. */
int cd_tally_labelled(const struct cd_tally *, struct cd_err *) CD_MUST_CHECK;

/* Of two finished tallies: the place in b of each key of a, [its count]; free()
 * it. NULL, with e filled: a key is in one alone, or its labels differ; the
 * message calls the tallies by these names. */
size_t *cd_tally_pair(const struct cd_tally *a, const char *a_name,
    const struct cd_tally *b, const char *b_name, struct cd_err *e);

/* Makes means m of a, which gave place, and n of b into keep m + add n. a takes
 * labels from b where it has none. */
void cd_tally_merge(struct cd_tally *a, double keep, const struct cd_tally *b,
    const size_t *place, double add);

/* Makes the means probabilities: from mean logarithms m, e^m, and from either
 * p^(1/temperature), divided by their sum. Means of probabilities at a
 * temperature of 1 stay as they are. */
void cd_tally_probabilities(struct cd_tally *, double temperature);

/* The results of cd_tally_finish, owned by the tally, in the order in which
 * keys came: their number n, means [n, nclasses], labels [n] (-1: none), and
 * key i. */
size_t cd_tally_count(const struct cd_tally *);
const double *cd_tally_p(const struct cd_tally *);
const int32_t *cd_tally_labels(const struct cd_tally *);
const char *cd_tally_key(const struct cd_tally *, size_t i);

/* Is the key there, and where? */
bool cd_tally_find(const struct cd_tally *, const char *key, size_t *i);

#endif
