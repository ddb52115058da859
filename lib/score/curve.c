#include "score/curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct scored {
	double p;
	int positive;
};

static int
from_largest(const void *a, const void *b)
{
	double x = ((const struct scored *)a)->p;
	double y = ((const struct scored *)b)->p;

	return (x < y) - (x > y);
}

/* The areas, from the cuts. The ROC's is doubled, so that the sum is whole. */
static void
measure(struct cd_curve *c)
{
	double p = (double)c->positives, n = (double)c->negatives;
	uint64_t twice = 0;
	size_t i;

	c->ap = c->positives ? 0 : NAN;
	for (i = 1; i < c->n; i++) {
		const struct cd_cut *a = &c->cut[i - 1], *b = &c->cut[i];

		twice += (uint64_t)(b->fp - a->fp) * (a->tp + b->tp);
		if (c->positives)
			c->ap += (double)(b->tp - a->tp) / p * (double)b->tp /
			    (double)(b->tp + b->fp);
	}
	c->auc = c->positives && c->negatives ? (double)twice / 2 / (p * n) :
						NAN;
}

int
cd_curve_of(struct cd_curve *c, const double *p, const int32_t *label, size_t n,
    int nclasses, int class, struct cd_err *e)
{
	struct scored *s = cd_calloc(n, sizeof *s, e);
	struct cd_cut at = { 0, 0 };
	size_t i;

	memset(c, 0, sizeof *c);
	c->cut = cd_calloc(n + 1, sizeof *c->cut, e);
	if (!s || !c->cut) {
		free(s);
		cd_curve_free(c);
		return -1;
	}
	for (i = 0; i < n; i++) {
		s[i].p = p[i * (size_t)nclasses + (size_t) class];
		s[i].positive = label[i] == class;
	}
	qsort(s, n, sizeof *s, from_largest);
	c->cut[c->n++] = at;
	for (i = 0; i < n; i++) {
		at.tp += s[i].positive;
		at.fp += !s[i].positive;
		if (i + 1 == n || s[i + 1].p < s[i].p)
			c->cut[c->n++] = at;
	}
	free(s);
	c->positives = at.tp;
	c->negatives = at.fp;
	measure(c);
	return 0;
}

void
cd_curve_free(struct cd_curve *c)
{
	free(c->cut);
	memset(c, 0, sizeof *c);
}

void
cd_reliability_of(struct cd_reliability *r, const double *p,
    const int32_t *label, size_t n, int nclasses, int class)
{
	size_t i;
	int b;

	memset(r, 0, sizeof *r);
	for (i = 0; i < n; i++) {
		double q = p[i * (size_t)nclasses + (size_t) class];

		b = (int)(q * CD_RELIABILITY_BINS);
		/* rounding may leave a probability just above 1 */
		if (b >= CD_RELIABILITY_BINS)
			b = CD_RELIABILITY_BINS - 1;
		r->n[b]++;
		r->positive[b] += label[i] == class;
		r->mean[b] += q;
	}
	for (b = 0; b < CD_RELIABILITY_BINS; b++) {
		r->ece += fabs((double)r->positive[b] - r->mean[b]) / (double)n;
		r->mean[b] = r->n[b] ? r->mean[b] / (double)r->n[b] : NAN;
	}
}
