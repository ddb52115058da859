#include "score/paired.h"

#include <math.h>
#include <stdlib.h>

#include "score/metrics.h"

/* p and mid_p: sums of binomial probabilities, the largest first. */
static void
mcnemar(struct cd_paired *d)
{
	size_t b = d->only[0], c = d->only[1], m = b < c ? b : c, n = b + c, i;
	double at, term, below = 0;

	/* P(X = m), then P(X = i - 1) from P(X = i) */
	at = exp(lgamma((double)n + 1) - lgamma((double)m + 1) -
	    lgamma((double)(n - m) + 1) - (double)n * log(2));
	for (i = m, term = at; i > 0 && term > 0; i--) {
		term *= (double)i / (double)(n - i + 1);
		below += term;
	}
	d->p = fmin(1, 2 * (below + at));
	d->mid_p = b == c ? 1 : fmin(1, 2 * below + at);
}

/* The correlation of the two, continuity corrected (Newcombe, method 10). */
static double
phi(const struct cd_paired *d)
{
	double a = (double)d->both, b = (double)d->only[0];
	double c = (double)d->only[1], e = (double)d->neither;
	double under = (a + b) * (c + e) * (a + c) * (b + e);
	double over = a * e - b * c, half = (a + b + c + e) / 2;

	if (under == 0)
		return 0;
	if (over > 0)
		over = fmax(over - half, 0);
	return over / sqrt(under);
}

/* sqrt(x^2 - 2 r x y + y^2): rounding must not make it a root of less than
 * 0. */
static double
add_squares(double x, double y, double r)
{
	return sqrt(fmax(x * x - 2 * r * x * y + y * y, 0));
}

void
cd_paired_of(struct cd_paired *d, size_t both, size_t only0, size_t only1,
    size_t neither)
{
	size_t n = both + only0 + only1 + neither;
	double low[2], high[2], r, *p = d->accuracy;
	int i;

	d->both = both;
	d->only[0] = only0;
	d->only[1] = only1;
	d->neither = neither;
	for (i = 0; i < 2; i++) {
		p[i] = (double)(both + d->only[i]) / (double)n;
		cd_wilson(both + d->only[i], n, &low[i], &high[i]);
	}
	d->difference = ((double)only0 - (double)only1) / (double)n;
	r = phi(d);
	d->low = d->difference - add_squares(p[0] - low[0], high[1] - p[1], r);
	d->high = d->difference + add_squares(high[0] - p[0], p[1] - low[1], r);
	d->low = fmax(d->low, -1);
	d->high = fmin(d->high, 1);
	mcnemar(d);
}

int
cd_paired_compare(struct cd_paired *d, const struct cd_tally *a,
    const char *a_name, const struct cd_tally *b, const char *b_name,
    int nclasses, struct cd_err *e)
{
	size_t *place = cd_tally_pair(a, a_name, b, b_name, e);
	size_t k = (size_t)nclasses, of[2][2] = { { 0 } }, i;
	const int32_t *label = cd_tally_labels(a);

	if (!place)
		return -1;
	for (i = 0; i < cd_tally_count(a); i++) {
		const double *p = cd_tally_p(a) + i * k;
		const double *q = cd_tally_p(b) + place[i] * k;

		of[cd_predicted(p, nclasses) == label[i]]
		  [cd_predicted(q, nclasses) == label[i]]++;
	}
	free(place);
	cd_paired_of(d, of[1][1], of[1][0], of[0][1], of[0][0]);
	return 0;
}

void
cd_paired_each(const struct cd_paired *d,
    void (*fn)(void *arg, const char *name, double value), void *arg)
{
	fn(arg, "against_accuracy", d->accuracy[1]);
	fn(arg, "difference", d->difference);
	fn(arg, "difference_low", d->low);
	fn(arg, "difference_high", d->high);
}
