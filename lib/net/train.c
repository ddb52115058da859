#include "net/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/metrics.h"

/* A head line as a number of any kind; `otherwise` where there is none. */
static double
head_real(const struct cd_head *h, const char *name, double otherwise)
{
	char text[64];
	size_t len;
	const char *v = cd_head_nth(h, name, 0, &len);

	if (!v || len >= sizeof text)
		return otherwise;
	memcpy(text, v, len);
	text[len] = '\0';
	return strtod(text, NULL);
}

static uint64_t
head_count(const struct cd_head *h, const char *name)
{
	int64_t n = cd_head_number(h, name);

	return n < 0 ? 0 : (uint64_t)n;
}

static void
read_progress(struct cd_trainer *t)
{
	const struct cd_head *h = &t->model.head;

	t->epoch = head_count(h, "epoch");
	t->step = head_count(h, "step");
	t->position = head_count(h, "position");
	t->sum_loss = head_real(h, "sum-loss", 0);
	t->sum_correct = head_count(h, "sum-correct");
	t->has_best = cd_head_count(h, "best-epoch") > 0;
	t->best_epoch = head_count(h, "best-epoch");
	t->best_loss = head_real(h, "best-loss", 0);
	t->best_accuracy = head_real(h, "best-accuracy", 0);
}

/* Doubles go as hexadecimal: they come back as they were. */
static int
set_real(struct cd_head *h, const char *name, double v, struct cd_err *e)
{
	char text[64];

	snprintf(text, sizeof text, "%a", v);
	return cd_head_set(h, name, text, e);
}

static int
set_count(struct cd_head *h, const char *name, uint64_t n, struct cd_err *e)
{
	return cd_head_set_number(h, name, (int64_t)n, e);
}

static int
write_progress(struct cd_trainer *t, struct cd_err *e)
{
	struct cd_head *h = &t->model.head;

	if (set_count(h, "epoch", t->epoch, e) < 0 ||
	    set_count(h, "step", t->step, e) < 0)
		return -1;
	/* only while an epoch is open: a model at its end does not tell where
	 * training was interrupted */
	cd_head_remove(h, "position");
	cd_head_remove(h, "sum-loss");
	cd_head_remove(h, "sum-correct");
	if (t->position > 0 &&
	    (set_count(h, "position", t->position, e) < 0 ||
		set_real(h, "sum-loss", t->sum_loss, e) < 0 ||
		set_count(h, "sum-correct", t->sum_correct, e) < 0))
		return -1;
	if (!t->has_best)
		return 0;
	if (set_count(h, "best-epoch", t->best_epoch, e) < 0 ||
	    set_real(h, "best-loss", t->best_loss, e) < 0)
		return -1;
	return set_real(h, "best-accuracy", t->best_accuracy, e);
}

int
cd_trainer_load(struct cd_trainer *t, struct cd_err *e)
{
	if (cd_model_load(&t->model, t->path, e) < 0)
		return -1;
	read_progress(t);
	return 0;
}

static int
open_validation(struct cd_trainer *t, struct cd_feed *f, struct cd_err *e)
{
	char *path = cd_copy_text(t->validate, strlen(t->validate), e);
	int rc = -1;

	if (path)
		rc = cd_feed_open(f, &t->model, &path, 1, t->batch, e);
	free(path);
	if (rc == 0 && cd_feed_match(&t->model, cd_feed_head(f), e) < 0) {
		rc = cd_fail_at(e, "%s", t->validate);
		cd_feed_close(f);
	}
	return rc;
}

int
cd_trainer_start(struct cd_trainer *t, struct cd_err *e)
{
	struct cd_feed f = { .in = NULL };

	if (cd_optim_prepare(&t->optim, &t->model, t->step, e) < 0)
		return cd_fail_at(e, "%s", t->path);
	/* what cannot be validated on is better known before an epoch */
	if (t->validate && open_validation(t, &f, e) < 0)
		return -1;
	if (t->validate)
		cd_feed_close(&f);
	return cd_plan_new(&t->plan, &t->model, 0, 0, t->batch, t->threads,
	    true, e);
}

/* Are the last lines with this name the values that `from` has under old? */
static bool
ends_with_lines(const struct cd_head *h, const char *name,
    const struct cd_head *from, const char *old)
{
	int n = cd_head_count(from, old), i;
	int skip = cd_head_count(h, name) - n;
	const char *v, *w;
	size_t a, b;

	if (skip < 0)
		return false;
	for (i = 0; i < n; i++) {
		v = cd_head_nth(h, name, skip + i, &a);
		w = cd_head_nth(from, old, i, &b);
		if (a != b || memcmp(v, w, a) != 0)
			return false;
	}
	return true;
}

int
cd_trainer_match(struct cd_trainer *t, const struct cd_head *data,
    const char *provenance, struct cd_err *e)
{
	struct cd_head *h = &t->model.head;
	size_t len = 0;
	const char *last;

	if (cd_feed_match(&t->model, data, e) < 0)
		return -1;
	last = cd_head_nth(h, "made", cd_head_count(h, "made") - 1, &len);
	if ((!last || len != strlen(provenance) ||
		memcmp(last, provenance, len) != 0) &&
	    cd_head_add(h, "made", provenance, e) < 0)
		return -1;
	if (ends_with_lines(h, "data", data, "made"))
		return 0;
	return cd_head_copy_lines(h, "data", data, "made", e);
}

