#include "train/statistics.h"

#include <stdlib.h>

#include "base/mem.h"
#include "train/validate.h"

/* Sums over batches, each [channels of all norms]. Means are summed as what
 * they differ from those of the first batch: no digits cancel. */
struct sums {
	double n; /* pictures */
	double *first, *mean, *square, *variance;
	float *before; /* statistics of all norms, to put back on failure */
};

/* A norm's statistics, in the numbers that the plan works on. */
struct norm {
	size_t n; /* channels */
	float *mean, *variance;
};

static float *
numbers(const struct cd_model *m, const struct cd_param *p)
{
	int slot = cd_model_average(m);

	return slot < 0 ? p->value : p->slot[slot];
}

/* The first norm from parameter *i on, and moves *i behind it; false: there is
 * none. A norm's variance comes behind its mean. */
static bool
next_norm(const struct cd_model *m, int *i, struct norm *out)
{
	for (; *i < m->nparams; ++*i)
		if (m->param[*i].role == CD_PARAM_MEAN)
			break;
	if (*i == m->nparams)
		return false;
	out->n = m->param[*i].n;
	out->mean = numbers(m, &m->param[*i]);
	out->variance = numbers(m, &m->param[*i + 1]);
	*i += 2;
	return true;
}

/* Channels of all norms. */
static size_t
channels(const struct cd_model *m)
{
	struct norm g;
	size_t n = 0;
	int i = 0;

	while (next_norm(m, &i, &g))
		n += g.n;
	return n;
}

/* Adds the batch that the plan has measured. */
static void
add_batch(const struct cd_model *m, struct sums *s, double n)
{
	struct norm g;
	size_t at = 0, k;
	double d;
	int i = 0;

	while (next_norm(m, &i, &g))
		for (k = 0; k < g.n; k++, at++) {
			if (s->n == 0)
				s->first[at] = g.mean[k];
			d = g.mean[k] - s->first[at];
			s->mean[at] += n * d;
			s->square[at] += n * d * d;
			s->variance[at] += n * g.variance[k];
		}
	s->n += n;
}

/* Gives the norms what the sums come to. */
static void
settle(struct cd_model *m, const struct sums *s)
{
	struct norm g;
	size_t at = 0, k;
	double d, v;
	int i = 0;

	while (next_norm(m, &i, &g))
		for (k = 0; k < g.n; k++, at++) {
			d = s->mean[at] / s->n;
			v = (s->variance[at] + s->square[at]) / s->n - d * d;
			g.mean[k] = (float)(s->first[at] + d);
			g.variance[k] = (float)v;
		}
}

/* Exchanges the statistics for those in store. */
static void
exchange(struct cd_model *m, float *store)
{
	struct norm g;
	float *at, was;
	size_t k;
	int i = 0;

	while (next_norm(m, &i, &g))
		for (k = 0; k < 2 * g.n; k++, store++) {
			at = k < g.n ? &g.mean[k] : &g.variance[k - g.n];
			was = *at;
			*at = *store;
			*store = was;
		}
}

static int
measure_batch(struct cd_trainer *t, const struct cd_feed_batch *l,
    struct sums *s, struct cd_err *e)
{
	const uint8_t *x;
	int at, n;

	for (at = 0; at < l->n; at += n) {
		x = cd_trainer_piece(t, l, at, &n, e);
		if (!x)
			return -1;
		if (n == 1)
			continue;
		cd_plan_measure(t->plan, x, n);
		add_batch(&t->model, s, n);
	}
	return 0;
}

static int
measure_all(struct cd_trainer *t, struct cd_feed *f, struct sums *s,
    struct cd_err *e)
{
	int got;

	while ((got = cd_feed_next(f, e)) > 0)
		if (got == CD_FEED_BATCH &&
		    measure_batch(t, &f->batch, s, e) < 0)
			return -1;
	if (got < 0 || s->n > 0)
		return got;
	return cd_fail(e,
	    "%s: no two pictures in a batch to measure statistics on",
	    t->statistics);
}

/* Sums are taken around the mean that the statistics have: it is 0 before the
 * first batch, whatever it was. */
static int
measure(struct cd_trainer *t, struct cd_feed *f, struct sums *s,
    struct cd_err *e)
{
	int rc;

	exchange(&t->model, s->before);
	cd_plan_read_slot(t->plan, cd_model_average(&t->model));
	rc = measure_all(t, f, s, e);
	cd_plan_read_slot(t->plan, -1);
	if (rc < 0)
		exchange(&t->model, s->before);
	else
		settle(&t->model, s);
	return rc;
}

static int
open_file(struct cd_trainer *t, struct cd_feed *f, struct cd_err *e)
{
	if (cd_trainer_open_file(t, t->statistics, f, e) < 0)
		return -1;
	f->unlabelled = true;
	return 0;
}

int
cd_trainer_measure(struct cd_trainer *t, struct cd_err *e)
{
	struct cd_feed f = { .in = NULL };
	struct sums s = { .n = 0 };
	size_t n = channels(&t->model);
	int rc = -1;

	s.first = cd_calloc(4 * n, sizeof *s.first, e);
	s.before = cd_calloc(2 * n, sizeof *s.before, e);
	if (s.first && s.before && open_file(t, &f, e) == 0) {
		s.mean = s.first + n;
		s.square = s.mean + n;
		s.variance = s.square + n;
		rc = measure(t, &f, &s, e);
		cd_feed_close(&f);
	}
	free(s.first);
	free(s.before);
	return rc;
}

int
cd_trainer_check_statistics(struct cd_trainer *t, struct cd_err *e)
{
	if (channels(&t->model) == 0)
		return cd_fail(e, "%s: the net has no norms to measure",
		    t->path);
	return cd_trainer_check_file(t, t->statistics, true, NULL, e);
}
