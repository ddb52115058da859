/* Metrics against scikit-learn's and SciPy's (tests/vectors/metrics.txt), and
 * predictions gathered by key. */
#include "score/metrics.h"

#include <math.h>
#include <stdlib.h>

#include "score/paired.h"
#include "score/tally.h"
#include "unit/check.h"
#include "unit/vector.h"

/* Equal to 1e-12, or both undefined. */
static void
same(double got, double want)
{
	if (isnan(want))
		CHECK(isnan(got));
	else
		CHECK_NEAR(got, want, 1e-12);
}

static void
compare(FILE *f, const double *p, const int32_t *label, size_t n, int k)
{
	struct cd_err e = { "" };
	struct cd_metrics m;
	size_t sum = 0;
	int i;

	CHECK(cd_metrics_of(&m, p, label, n, k, &e) == 0);
	CHECK(m.n == n && m.nclasses == k);
	same(m.accuracy, vector_number(f));
	same(m.accuracy_low, vector_number(f));
	same(m.accuracy_high, vector_number(f));
	same(m.log_loss, vector_number(f));
	same(m.auc, vector_number(f));
	for (i = 0; i < k; i++) {
		same(m.of[i].precision, vector_number(f));
		same(m.of[i].recall, vector_number(f));
		same(m.of[i].f1, vector_number(f));
	}
	for (i = 0; i < k * k; i++)
		sum += m.confusion[i];
	CHECK(sum == n);
	for (i = 0; i < k; i++)
		CHECK(m.confusion[i * k + i] == m.of[i].correct);
	cd_metrics_free(&m);
}

static void
vectors(void)
{
	FILE *f = vector_open("metrics.txt");
	int cases = 0, n, k, i;
	int32_t *label;
	double *p;

	for (; fscanf(f, "%d %d", &k, &n) == 2; cases++) {
		label = calloc((size_t)n, sizeof *label);
		p = calloc((size_t)n * (size_t)k, sizeof *p);
		if (!label || !p)
			exit(1);
		for (i = 0; i < n * k; i++) {
			if (i % k == 0)
				label[i / k] = (int32_t)vector_number(f);
			p[i] = vector_number(f);
		}
		compare(f, p, label, (size_t)n, k);
		free(label);
		free(p);
	}
	CHECK(cases == 11);
	fclose(f);
}

/* Too many classes for a table of them. */
static void
many_classes(void)
{
	static double p[2][CD_CONFUSION_MAX + 1];
	const int32_t label[2] = { 3, CD_CONFUSION_MAX };
	struct cd_err e = { "" };
	struct cd_metrics m;

	p[0][3] = p[1][5] = 1;
	CHECK(cd_metrics_of(&m, p[0], label, 2, CD_CONFUSION_MAX + 1, &e) == 0);
	CHECK(m.confusion == NULL && m.correct == 1);
	CHECK_NEAR(m.accuracy, 0.5, 0);
	cd_metrics_free(&m);
}

static int
add(struct cd_tally *t, struct cd_err *e, const char *key, float p, int label)
{
	const float both[2] = { 1 - p, p };

	e->msg[0] = '\0';
	return cd_tally_add(t, key, both, label, e);
}

