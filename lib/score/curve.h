/* What predictions of one class, against the rest, look like at every
 * threshold: ROC and precision-recall curves; and how far its probabilities can
 * be taken at their word. */
#ifndef CD_SCORE_CURVE_H
#define CD_SCORE_CURVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	CD_RELIABILITY_BINS = 10, /* of equal width, in 0 to 1 */
};

/* The pictures whose p is at least a threshold. */
struct cd_cut {
	size_t tp; /* of the class: true positives */
	size_t fp; /* of others: false positives */
};

struct cd_curve {
	size_t positives, negatives; /* pictures of the class, of others */
	/* A cut for each value of p that occurs, from the largest down, behind
	 * one above them all: so pictures of equal p come at once, and the
	 * curve has a slope there. */
	size_t n;
	struct cd_cut *cut; /* [n]; owned */
	/* The area under the ROC curve, straight from cut to cut: that of
	 * struct cd_metrics. NaN without positives or without negatives. */
	double auc;
	/* The average precision: the sum over the cuts of precision times the
	 * recall gained. NaN without positives. */
	double ap;
};

/* p: [n, nclasses] probabilities; label: [n] in 0 .. nclasses-1; n > 0. On
 * failure nothing is held. */
int cd_curve_of(struct cd_curve *, const double *p, const int32_t *label,
    size_t n, int nclasses, int class, struct cd_err *) CD_MUST_CHECK;
void cd_curve_free(struct cd_curve *);

struct cd_reliability {
	size_t n[CD_RELIABILITY_BINS];	      /* pictures with a p in the bin,
					       * whose upper end is in the next
					       * one, but for 1 */
	size_t positive[CD_RELIABILITY_BINS]; /* of these, of the class */
	double mean[CD_RELIABILITY_BINS];     /* of their p; NaN if none */
	/* The expected calibration error: the mean over the pictures of
	 * |positive / n - mean| of their bin (Naeini, Cooper and Hauskrecht,
	 * AAAI 2015). */
	double ece;
};

/* The same arguments. */
void cd_reliability_of(struct cd_reliability *, const double *p,
    const int32_t *label, size_t n, int nclasses, int class);

#endif
