#include "train/trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "net/match.h"
#include "rec/shard.h"
#include "train/checkpoint.h"
#include "train/elapsed.h"
#include "train/statistics.h"
#include "train/validate.h"
#include "train/weights.h"

/* Makes the plan for pictures of h x w. The old one is freed first, so that
 * memory need hold only one. */
static int
make_plan(struct cd_trainer *t, int h, int w, struct cd_err *e)
{
	cd_plan_free(t->plan);
	t->plan = NULL;
	t->h = h;
	t->w = w;
	if (cd_plan_new(&t->plan, &t->model, h, w, t->batch, t->threads, true,
		e) < 0)
		return -1;
	return t->ranks ? cd_plan_share(t->plan, t->ranks, e) : 0;
}

static int
want_plan(struct cd_trainer *t, int h, int w, struct cd_err *e)
{
	return t->plan && t->h == h && t->w == w ? 0 : make_plan(t, h, w, e);
}

/* Makes the plan for this share of the run, and the batch l or, at its end, the
 * mark, unless it is there. */
static int
stage(struct cd_trainer *t, double share, const struct cd_feed_batch *l,
    struct cd_err *e)
{
	const struct cd_stage *s = &t->stages.stage[0];

	if (t->stages.own && t->plan && l->n == 0)
		return 0; /* of the last batch */
	if (t->stages.own && l->h > 0)
		return want_plan(t, l->h, l->w, e);
	if (t->stages.n == 0)
		return want_plan(t, t->model.net.in[0], t->model.net.in[1], e);
	s += cd_stages_at(&t->stages, share);
	return want_plan(t, s->h, s->w, e);
}

/* Makes the plan of every stage once, so that a bad size fails at start. */
static int
start_stages(struct cd_trainer *t, struct cd_err *e)
{
	const struct cd_feed_batch none = { .n = 0 };
	const struct cd_stage *s = t->stages.stage;
	int i;

	if (cd_stages_any_size(&t->stages) &&
	    cd_resizer_new(&t->resizer, t->threads, t->model.net.in[2], e) < 0)
		return cd_fail_at(e, "--stages");
	for (i = 0; i < t->stages.n; i++)
		if (make_plan(t, s[i].h, s[i].w, e) < 0)
			return cd_fail_at(e, "--stages: %dx%d", s[i].w, s[i].h);
	return t->stages.own ? 0 : stage(t, cd_trainer_share(t), &none, e);
}

int
cd_trainer_start(struct cd_trainer *t, struct cd_err *e)
{
	t->start = cd_seconds();
	t->passed_at = cd_trainer_share(t);
	t->optim.average = cd_average_decay(t);
	if (cd_optim_prepare(&t->optim, &t->model, t->step, e) < 0)
		return cd_fail_at(e, "%s", t->path);
	/* a bad file fails at start, not after an epoch */
	if (t->validate &&
	    (cd_census_new(&t->validated, t->model.net.nclasses, true, e) < 0 ||
		cd_trainer_check_file(t, t->validate, false, &t->validated, e) <
		    0))
		return -1;
	if (t->statistics && cd_trainer_check_statistics(t, e) < 0)
		return -1;
	if (start_stages(t, e) < 0)
		return cd_fail_at(e, "%s", t->path);
	return 0;
}

/* What goes by the number of epochs; NULL: nothing. */
static const char *
by_epochs(const struct cd_trainer *t)
{
	if (t->limit > 0)
		return "--limit needs them";
	if (t->budget > 0)
		return NULL;
	if (cd_trainer_scheduled(t))
		return "a schedule that goes by the run's length needs them, "
		       "or --budget";
	if (t->average.share > 0)
		return "--average-share needs them, or --budget";
	return NULL;
}

/* Is the length of the run not needed, or that of an epoch enough? */
static int
check_length(const struct cd_trainer *t, struct cd_err *e)
{
	const char *what = by_epochs(t);

	if (t->average.epochs > 0 && t->steps <= 0)
		return cd_fail(e,
		    "the header does not tell how many records an epoch has, "
		    "as cd-shuffle writes it; --average-epochs needs it");
	if (!what)
		return 0;
	return cd_fail(e,
	    "the header does not tell how many epochs and records there are, "
	    "as cd-shuffle writes them; %s",
	    what);
}

uint64_t
cd_trainer_epochs_known(const struct cd_trainer *t)
{
	return t->epochs > 0 && by_epochs(t) ? (uint64_t)t->epochs : UINT64_MAX;
}

/* Takes the length of the run from the header of the data. */
static int
find_length(struct cd_trainer *t, const struct cd_head *data, struct cd_err *e)
{
	double epochs = (double)cd_head_number(data, "epochs");
	double records = (double)cd_shard_records(data);
	bool batches = cd_head_is(data, "holds", "batches");

	if (records > 0)
		t->steps = batches ? records : ceil(records / t->batch);
	if (epochs > 0 && records > 0) {
		t->epochs = epochs;
		t->pictures = batches ? records * t->batch : records;
		return 0;
	}
	return check_length(t, e);
}