static void
averages(void)
{
	struct cd_err e = { "" };
	struct cd_tally *t = cd_tally_new(2, false, &e);
	const double *p;

	CHECK(t != NULL);
	CHECK(add(t, &e, "b", 0.25f, 1) == 0);
	CHECK(add(t, &e, "a", 0.5f, -1) == 0);
	CHECK(add(t, &e, "b", 0.75f, 1) == 0);
	CHECK(add(t, &e, "a", 0.125f, 0) == 0);
	CHECK(add(t, &e, "b", 1, -1) == 0);
	CHECK(add(t, &e, "a", 0, 1) < 0);
	CHECK_TEXT(e.msg, "label 1, but the key came with label 0 before");
	CHECK(add(t, &e, "c", 1.5f, 1) < 0);
	CHECK_TEXT(e.msg, "probability 0 is -0.5, not in 0 to 1");
	CHECK(add(t, &e, "c", NAN, 1) < 0);
	CHECK(cd_tally_count(t) == 2);

	e.msg[0] = '\0';
	CHECK(cd_tally_labelled(t, &e) == 0);
	cd_tally_finish(t);
	CHECK_TEXT(cd_tally_key(t, 0), "b");
	CHECK_TEXT(cd_tally_key(t, 1), "a");
	p = cd_tally_p(t);
	CHECK_NEAR(p[1], 2.0 / 3, 1e-15);
	CHECK_NEAR(p[2], 0.6875, 0);
	CHECK_NEAR(p[3], 0.3125, 0);
	CHECK(cd_tally_labels(t)[0] == 1 && cd_tally_labels(t)[1] == 0);
	cd_tally_free(t);
}

/* More keys than the table begins with, each twice. */
static void
many_keys(void)
{
	struct cd_err e = { "" };
	struct cd_tally *t = cd_tally_new(2, false, &e);
	char key[16];
	int i, bad = 0;

	for (i = 0; i < 6000; i++) {
		snprintf(key, sizeof key, "%d.jpg", i % 3000);
		bad += add(t, &e, key, (float)(i % 3000) / 4096, i % 2) < 0;
	}
	CHECK(bad == 0 && cd_tally_count(t) == 3000);
	CHECK(cd_tally_labelled(t, &e) == 0);
	cd_tally_finish(t);
	CHECK_TEXT(cd_tally_key(t, 2999), "2999.jpg");
	for (i = 0; i < 3000; i++)
		bad += cd_tally_p(t)[2 * i + 1] != i / 4096.0 ||
		    cd_tally_labels(t)[i] != i % 2;
	CHECK(bad == 0);
	cd_tally_free(t);
}

static void
unlabelled(void)
{
	struct cd_err e = { "" };
	struct cd_tally *t = cd_tally_new(2, false, &e);

	CHECK(add(t, &e, "a\n", 0.5f, -1) == 0);
	CHECK(cd_tally_labelled(t, &e) < 0);
	CHECK_TEXT(e.msg,
	    "a\\x0a: no label: nothing to compare the "
	    "prediction with");
	cd_tally_free(t);
}

/* p by Python's fractions, the intervals by another program. */
static void
paired(void)
{
	static const struct {
		size_t of[4];
		double low, high, p, mid;
	} want[] = {
		{ { 1, 1, 7, 12 }, -0.506920226686141, -0.025559124164859837,
		    0.0703125, 0.0390625 },
		{ { 36, 12, 2, 0 }, 0.05692958400323883, 0.34042760297494074,
		    0.012939453125, 0.00738525390625 },
		{ { 100, 400, 460, 100 }, NAN, NAN, 0.04416954819458901,
		    0.040812975927851734 },
		{ { 5, 0, 0, 2 }, NAN, NAN, 1, 1 },
		{ { 5, 3, 3, 2 }, NAN, NAN, 1, 1 },
		/* 2^-1101 and less: 0 */
		{ { 0, 1, 1100, 0 }, NAN, NAN, 0, 0 },
	};
	struct cd_paired d;
	size_t i;

	for (i = 0; i < sizeof want / sizeof want[0]; i++) {
		const size_t *n = want[i].of;

		cd_paired_of(&d, n[0], n[1], n[2], n[3]);
		CHECK_NEAR(d.p, want[i].p, 1e-12);
		CHECK_NEAR(d.mid_p, want[i].mid, 1e-12);
		CHECK(d.low <= d.difference && d.difference <= d.high);
		if (isnan(want[i].low))
			continue;
		CHECK_NEAR(d.low, want[i].low, 1e-12);
		CHECK_NEAR(d.high, want[i].high, 1e-12);
	}
}

int
main(void)
{
	paired();
	vectors();
	many_classes();
	averages();
	many_keys();
	unlabelled();
	return CHECK_DONE();
}
