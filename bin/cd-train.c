/* cd-train: a model file + batches (or samples) -> the model trained. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lock.h"
#include "base/stop.h"
#include "cmd/lr_test.h"
#include "cmd/opt.h"
#include "cmd/train_opt.h"
#include "cmd/train_warn.h"
#include "train/checkpoint.h"
#include "train/elapsed.h"
#include "train/feed.h"
#include "train/history.h"
#include "train/prefetch.h"
#include "train/progress.h"

enum {
	EXIT_RESUME = 75, /* stopped with everything saved */
};

/* The state of a run. */
struct run {
	struct cd_train_args *a;
	struct cd_trainer *t; /* in a */
	struct cd_feed feed;
	struct cd_prefetch *ahead;
	struct cd_feed_batch batch;
	struct cd_progress progress;
	struct cd_census trained; /* the first whole epoch */
	bool warned;		  /* of it */
	bool live; /* progress is shown on a line that is overwritten */
	bool over; /* the time is used up */
	double last_save;
};

/* Was nothing trained, on other data than before? The model must not come to
 * say that it knows them. */
static bool
untouched(const struct run *r)
{
	return r->progress.seen == 0 && r->t->other_data;
}

static void
save(struct run *r)
{
	struct cd_err e = { "" };

	if (untouched(r))
		return;
	if (cd_trainer_save(r->t, r->t->path, &e) < 0)
		cd_die("%s", e.msg);
	r->last_save = cd_seconds();
}

/* Stopped by a signal: nothing is lost. */
static void
stop_here(struct run *r)
{
	const struct cd_trainer *t = r->t;

	save(r);
	cd_warn("%s: saved at epoch %llu, picture %llu; the same command "
		"continues",
	    t->path, (unsigned long long)t->epoch + 1,
	    (unsigned long long)t->position);
	cd_prefetch_free(r->ahead);
	exit(EXIT_RESUME);
}

/* The input failed: what was learned from it so far is kept. */
static void
fail_here(struct run *r, const struct cd_err *e)
{
	if (r->progress.seen == 0)
		cd_die("%s", e->msg);
	save(r);
	cd_prefetch_free(r->ahead);
	cd_die("%s; %s is saved as trained up to there", e->msg, r->t->path);
}

static void
check_skipped(const struct run *r, uint64_t n)
{
	if (r->a->max_skipped >= 0 && n > (uint64_t)r->a->max_skipped)
		cd_die("%llu pictures were skipped, more than --max-skipped "
		       "%lld",
		    (unsigned long long)n, (long long)r->a->max_skipped);
}

/* What is written over hours: by one program at a time, and where it can be. */
static void
lock(const struct run *r)
{
	const char *const path[] = { r->t->path, r->t->best, r->a->history };
	struct cd_err e = { "" };
	int i;

	for (i = 0; i < 3; i++)
		if (path[i] && cd_lock(path[i], &e) < 0)
			cd_die("%s", e.msg);
}

/* Loads the model, and opens the data where its training goes on. */
static void
prepare(struct run *r)
{
	const struct cd_train_args *a = r->a;
	struct cd_trainer *t = r->t;
	enum cd_feed_sizes sizes = t->stages.own ? CD_FEED_OWN_SIZE :
	    t->stages.n > 0			 ? CD_FEED_ONE_SIZE :
						   CD_FEED_NET_SIZE;
	struct cd_err e = { "" };
	int64_t skipped;

	lock(r);
	if (cd_trainer_load(t, &e) < 0 ||
	    cd_feed_open(&r->feed, &t->model, a->data, a->ndata, (int)a->batch,
		sizes, &e) < 0)
		cd_die("%s", e.msg);
	skipped = cd_head_number(cd_feed_head(&r->feed), "skipped");
	check_skipped(r, skipped < 0 ? 0 : (uint64_t)skipped);
	t->batch = r->feed.size;
	if (cd_trainer_match(t, cd_feed_head(&r->feed), cd_opt_provenance(),
		&e) < 0)
		cd_die("%s: %s", a->ndata ? a->data[0] : "standard input",
		    e.msg);
	if (cd_trainer_start(t, &e) < 0 ||
	    (a->history && cd_history_begin(a->history, t->epoch, &e) < 0))
		cd_die("%s", e.msg);
	cd_train_warn_validated(t);
	cd_train_warn_continued(t, cd_feed_head(&r->feed));
	if (cd_census_new(&r->trained, t->model.net.nclasses,
		t->validate != NULL, &e) < 0)
		cd_die("%s", e.msg);
	r->feed.census = &r->trained;
	r->feed.epochs = cd_trainer_epochs_known(t);
	if (a->lr_test)
		t->epoch = t->position = 0;
	cd_feed_from(&r->feed, t->epoch, t->position);
	cd_progress_begin(&r->progress, cd_feed_head(&r->feed));
	r->live = !a->quiet && isatty(STDERR_FILENO);
	r->last_save = cd_seconds();
	cd_stop_catch();
	if (cd_prefetch_new(&r->ahead, &r->feed, &e) < 0)
		cd_die("%s", e.msg);
}

