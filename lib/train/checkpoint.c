#include "train/checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "train/elapsed.h"

/* The number in a header line; `otherwise` if there is no such line. */
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
	t->elapsed = fmax(head_real(h, "elapsed", 0), 0);
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
	read_progress(t);
	return 0;
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
	bool lasts = strcmp(path, t->path) == 0;

	if (check_finite(&t->model, e) < 0 || write_progress(t, lasts, e) < 0)
		return -1;
	return cd_model_save(&t->model, path, e);
}
