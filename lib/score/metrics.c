#include "score/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int
cd_predicted(const double *p, int nclasses)
{
	int i, best = 0;

	for (i = 1; i < nclasses; i++)
		if (p[i] > p[best])
			best = i;
	return best;
}

static double
ratio(size_t a, size_t b)
{
	return b ? (double)a / (double)b : NAN;
}

static void
count(struct cd_metrics *m, const double *p, const int32_t *label)
{
	double sum = 0, q;
	int guess;
	size_t i;

	for (i = 0; i < m->n; i++, p += m->nclasses) {
		guess = cd_predicted(p, m->nclasses);
		m->of[label[i]].support++;
		m->of[guess].predicted++;
		if (guess == label[i])
			m->of[guess].correct++;
		if (m->confusion)
			m->confusion[label[i] * m->nclasses + guess]++;
		m->correct += guess == label[i];
		q = p[label[i]];
		sum -= log(q > CD_LOG_LOSS_EPS ? q : CD_LOG_LOSS_EPS);
	}
	m->log_loss = sum / (double)m->n;
}

void
cd_wilson(size_t correct, size_t all, double *low, double *high)
{
	const double z = 1.959963984540054; /* 97.5 % of the normal */
	double n = (double)all, p = ratio(correct, all);
	double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
	double half = z / (1 + z * z / n) *
	    sqrt(p * (1 - p) / n + z * z / (4 * n * n));

	/* rounding must not leave [0, 1] */
	*low = correct == 0 ? 0 : centre - half;
	*high = correct == all ? 1 : centre + half;
}

struct scored {
	double p;
	int positive;
};

static int
by_score(const void *a, const void *b)
{
	double x = ((const struct scored *)a)->p;
	double y = ((const struct scored *)b)->p;

	return (x > y) - (x < y);
}

/* The area from ranks, doubled so that midranks are integers: exact. */
static double
area(struct scored *s, size_t n)
{
	uint64_t sum = 0, pos = 0, group;
	size_t i, j, k;

	qsort(s, n, sizeof *s, by_score);
	for (i = 0; i < n; i = j) {
		group = 0;
		for (j = i; j < n && s[j].p == s[i].p; j++)
			;
		for (k = i; k < j; k++)
			group += s[k].positive != 0;
		pos += group;
		sum += group * (i + 1 + j); /* first and last rank */
	}
	if (pos == 0 || pos == n)
		return NAN;
	return (double)(sum - pos * (pos + 1)) / 2 /
	    ((double)pos * (double)(n - pos));
}

static int
auc(struct cd_metrics *m, const double *p, const int32_t *label,
    struct cd_err *e)
{
	struct scored *s = cd_calloc(m->n, sizeof *s, e);
	int c = m->nclasses == 2 ? 1 : 0, defined = 0;
	double a, sum = 0;
	size_t i;

	if (!s)
		return -1;
	for (; c < m->nclasses; c++) {
		for (i = 0; i < m->n; i++) {
			s[i].p = p[i * (size_t)m->nclasses + (size_t)c];
			s[i].positive = label[i] == c;
		}
		a = area(s, m->n);
		if (isnan(a))
			continue;
		sum += a;
		defined++;
	}
	free(s);
	m->auc = defined ? sum / defined : NAN;
	return 0;
}

/* The figures of each class, and their means. */
static void
by_class(struct cd_metrics *m)
{
	double recall = 0, f1 = 0;
	int i, recalls = 0, f1s = 0;

	for (i = 0; i < m->nclasses; i++) {
		struct cd_class_metrics *c = &m->of[i];

		c->precision = ratio(c->correct, c->predicted);
		c->recall = ratio(c->correct, c->support);
		c->f1 = ratio(2 * c->correct, c->predicted + c->support);
		recall += c->support ? c->recall : 0;
		recalls += c->support > 0;
		f1 += isnan(c->f1) ? 0 : c->f1;
		f1s += !isnan(c->f1);
	}
	/* n > 0: at least one class has each */
	m->balanced_accuracy = recall / recalls;
	m->macro_f1 = f1 / f1s;
}

int
cd_metrics_of(struct cd_metrics *m, const double *p, const int32_t *label,
    size_t n, int nclasses, struct cd_err *e)
{
	size_t k = (size_t)nclasses;

	memset(m, 0, sizeof *m);
	m->n = n;
	m->nclasses = nclasses;
	m->of = cd_calloc(k, sizeof *m->of, e);
	if (m->of && nclasses <= CD_CONFUSION_MAX)
		m->confusion = cd_calloc(k * k, sizeof *m->confusion, e);
	if (!m->of || (nclasses <= CD_CONFUSION_MAX && !m->confusion) ||
	    auc(m, p, label, e) < 0) {
		cd_metrics_free(m);
		return -1;
	}
	count(m, p, label);
	m->accuracy = ratio(m->correct, n);
	cd_wilson(m->correct, n, &m->accuracy_low, &m->accuracy_high);
	by_class(m);
	return 0;
}

void
cd_metrics_top(struct cd_metrics *m, const double *p, const int32_t *label,
    int top)
{
	size_t i, right = 0;
	int k, before;

	for (i = 0; i < m->n; i++, p += m->nclasses) {
		double q = p[label[i]];

		for (k = 0, before = 0; k < m->nclasses; k++)
			before += p[k] > q || (p[k] == q && k < label[i]);
		right += before < top;
	}
	m->top = top;
	m->top_accuracy = ratio(right, m->n);
}

void
cd_metrics_free(struct cd_metrics *m)
{
	free(m->of);
	free(m->confusion);
	memset(m, 0, sizeof *m);
}

char **
cd_class_names(const struct cd_head *h, int *n, struct cd_err *e)
{
	const size_t shown = 128;
	const char *v;
	char **names, *text;
	size_t len, at = 0;
	int i;

	*n = cd_head_count(h, "class");
	names = cd_calloc((size_t)*n, sizeof *names + shown, e);
	if (!names)
		return NULL;
	text = (char *)(names + *n);
	for (i = 0; (v = cd_head_next(h, "class", &at, &len)); i++)
		names[i] = cd_escape(text + (size_t)i * shown, shown, v, len);
	return names;
}

void
cd_metrics_each(const struct cd_metrics *m, char *const *class_name,
    void (*fn)(void *arg, const char *name, double value), void *arg)
{
	static const char *const names[] = { "precision", "recall", "f1" };
	char name[1024];
	int i, k;

	fn(arg, "accuracy", m->accuracy);
	fn(arg, "accuracy_low", m->accuracy_low);
	fn(arg, "accuracy_high", m->accuracy_high);
	fn(arg, "log_loss", m->log_loss);
	fn(arg, "auc", m->auc);
	fn(arg, "balanced_accuracy", m->balanced_accuracy);
	fn(arg, "macro_f1", m->macro_f1);
	if (m->top > 0) {
		snprintf(name, sizeof name, "top_%d_accuracy", m->top);
		fn(arg, name, m->top_accuracy);
	}
	for (i = 0; i < m->nclasses; i++) {
		const double value[] = { m->of[i].precision, m->of[i].recall,
			m->of[i].f1 };

		for (k = 0; k < 3; k++) {
			snprintf(name, sizeof name, "%s/%s", names[k],
			    class_name[i]);
			fn(arg, name, value[k]);
		}
	}
}