/* One step; then the progress line and the checkpoint, where due. */
static void
train_batch(struct run *r)
{
	struct cd_trainer *t = r->t;
	char line[CD_PROGRESS_LINE];
	struct cd_err e = { "" };

	if (r->progress.seen == 0 && r->batch.passed > 0 && !r->a->quiet)
		cd_warn("passed over %llu pictures that the model was trained "
			"on; going on at epoch %llu, picture %llu",
		    (unsigned long long)r->batch.passed,
		    (unsigned long long)t->epoch + 1,
		    (unsigned long long)t->position + 1);
	if (cd_trainer_step(t, &r->batch, &e) < 0)
		cd_die("%s: %s", t->path, e.msg);
	r->progress.seen += (uint64_t)r->batch.n;
	r->progress.seen_now += (uint64_t)r->batch.n;
	r->progress.waited = cd_prefetch_waited(r->ahead);
	if (r->live && cd_progress_live(&r->progress, t, line)[0])
		fprintf(stderr, "\r%s\x1b[K", line);
	if (!cd_stopped() &&
	    cd_seconds() - r->last_save >= (double)r->a->checkpoint)
		save(r);
	r->over = cd_trainer_spent(t);
}

/* Whether this is the last epoch was found out before it was validated: what
 * the clock says since does not count. */
static void
end_epoch(struct run *r)
{
	const char *history = r->a->history;
	char line[CD_PROGRESS_LINE];
	struct cd_err e = { "" };
	struct cd_epoch s;

	if (cd_trainer_end_epoch(r->t, &r->batch, &s, &e) < 0)
		fail_here(r, &e);
	r->progress.waited = cd_prefetch_waited(r->ahead);
	cd_progress_epoch(&r->progress, &s, line);
	if (r->live)
		fprintf(stderr, "\r\x1b[K");
	if (!r->a->quiet)
		cd_warn("%s", line);
	if (r->batch.counted && !r->warned)
		cd_train_warn_trained(r->t, &r->trained);
	r->warned = r->batch.counted;
	if ((history && cd_history_add(history, &s, &e) < 0) ||
	    cd_trainer_keep_best(r->t, &s, &e) < 0)
		fail_here(r, &e);
	r->over = s.last && cd_trainer_spent(r->t);
}

/* Fails where the data ended before the budget and a schedule or stages were
 * cut short: the model is not what was asked for. */
static void
check_budget(struct run *r)
{
	const struct cd_trainer *t = r->t;
	double share = 100 * cd_trainer_share(t);

	if (t->budget <= 0 || cd_trainer_spent(t))
		return;
	if (!cd_trainer_scheduled(t)) {
		cd_warn("the data ended when %.3g %% of the budget were used",
		    share);
		return;
	}
	save(r);
	cd_die("the data ended when %.3g %% of the budget were used, and the "
	       "schedule with them; %s is saved: give more epochs to go on",
	    share, t->path);
}

/* The budget or limit is used up, it may be within an epoch. */
static void
end_time(struct run *r)
{
	const struct cd_trainer *t = r->t;

	r->batch.n = 0;
	r->batch.epoch = t->epoch;
	if (t->limit > 0 && r->progress.seen > 0)
		cd_warn("the limit was used up when %.3g of %g epochs were "
			"trained",
		    cd_trainer_epochs_done(t), t->epochs);
	if (t->position > 0 && !untouched(r))
		end_epoch(r);
}

/* The end of the data, of the patience or of the time. */
static void
finish(struct run *r)
{
	const struct cd_trainer *t = r->t;
	bool stalled = cd_trainer_stalled(t, r->a->patience);
	bool idle = r->progress.seen == 0;
	struct cd_err e = { "" };

	cd_prefetch_free(r->ahead);
	r->ahead = NULL;
	if (stalled || idle)
		cd_train_warn_end(t, idle, stalled, cd_trainer_spent(t));
	if (!stalled)
		check_budget(r);
	r->batch.n = 0;
	if (!untouched(r) && cd_trainer_finish(r->t, &r->batch, &e) < 0)
		fail_here(r, &e);
	check_skipped(r, cd_feed_skipped(&r->feed));
	save(r);
	cd_feed_close(&r->feed);
	cd_trainer_close(r->t);
}

int
main(int argc, char **argv)
{
	static struct run r;
	struct cd_err e = { "" };
	int got = 0;

	r.a = cd_train_parse(argc, argv);
	r.t = &r.a->t;
	prepare(&r);
	if (r.a->lr_test) {
		cd_lr_test(r.t, r.ahead, r.a->lr_test);
		return 0;
	}
	r.over = cd_trainer_spent(r.t);
	while (!cd_stopped() && !cd_trainer_stalled(r.t, r.a->patience) &&
	    !r.over &&
	    (got = cd_prefetch_next(r.ahead, &r.batch, cd_trainer_end(r.t),
		 &e)) > 0) {
		if (got == CD_FEED_BATCH)
			train_batch(&r);
		else
			end_epoch(&r);
	}
	if (cd_stopped())
		stop_here(&r);
	if (got < 0)
		fail_here(&r, &e);
	if (r.over || cd_trainer_spent(r.t))
		end_time(&r);
	finish(&r);
	return 0;
}