/* *made: what the made line says of them, where the options do not. */
static int
find_weights(struct cd_trainer *t, struct cd_buf *made, struct cd_err *e)
{
	static const char balanced[] = " --class-weights balanced";

	t->class_weight = cd_calloc((size_t)t->model.net.nclasses,
	    sizeof *t->class_weight, e);
	t->weight = cd_calloc((size_t)t->batch, sizeof *t->weight, e);
	if (!t->class_weight || !t->weight)
		return -1;
	if (cd_weights_file(t->class_weights) &&
	    cd_buf_add(made, balanced, sizeof balanced - 1, e) < 0)
		return -1;
	return cd_weights_find(t->class_weight, &t->model, t->class_weights,
	    made, e);
}

static int
note(struct cd_trainer *t, const struct cd_head *data,
    const struct cd_buf *made, struct cd_err *e)
{
	static const char by[] = "cd-train ";
	const char *new = (const char *)made->data, *last;
	struct cd_head *h = &t->model.head;
	size_t len = 0;

	last = cd_head_nth(h, "made", cd_head_count(h, "made") - 1, &len);
	if (!last || len != made->len || memcmp(last, new, len) != 0) {
		t->other_how = last && len >= sizeof by - 1 &&
		    memcmp(last, by, sizeof by - 1) == 0;
		if (cd_head_addn(h, "made", new, made->len, e) < 0)
			return -1;
	}
	if (cd_head_ends_with(h, "data", data, "made"))
		return 0;
	t->other_data = cd_head_count(h, "data") > 0;
	return cd_head_copy_lines(h, "data", data, "made", e);
}

int
cd_trainer_match(struct cd_trainer *t, const struct cd_head *data,
    const char *provenance, struct cd_err *e)
{
	struct cd_buf made = { 0 };
	int rc = -1;

	if (cd_model_match(&t->model, data, cd_stages_any_size(&t->stages), e) <
		0 ||
	    find_length(t, data, e) < 0)
		return -1;
	if (cd_buf_add(&made, provenance, strlen(provenance), e) < 0)
		return -1;
	if (t->class_weights && find_weights(t, &made, e) < 0)
		cd_fail_at(e, "--class-weights");
	else
		rc = note(t, data, &made, e);
	cd_buf_free(&made);
	return rc;
}

/* Returns the weight of each picture's loss: that of its class, or the mean
 * over its targets; NULL: all 1. Then smooths the targets. */
static const float *
prepare_targets(struct cd_trainer *t, const struct cd_feed_batch *l)
{
	size_t k = (size_t)t->model.net.nclasses, j;
	float keep = (float)(1 - t->smoothing);
	float add = (float)(t->smoothing / (double)k), *row;
	int i;

	for (i = 0; i < l->n; i++) {
		row = l->targets + i * k;
		if (t->class_weight)
			t->weight[i] = 0;
		for (j = 0; t->class_weight && j < k; j++)
			t->weight[i] += row[j] * t->class_weight[j];
		for (j = 0; t->smoothing > 0 && j < k; j++)
			row[j] = keep * row[j] + add;
	}
	return t->class_weight ? t->weight : NULL;
}

static int
diverged(const struct cd_trainer *t, const char *what, double v,
    const char *where, struct cd_err *e)
{
	return cd_fail(e,
	    "step %llu (epoch %llu): the %s is %g%s%s%s: training diverged; "
	    "try a lower --lr",
	    (unsigned long long)t->step + 1, (unsigned long long)t->epoch + 1,
	    what, v, where ? ", and so are numbers of '" : "",
	    where ? where : "", where ? "'" : "");
}

/* One step on pictures of the plan's size. */
static int
train_on(struct cd_trainer *t, const struct cd_feed_batch *l,
    const uint8_t *images, struct cd_err *e)
{
	const float *weights = prepare_targets(t, l);
	struct cd_optim o = t->optim;
	struct cd_batch_result r;
	double norm;

	o.lr = cd_trainer_lr(t);
	o.average = cd_average_decay(t);
	r = cd_plan_gradient(t->plan, images, l->targets, l->labels, weights,
	    l->n, t->seed, t->step);
	if (!isfinite(r.loss))
		return diverged(t, "loss", r.loss,
		    cd_plan_not_finite(t->plan, images, l->n, t->seed, t->step),
		    e);
	norm = cd_optim_step(&o, &t->model, t->plan, t->step + 1);
	if (!isfinite(norm))
		return diverged(t, "gradient's norm", norm,
		    cd_optim_not_finite(&t->model, t->plan), e);
	t->step++;
	t->measured = false;
	t->position += (uint64_t)l->n;
	t->sum_loss += r.loss;
	t->sum_correct += (uint64_t)r.correct;
	return 0;
}

/* Makes room for a batch larger than those before. */
static int
grow(struct cd_trainer *t, int n, struct cd_err *e)
{
	cd_plan_free(t->plan);
	t->plan = NULL;
	t->batch = n;
	if (!t->class_weights)
		return 0;
	free(t->weight);
	t->weight = cd_calloc((size_t)n, sizeof *t->weight, e);
	return t->weight ? 0 : -1;
}

