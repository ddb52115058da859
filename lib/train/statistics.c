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

/* The numbers of a statistic that the plan now works on. */
static float *
numbers(const struct cd_model *m, const struct cd_param *p)
{
	int slot = cd_model_average(m);

	return slot < 0 ? p->value : p->slot[slot];
}

/* Channels of all norms. */
static size_t
channels(const struct cd_model *m)
{
	size_t n = 0;
	int i;

	for (i = 0; i < m->nparams; i++)
		if (m->param[i].role == CD_PARAM_MEAN)
			n += m->param[i].n;
	return n;
}

/* Adds the batch that the plan has measured. A norm's variance comes behind its
 * mean. */
static void
add_batch(const struct cd_model *m, struct sums *s, double n)
{
	const struct cd_param *p = m->param;
	const float *mean, *variance;
	size_t at = 0, k;
	double d;
	int i;

	for (i = 0; i < m->nparams; i++) {
		if (p[i].role != CD_PARAM_MEAN)
			continue;
		mean = numbers(m, &p[i]);
		variance = numbers(m, &p[i + 1]);
		for (k = 0; k < p[i].n; k++, at++) {
			if (s->n == 0)
				s->first[at] = mean[k];
			d = mean[k] - s->first[at];
			s->mean[at] += n * d;
			s->square[at] += n * d * d;
			s->variance[at] += n * variance[k];
		}
	}
	s->n += n;
}

/* Gives the norms what the sums come to. */
static void
settle(struct cd_model *m, const struct sums *s)
{
	struct cd_param *p = m->param;
	float *mean, *variance;
	size_t at = 0, k;
	double d;
	int i;

	for (i = 0; i < m->nparams; i++) {
		if (p[i].role != CD_PARAM_MEAN)
			continue;
		mean = numbers(m, &p[i]);
		variance = numbers(m, &p[i + 1]);
		for (k = 0; k < p[i].n; k++, at++) {
			d = s->mean[at] / s->n;
			mean[k] = (float)(s->first[at] + d);
			variance[k] = (float)((s->variance[at] +
						  s->square[at]) /
				s->n -
			    d * d);
		}
	}
}

/* Exchanges the statistics for those in store. */
static void
exchange(struct cd_model *m, float *store)
{
	float *at, was;
	size_t k;
	int i;

	for (i = 0; i < m->nparams; i++) {
		if (!cd_param_is_statistic(m->param[i].role))
			continue;
		at = numbers(m, &m->param[i]);
		for (k = 0; k < m->param[i].n; k++) {
			was = at[k];
			at[k] = *store;
			*store++ = was;
		}
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
	struct cd_feed f = { .in = NULL };

	if (channels(&t->model) == 0)
		return cd_fail(e, "%s: the net has no norms to measure",
		    t->path);
	if (open_file(t, &f, e) < 0)
		return -1;
	cd_feed_close(&f);
	return 0;
}
