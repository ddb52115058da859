/* Two models compared on the same pictures. */
#ifndef CD_SCORE_PAIRED_H
#define CD_SCORE_PAIRED_H

#include <stddef.h>

#include "base/err.h"
#include "score/tally.h"

struct cd_paired {
	/* pictures that both predict right, one alone, none */
	size_t both, only[2], neither;
	double accuracy[2];
	double difference; /* accuracy[0] - accuracy[1] */
	/* its 95 % interval: square-and-add of Wilson's intervals, with a
	 * correction for correlation (Newcombe, Statistics in Medicine 17,
	 * 1998, 2635-2650, method 10) */
	double low, high;
	/* McNemar's test that both are right equally often: of the n pictures
	 * that one alone predicts right, the number X of one model is binomial
	 * with 1/2. m: the lesser of the two counts. */
	double p;     /* exact, two-sided: 2 P(X <= m), at most 1 */
	double mid_p; /* 2 P(X < m) + P(X = m) */
};

/* From the four counts, not all 0. */
void cd_paired_of(struct cd_paired *, size_t both, size_t only0, size_t only1,
    size_t neither);

/* Compares finished tallies with the same keys; the labels are a's. Errors: as
 * cd_tally_pair's. */
int cd_paired_compare(struct cd_paired *, const struct cd_tally *a,
    const char *a_name, const struct cd_tally *b, const char *b_name,
    int nclasses, struct cd_err *) CD_MUST_CHECK;

/* Calls fn for what may be required, by its name in --tsv and --require:
 * against_accuracy, difference, difference_low, difference_high. */
void cd_paired_each(const struct cd_paired *,
    void (*fn)(void *arg, const char *name, double value), void *arg);

#endif
