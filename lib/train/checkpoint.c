#include "train/checkpoint.h"

#include <stdio.h>
#include <string.h>

#include "train/elapsed.h"

static uint64_t
head_count(const struct cd_head *h, const char *name)
{
	int64_t n = cd_head_number(h, name);

	return n < 0 ? 0 : (uint64_t)n;
}

/* Can these figures have been written together? */
static int
check_progress(const struct cd_trainer *t, struct cd_err *e)
{
	if (t->sum_correct > t->position || (t->sum_loss > 0 && !t->position))
		return cd_fail(e,
		    "%s: header lines 'sum-loss', 'sum-correct': of more "
		    "pictures than 'position' says, %llu",
		    t->path, (unsigned long long)t->position);
	if (t->has_best && t->best_epoch > t->epoch)
		return cd_fail(e,
		    "%s: header line 'best-epoch': %llu, but 'epoch' is %llu",
		    t->path, (unsigned long long)t->best_epoch,
		    (unsigned long long)t->epoch);
	return 0;
}

static int
read_progress(struct cd_trainer *t, struct cd_err *e)
{
	const struct cd_head *h = &t->model.head;

	t->epoch = head_count(h, "epoch");
	t->step = head_count(h, "step");
	t->position = head_count(h, "position");
	t->sum_loss = cd_head_real(h, "sum-loss");
	t->sum_correct = head_count(h, "sum-correct");
	t->has_best = cd_head_count(h, "best-epoch") > 0;
	t->best_epoch = head_count(h, "best-epoch");
	t->best_loss = cd_head_real(h, "best-loss");
	t->best_accuracy = cd_head_real(h, "best-accuracy");
	t->elapsed = cd_head_real(h, "elapsed");
	return check_progress(t, e);
}

/* Hexadecimal, so that a double is read back exactly. */
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

/* The next process goes on from the time used so far. A limit that did not end
 * the run leaves no trace, so that runs end with the same bytes. */
static int
write_elapsed(struct cd_trainer *t, bool lasts, struct cd_err *e)
{
	struct cd_head *h = &t->model.head;

	if (t->limit > 0 && (!lasts || (double)t->epoch >= t->epochs)) {
		cd_head_remove(h, "elapsed");
		return 0;
	}
	if (t->budget <= 0 && t->limit <= 0)
		return 0;
	return set_real(h, "elapsed", cd_trainer_elapsed(t), e);
}

/* lasts: to the file that training goes on with. */
static int
write_progress(struct cd_trainer *t, bool lasts, struct cd_err *e)
{
	struct cd_head *h = &t->model.head;

	if (set_count(h, "epoch", t->epoch, e) < 0 ||
	    set_count(h, "step", t->step, e) < 0)
		return -1;
	/* only while an epoch is open, so that a model at the end of an epoch
	 * does not depend on interruptions */
	cd_head_remove(h, "position");
	cd_head_remove(h, "sum-loss");
	cd_head_remove(h, "sum-correct");
	if (t->position > 0 &&
	    (set_count(h, "position", t->position, e) < 0 ||
		set_real(h, "sum-loss", t->sum_loss, e) < 0 ||
		set_count(h, "sum-correct", t->sum_correct, e) < 0))
		return -1;
	if (write_elapsed(t, lasts, e) < 0)
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
	return read_progress(t, e);
}

int
cd_trainer_save(struct cd_trainer *t, const char *path, struct cd_err *e)
{
	bool lasts = strcmp(path, t->path) == 0;

	if (cd_model_check_finite(&t->model, e) < 0)
		return cd_fail_at(e,
		    "training diverged, the model is not saved");
	if (write_progress(t, lasts, e) < 0)
		return -1;
	return cd_model_save(&t->model, path, e);
}