int
cd_trainer_step(struct cd_trainer *t, const struct cd_feed *f, struct cd_err *e)
{
	struct cd_batch_result r;

	if (f->epoch != t->epoch)
		return cd_fail(e,
		    "the data go on at epoch %llu, the model "
		    "stands at epoch %llu",
		    (unsigned long long)f->epoch + 1,
		    (unsigned long long)t->epoch + 1);
	r = cd_plan_gradient(t->plan, f->images, f->targets, NULL, f->n,
	    t->seed, t->step);
	if (!isfinite(r.loss))
		return cd_fail(e,
		    "step %llu (epoch %llu): the loss is %g: "
		    "training diverged; try a lower --lr",
		    (unsigned long long)t->step + 1,
		    (unsigned long long)t->epoch + 1, r.loss);
	cd_optim_step(&t->optim, &t->model, t->plan, t->step + 1);
	t->step++;
	t->position += (uint64_t)f->n;
	t->sum_loss += r.loss;
	t->sum_correct += (uint64_t)r.correct;
	return 0;
}

/* Adds up loss and hits of the feed's batch. */
static int
validate_batch(struct cd_trainer *t, const struct cd_feed *f, float *p,
    double *loss, uint64_t *hits)
{
	size_t k = (size_t)t->model.net.nclasses, j;
	const int *in = t->model.net.in;
	size_t image = (size_t)in[0] * in[1] * in[2];
	int i, at, n;

	/* the file's batches may be larger than those of training */
	for (at = 0; at < f->n; at += n) {
		n = f->n - at < t->batch ? f->n - at : t->batch;
		cd_plan_predict(t->plan, f->images + at * image, n, p + at * k);
	}
	for (i = 0; i < f->n; i++) {
		const float *q = p + i * k, *want = f->targets + i * k;
		size_t best = 0, label = 0;

		for (j = 1; j < k; j++) {
			best = q[j] > q[best] ? j : best;
			label = want[j] > want[label] ? j : label;
		}
		*loss -= log(fmax((double)q[label], CD_LOG_LOSS_EPS));
		*hits += best == label;
	}
	return f->n;
}

static int
validate(struct cd_trainer *t, struct cd_epoch *out, struct cd_err *e)
{
	struct cd_feed f = { .in = NULL };
	float *p = NULL;
	uint64_t hits = 0, n = 0;
	double loss = 0;
	int got = -1;

	if (open_validation(t, &f, e) < 0)
		return -1;
	p = cd_calloc((size_t)f.size * t->model.net.nclasses, sizeof *p, e);
	while (p && (got = cd_feed_next(&f, e)) > 0)
		if (got == CD_FEED_BATCH)
			n += (uint64_t)validate_batch(t, &f, p, &loss, &hits);
	cd_feed_close(&f);
	free(p);
	if (got == 0 && n == 0)
		got = cd_fail(e, "%s: no pictures to validate on", t->validate);
	out->validated = true;
	out->val_loss = n ? loss / (double)n : 0;
	out->val_accuracy = n ? (double)hits / (double)n : 0;
	return got;
}

static int
timed_validate(struct cd_trainer *t, struct cd_epoch *out, struct cd_err *e)
{
	double start = cd_seconds();
	int rc = validate(t, out, e);

	out->val_seconds = cd_seconds() - start;
	return rc;
}

int
cd_trainer_end_epoch(struct cd_trainer *t, uint64_t epoch, struct cd_epoch *out,
    struct cd_err *e)
{
	double n = (double)t->position;

	if (epoch != t->epoch || t->position == 0)
		return cd_fail(e,
		    "the data end epoch %llu after %llu pictures, the model "
		    "stands at epoch %llu",
		    (unsigned long long)epoch + 1,
		    (unsigned long long)t->position,
		    (unsigned long long)t->epoch + 1);
	memset(out, 0, sizeof *out);
	out->epoch = t->epoch;
	out->step = t->step;
	out->pictures = t->position;
	out->loss = t->sum_loss / n;
	out->accuracy = (double)t->sum_correct / n;
	if (t->validate && timed_validate(t, out, e) < 0)
		return -1;
	t->epoch++;
	t->position = 0;
	t->sum_loss = 0;
	t->sum_correct = 0;
	return 0;
}

int
cd_trainer_keep_best(struct cd_trainer *t, const struct cd_epoch *s,
    struct cd_err *e)
{
	struct cd_trainer old = *t;

	if (!s->validated ||
	    (t->has_best &&
		(s->val_accuracy < t->best_accuracy ||
		    (s->val_accuracy == t->best_accuracy &&
			s->val_loss >= t->best_loss))))
		return 0;
	t->has_best = true;
	t->best_epoch = s->epoch;
	t->best_loss = s->val_loss;
	t->best_accuracy = s->val_accuracy;
	if (!t->best || cd_trainer_save(t, t->best, e) == 0)
		return 0;
	/* what was not written is not the best */
	t->has_best = old.has_best;
	t->best_epoch = old.best_epoch;
	t->best_loss = old.best_loss;
	t->best_accuracy = old.best_accuracy;
	return -1;
}

bool
cd_trainer_stalled(const struct cd_trainer *t, int64_t patience)
{
	return patience > 0 && t->has_best &&
	    t->epoch > t->best_epoch + (uint64_t)patience;
}

static int
check_finite(const struct cd_model *m, struct cd_err *e)
{
	size_t k;
	int i;

	for (i = 0; i < m->nparams; i++)
		for (k = 0; k < m->param[i].n; k++)
			if (!isfinite(m->param[i].value[k]))
				return cd_fail(e,
				    "%s[%zu] is %g: training "
				    "diverged, the model is not saved",
				    m->param[i].name, k,
				    (double)m->param[i].value[k]);
	return 0;
}

int
cd_trainer_save(struct cd_trainer *t, const char *path, struct cd_err *e)
{
	if (check_finite(&t->model, e) < 0 || write_progress(t, e) < 0)
		return -1;
	return cd_model_save(&t->model, path, e);
}

void
cd_trainer_close(struct cd_trainer *t)
{
	cd_plan_free(t->plan);
	cd_model_free(&t->model);
}