int
cd_trainer_step(struct cd_trainer *t, const struct cd_feed_batch *l,
    struct cd_err *e)
{
	const uint8_t *images = l->images;

	if (l->epoch != t->epoch)
		return cd_fail(e,
		    "the data go on at epoch %llu, the model "
		    "stands at epoch %llu",
		    (unsigned long long)l->epoch + 1,
		    (unsigned long long)t->epoch + 1);
	if ((l->n > t->batch && grow(t, l->n, e) < 0) ||
	    stage(t, cd_trainer_share(t), l, e) < 0)
		return -1;
	if (t->resizer)
		images = cd_resizer_run(t->resizer, cd_plan_team(t->plan),
		    images, l->n, l->h, l->w, t->h, t->w, e);
	return images ? train_on(t, l, images, e) : -1;
}

int
cd_trainer_finish(struct cd_trainer *t, const struct cd_feed_batch *mark,
    struct cd_err *e)
{
	bool own = t->stages.own && !t->plan && mark->h == 0;

	/* own: no picture was seen, and so no size; nor was there a step */
	if (!t->statistics || t->measured || own)
		return 0;
	if (stage(t, cd_trainer_share(t) - 2e-9, mark, e) < 0 ||
	    cd_trainer_measure(t, e) < 0)
		return -1;
	t->measured = true;
	return 0;
}

static bool
wants_validation(const struct cd_trainer *t, bool last)
{
	return t->validate &&
	    (last || (t->epoch + 1) % (uint64_t)t->validate_every == 0);
}

static int
timed_validate(struct cd_trainer *t, struct cd_epoch *out, struct cd_err *e)
{
	double start = cd_seconds();
	int rc = cd_trainer_validate(t, out, e);

	out->val_seconds += cd_seconds() - start;
	return rc;
}

/* What is due when an epoch ends; anew if the time went by meanwhile: then it
 * was the last one. */
static int
measure_and_validate(struct cd_trainer *t, const struct cd_feed_batch *mark,
    struct cd_epoch *out, struct cd_err *e)
{
	do {
		out->last = cd_trainer_through(t) || cd_trainer_spent(t);
		if (out->last && cd_trainer_finish(t, mark, e) < 0)
			return -1;
		if (wants_validation(t, out->last) &&
		    timed_validate(t, out, e) < 0)
			return -1;
	} while (!out->last && cd_trainer_spent(t));
	return 0;
}

int
cd_trainer_end_epoch(struct cd_trainer *t, const struct cd_feed_batch *mark,
    struct cd_epoch *out, struct cd_err *e)
{
	double n = (double)t->position;

	if (mark->epoch != t->epoch || t->position == 0)
		return cd_fail(e,
		    "the data end epoch %llu after %llu pictures, the model "
		    "stands at epoch %llu",
		    (unsigned long long)mark->epoch + 1,
		    (unsigned long long)t->position,
		    (unsigned long long)t->epoch + 1);
	memset(out, 0, sizeof *out);
	out->epoch = t->epoch;
	out->step = t->step;
	out->pictures = t->position;
	out->loss = t->sum_loss / n;
	out->accuracy = (double)t->sum_correct / n;
	out->lr = cd_trainer_lr(t);
	/* validate at the size trained at: an epoch that ends with a stage
	 * still belongs to it, even when training resumes here */
	if (stage(t, cd_trainer_share(t) - 2e-9, mark, e) < 0 ||
	    measure_and_validate(t, mark, out, e) < 0)
		return -1;
	out->h = t->h;
	out->w = t->w;
	t->epoch++;
	t->position = 0;
	t->sum_loss = 0;
	t->sum_correct = 0;
	return 0;
}

static bool
is_best(const struct cd_trainer *t, const struct cd_epoch *s)
{
	double accuracy = s->val_accuracy - t->best_accuracy;
	double loss = s->val_loss - t->best_loss;

	if (!t->has_best)
		return true;
	if (t->best_by == CD_BEST_BY_LOSS)
		return loss < 0 || (loss == 0 && accuracy > 0);
	return accuracy > 0 || (accuracy == 0 && loss < 0);
}

int
cd_trainer_keep_best(struct cd_trainer *t, const struct cd_epoch *s,
    struct cd_err *e)
{
	struct cd_trainer old = *t;

	if (!s->validated || !is_best(t, s))
		return 0;
	t->has_best = true;
	t->best_epoch = s->epoch;
	t->best_loss = s->val_loss;
	t->best_accuracy = s->val_accuracy;
	if (!t->best || cd_trainer_save(t, t->best, e) == 0)
		return 0;
	/* the file was not written: the best so far stays */
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

void
cd_trainer_close(struct cd_trainer *t)
{
	cd_plan_free(t->plan);
	cd_resizer_free(t->resizer);
	cd_census_free(&t->validated);
	free(t->class_weight);
	free(t->weight);
	cd_model_free(&t->model);
}
