/* ROC, precision-recall and reliability: by hand, and against counting. */
#include "score/curve.h"

#include <math.h>

#include "score/metrics.h"
#include "unit/check.h"

/* scikit-learn's example of roc_curve, with a tie in front. */
static void
by_hand(void)
{
	/* p of class 1: .9 + .9 - .6 + .4 - .4 + .1 - */
	const double p[] = { .1, .9, .1, .9, .4, .6, .6, .4, .6, .4, .9, .1 };
	const int32_t label[] = { 1, 0, 1, 0, 1, 0 };
	const size_t tp[] = { 0, 1, 2, 3, 3 }, fp[] = { 0, 1, 1, 2, 3 };
	struct cd_curve c;
	struct cd_err e = { "" };
	size_t i;

	CHECK(cd_curve_of(&c, p, label, 6, 2, 1, &e) == 0);
	CHECK(c.positives == 3 && c.negatives == 3 && c.n == 5);
	for (i = 0; i < 5 && i < c.n; i++)
		CHECK(c.cut[i].tp == tp[i] && c.cut[i].fp == fp[i]);
	/* of 9 pairs 5 are right, 2 tied: (5 + 1) / 9 */
	CHECK_NEAR(c.auc, 6 / 9.0, 1e-15);
	/* 1/3 1/2 + 1/3 2/3 + 1/3 3/5 */
	CHECK_NEAR(c.ap, (1 / 2.0 + 2 / 3.0 + 3 / 5.0) / 3, 1e-15);
	cd_curve_free(&c);
}

/* All pictures of one class: no area. */
static void
undefined(void)
{
	const double p[] = { .5, .5, .2, .8 };
	const int32_t label[] = { 1, 1 };
	struct cd_curve c;
	struct cd_err e = { "" };

	CHECK(cd_curve_of(&c, p, label, 2, 2, 1, &e) == 0);
	CHECK(isnan(c.auc) && c.ap == 1);
	cd_curve_free(&c);
	CHECK(cd_curve_of(&c, p, label, 2, 2, 0, &e) == 0);
	CHECK(isnan(c.auc) && isnan(c.ap));
	cd_curve_free(&c);
}

enum {
	N = 500,
	K = 3,
};

/* Predictions with many ties, the same each time. */
static void
many(double *p, int32_t *label)
{
	unsigned state = 1;
	int i, k;

	for (i = 0; i < N; i++) {
		double sum = 0;

		for (k = 0; k < K; k++) {
			state = state * 1103515245u + 12345u;
			p[i * K + k] = 1 + (state >> 16) % 4;
			sum += p[i * K + k];
		}
		for (k = 0; k < K; k++)
			p[i * K + k] /= sum;
		state = state * 1103515245u + 12345u;
		label[i] = (int32_t)((state >> 16) % K);
	}
}

/* A cut for each threshold that occurs, and the mean area that metrics say. */
static void
against_counting(void)
{
	static double p[N * K];
	static int32_t label[N];
	struct cd_curve c;
	struct cd_metrics m;
	struct cd_err e = { "" };
	double sum = 0;
	size_t at;
	int class, i, j;

	many(p, label);
	CHECK(cd_metrics_of(&m, p, label, N, K, &e) == 0);
	for (class = 0; class < K; class ++) {
		CHECK(cd_curve_of(&c, p, label, N, K, class, &e) == 0);
		CHECK(c.n > 3 && c.n < N);
		sum += c.auc;
		for (i = 0; i < N; i++) {
			size_t tp = 0, fp = 0;

			for (j = 0; j < N; j++) {
				if (p[j * K + class] < p[i * K + class])
					continue;
				tp += label[j] == class;
				fp += label[j] != class;
			}
			for (at = 0; at < c.n; at++)
				if (c.cut[at].tp == tp && c.cut[at].fp == fp)
					break;
			CHECK(at < c.n);
		}
		cd_curve_free(&c);
	}
	CHECK_NEAR(sum / K, m.auc, 1e-12);
	cd_metrics_free(&m);
}

static void
reliability(void)
{
	/* of class 1: .05 -, .1 -, .15 +, .95 +, 1 - */
	const double p[] = { .95, .05, .9, .1, .85, .15, .05, .95, 0, 1 };
	const int32_t label[] = { 0, 0, 1, 1, 0 };
	struct cd_reliability r;

	cd_reliability_of(&r, p, label, 5, 2, 1);
	CHECK(r.n[0] == 1 && r.n[1] == 2 && r.n[9] == 2 && r.n[5] == 0);
	CHECK(r.positive[0] == 0 && r.positive[1] == 1 && r.positive[9] == 1);
	CHECK_NEAR(r.mean[1], .125, 1e-15);
	CHECK_NEAR(r.mean[9], .975, 1e-15);
	CHECK(isnan(r.mean[5]));
	/* (1 .05 + 2 (.5 - .125) + 2 (.975 - .5)) / 5 */
	CHECK_NEAR(r.ece, (.05 + .75 + .95) / 5, 1e-15);
}

int
main(void)
{
	by_hand();
	undefined();
	against_counting();
	reliability();
	return CHECK_DONE();
}
