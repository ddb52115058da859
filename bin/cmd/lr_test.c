#include "cmd/lr_test.h"

#include <math.h>
#include <string.h>

#include "base/stop.h"
#include "cmd/msg.h"
#include "cmd/rates.h"
#include "train/feed.h"
#include "train/trainer.h"

enum {
	STEPS = 300,
	LEAST = 30, /* steps: fewer say nothing */
	FIRST = 10, /* steps before the lowest loss is looked for */
};

static const double keeps = 0.95; /* of the smoothed loss, a step */
static const double far = 4;	  /* times the lowest loss: it diverges */
static const double near = 0.1;	  /* of all that it fell */
static const double hardly = 0.97;

static struct cd_err e;

/* From the lowest to the highest rate: steps of adaptive optimisers have the
 * length of the rate, those of sgd the gradient's times it. */
static double
rate_of(const struct cd_trainer *t, int i, int n)
{
	double low = t->optim.kind == CD_OPTIM_SGD ? 1e-5 : 1e-7;
	double high = t->optim.kind == CD_OPTIM_SGD ? 10 : 1;

	return low * pow(high / low, (double)i / (n - 1));
}

/* How many steps the data have, where that is known and they are fewer. */
static int
steps_of(const struct cd_trainer *t)
{
	double steps = t->epochs * t->steps;

	return steps > 0 && steps < STEPS ? (int)steps : STEPS;
}

static void
next_epoch(struct cd_trainer *t)
{
	t->epoch++;
	t->position = 0;
	t->sum_loss = 0;
	t->sum_correct = 0;
}

/* Takes a step; the loss before it, or NaN where it diverged. */
static double
step(struct cd_trainer *t, const struct cd_feed_batch *b)
{
	double before = t->sum_loss;

	if (cd_trainer_step(t, b, &e) == 0)
		return (t->sum_loss - before) / b->n;
	if (!strstr(e.msg, "training diverged"))
		cd_die("%s: %s", t->path, e.msg);
	return NAN;
}

/* Fills p; returns how many steps were taken. */
static int
run(struct cd_trainer *t, struct cd_prefetch *ahead, struct cd_rate_point *p,
    int n)
{
	struct cd_feed_batch b;
	double sum = 0, weight = 0, lowest = INFINITY;
	int i = 0, got;

	while (i < n && !cd_stopped() &&
	    (got = cd_prefetch_next(ahead, &b, INFINITY, &e)) != 0) {
		if (got < 0)
			cd_die("%s", e.msg);
		if (got != CD_FEED_BATCH) {
			next_epoch(t);
			continue;
		}
		p[i].rate = t->optim.lr = rate_of(t, i, n);
		p[i].loss = step(t, &b);
		if (isnan(p[i].loss))
			break;
		sum = keeps * sum + (1 - keeps) * p[i].loss;
		weight = keeps * weight + 1 - keeps;
		p[i].smooth = sum / weight;
		if (i >= FIRST)
			lowest = fmin(lowest, p[i].smooth);
		if (p[i++].smooth > far * lowest)
			break;
	}
	return i;
}

/* The lowest smoothed loss is often lowest by chance, on a long flat stretch:
 * what matters is where the stretch ends. */
static void
suggest(const struct cd_rate_point *p, int n, int of)
{
	double first = p[FIRST].smooth, limit;
	int i, low = FIRST, high;

	for (i = FIRST; i < n; i++)
		if (p[i].smooth < p[low].smooth)
			low = i;
	limit = p[low].smooth + near * (first - p[low].smooth);
	for (i = high = low; i < n; i++)
		if (p[i].smooth <= limit)
			high = i;
	if (p[low].smooth > hardly * first) {
		cd_warn("in %d of %d steps the loss hardly fell, from %.3f to "
			"%.3f: no rate to suggest",
		    n, of, first, p[low].smooth);
		return;
	}
	cd_warn(
	    "%d of %d steps: the loss falls from %.3f to %.3f, up to a rate "
	    "of %.2g, and rises behind it; try --lr %.1g with a schedule, "
	    "--lr %.1g without",
	    n, of, first, p[low].smooth, p[high].rate, p[high].rate,
	    p[high].rate / 3);
}

void
cd_lr_test(struct cd_trainer *t, struct cd_prefetch *ahead, const char *path)
{
	static struct cd_rate_point p[STEPS];
	int of = steps_of(t), n;

	if (of < LEAST)
		cd_die("--lr-test: the data have %d steps; %d are wanted: give "
		       "cd-shuffle more --epochs",
		    of, LEAST);
	n = run(t, ahead, p, of);
	if (n < LEAST)
		cd_die("--lr-test: only %d steps were taken", n);
	cd_rates_write(path, p, n);
	suggest(p, n, of);
}
