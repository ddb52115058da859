#include "train/validate.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "net/match.h"
#include "score/metrics.h"

int
cd_trainer_open_file(struct cd_trainer *t, const char *path, struct cd_feed *f,
    struct cd_err *e)
{
	char *operand = (char *)(uintptr_t)path; /* not changed */
	bool any = cd_stages_any_size(&t->stages);
	int rc = cd_feed_open(f, &t->model, &operand, 1, t->batch,
	    any ? CD_FEED_ONE_SIZE : CD_FEED_NET_SIZE, e);

	if (rc == 0 && cd_model_match(&t->model, cd_feed_head(f), any, e) < 0) {
		rc = cd_fail_at(e, "%s", path);
		cd_feed_close(f);
	}
	return rc;
}

const uint8_t *
cd_trainer_piece(struct cd_trainer *t, const struct cd_feed_batch *l, int at,
    int *n, struct cd_err *e)
{
	size_t image = (size_t)l->h * l->w * t->model.net.in[2];
	const uint8_t *x = l->images + at * image;

	*n = l->n - at < t->batch ? l->n - at : t->batch;
	if (!t->resizer)
		return x;
	return cd_resizer_run(t->resizer, cd_plan_team(t->plan), x, *n, l->h,
	    l->w, t->h, t->w, e);
}

/* Probabilities p [n,nclasses] of the pictures of a batch, which may be larger
 * than those of training. */
static int
predict(struct cd_trainer *t, const struct cd_feed_batch *l, float *p,
    struct cd_err *e)
{
	size_t k = (size_t)t->model.net.nclasses;
	const uint8_t *x;
	int at, n;

	for (at = 0; at < l->n; at += n) {
		x = cd_trainer_piece(t, l, at, &n, e);
		if (!x)
			return -1;
		cd_plan_predict(t->plan, x, n, p + at * k);
	}
	return 0;
}

/* Adds the batch's loss and correct predictions to out. */
static int
add_batch(const struct cd_feed_batch *l, const float *p, size_t k,
    struct cd_epoch *out, struct cd_err *e)
{
	int i;

	for (i = 0; i < l->n; i++) {
		const float *q = p + i * k;
		int label = l->labels[i];

		/* fmax would hide it */
		if (!isfinite(q[label]))
			return cd_fail(e,
			    "a probability is %g: training diverged",
			    (double)q[label]);
		out->val_loss -= log(fmax((double)q[label], CD_LOG_LOSS_EPS));
		out->val_accuracy += cd_largest(q, (int)k) == label;
	}
	return 0;
}

/* Validates on all of the feed; returns its number of pictures, or < 0. */
static int64_t
validate(struct cd_trainer *t, struct cd_feed *f, struct cd_epoch *out,
    struct cd_err *e)
{
	size_t k = (size_t)t->model.net.nclasses;
	struct cd_buf p = { NULL, 0, 0 };
	int64_t n = 0;
	float *q;
	int got;

	while ((got = cd_feed_next(f, e)) > 0) {
		if (got != CD_FEED_BATCH)
			continue;
		got = cd_buf_reserve(&p, (size_t)f->batch.n * k * sizeof *q, e);
		q = (float *)(void *)p.data;
		if (got < 0 || predict(t, &f->batch, q, e) < 0 ||
		    add_batch(&f->batch, q, k, out, e) < 0) {
			got = -1;
			break;
		}
		n += f->batch.n;
	}
	cd_buf_free(&p);
	return got < 0 ? -1 : n;
}

int
cd_trainer_check_file(struct cd_trainer *t, const char *path, bool unlabelled,
    struct cd_census *census, struct cd_err *e)
{
	struct cd_feed f = { .in = NULL };
	int64_t n = 0;
	int got = -1;

	if (cd_trainer_open_file(t, path, &f, e) < 0)
		return -1;
	f.unlabelled = unlabelled;
	f.census = census;
	if (!cd_feed_again(&f))
		cd_fail(e,
		    "%s: is read again and again: a file is wanted, "
		    "not a pipe",
		    path);
	else
		while ((got = cd_feed_next(&f, e)) > 0)
			n += got == CD_FEED_BATCH ? f.batch.n : 0;
	cd_feed_close(&f);
	if (got == 0 && n == 0)
		return cd_fail(e, "%s: no pictures to %s", path,
		    unlabelled ? "measure statistics on" : "validate on");
	return got;
}

int
cd_trainer_validate(struct cd_trainer *t, struct cd_epoch *out,
    struct cd_err *e)
{
	struct cd_feed f = { .in = NULL };
	int64_t n;

	if (cd_trainer_open_file(t, t->validate, &f, e) < 0)
		return -1;
	out->val_loss = out->val_accuracy = 0;
	cd_plan_read_slot(t->plan, cd_model_average(&t->model));
	n = validate(t, &f, out, e);
	cd_plan_read_slot(t->plan, -1);
	cd_feed_close(&f);
	if (n == 0)
		return cd_fail(e, "%s: no pictures to validate on",
		    t->validate);
	if (n < 0)
		return -1;
	out->validated = true;
	out->val_loss /= (double)n;
	out->val_accuracy /= (double)n;
	return 0;
}
