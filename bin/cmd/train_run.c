#include "cmd/train_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/stop.h"
#include "cmd/lr_test.h"
#include "cmd/opt.h"
#include "cmd/train_ranks.h"
#include "cmd/train_warn.h"
#include "train/checkpoint.h"
#include "train/elapsed.h"
#include "train/feed.h"
#include "train/history.h"
#include "train/prefetch.h"
#include "train/progress.h"

enum {
	EXIT_RESUME = 75, /* stopped with everything saved */
	MADE = 8192,	  /* bytes of a line, its NUL included */
};

/* The state of a run. */
struct run {
	struct cd_train_args *a;
	struct cd_trainer *t;	      /* in a */
	const struct cd_ranks *ranks; /* NULL: alone */
	bool first;		      /* of the ranks, which writes */
	bool says;		      /* so, unless it is to be quiet */
	bool own;		      /* each rank reads data of its own */
	bool reads;		      /* so, or the first */
	bool stop;
	struct cd_buf given[3]; /* the batch, where the first hands it out */
	struct cd_head head;	/* and the data's header */
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

/* Trouble that all ranks have come to, which the first one tells of. */
__attribute__((noreturn)) static void
fail(const struct run *r, const char *where, const struct cd_err *e)
{
	if (r->first)
		cd_warn("%s%s%s", where ? where : "", where ? ": " : "",
		    e->msg);
	if (r->ranks)
		cd_train_end(r->ranks);
	exit(2);
}

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

	if (untouched(r) || !r->first)
		return;
	if (cd_trainer_save(r->t, r->t->path, &e) < 0)
		cd_die("%s", e.msg);
	r->last_save = cd_seconds();
}

/* Stopped by a signal: nothing is lost. */
static int
stop_here(struct run *r)
{
	const struct cd_trainer *t = r->t;

	save(r);
	if (r->first)
		cd_warn(
		    "%s: saved at epoch %llu, picture %llu; the same command "
		    "continues",
		    t->path, (unsigned long long)t->epoch + 1,
		    (unsigned long long)t->position);
	cd_prefetch_free(r->ahead);
	return EXIT_RESUME;
}

/* The input failed: what was learned from it so far is kept. */
static void
fail_here(struct run *r, const struct cd_err *e)
{
	struct cd_err saved = { "" };

	if (r->progress.seen == 0)
		fail(r, NULL, e);
	save(r);
	cd_prefetch_free(r->ahead);
	cd_fail(&saved, "%s; %s is saved as trained up to there", e->msg,
	    r->t->path);
	fail(r, NULL, &saved);
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
static int
lock(const struct run *r, struct cd_err *e)
{
	const char *const path[] = { r->t->path, r->t->best, r->a->history };
	int i;

	for (i = 0; i < 3 && r->first; i++)
		if (path[i] && cd_lock(path[i], e) < 0)
			return -1;
	return 0;
}

static const struct cd_head *
data_head(const struct run *r)
{
	return r->reads ? cd_feed_head(&r->feed) : &r->head;
}

static int
open_data(struct run *r, struct cd_err *e)
{
	const struct cd_train_args *a = r->a;
	struct cd_trainer *t = r->t;
	enum cd_feed_sizes sizes = t->stages.own ? CD_FEED_OWN_SIZE :
	    t->stages.n > 0			 ? CD_FEED_ONE_SIZE :
						   CD_FEED_NET_SIZE;

	if (!r->reads)
		return 0;
	if (cd_feed_open(&r->feed, &t->model, a->data, a->ndata, (int)a->batch,
		sizes, e) < 0)
		return -1;
	t->batch = r->feed.size;
	return r->own || r->ranks == NULL ?
	    0 :
	    cd_head_copy(&r->head, data_head(r), e);
}

/* The model's line "made". A path tells nothing of what is in the file. */
static int
describe(const struct run *r, char made[MADE], struct cd_err *e)
{
	const char *path = r->t->statistics;
	uint64_t hash;
	FILE *f;

	snprintf(made, MADE, "%s", cd_opt_provenance());
	if (!path)
		return 0;
	f = cd_log_reopen(path, &hash, e);
	if (!f)
		return -1;
	fclose(f);
	snprintf(made, MADE, "%s --norm-statistics (%016" PRIx64 ")",
	    cd_opt_provenance(), hash);
	return 0;
}

/* Loads the model, and opens the data. */
static void
open_all(struct run *r)
{
	struct cd_err e = { "" };
	char made[MADE];
	int64_t skipped;
	int rc = lock(r, &e);

	if (rc == 0)
		rc = describe(r, made, &e);
	if (rc == 0)
		rc = cd_trainer_load(r->t, &e);
	if (rc == 0)
		rc = open_data(r, &e);
	if (cd_train_all(r->ranks, rc, &e) < 0)
		fail(r, NULL, &e);
	if (!r->own && r->ranks &&
	    cd_train_share_head(r->ranks, &r->head, &r->t->batch, &e) < 0)
		fail(r, NULL, &e);
	skipped = cd_head_number(data_head(r), "skipped");
	check_skipped(r, skipped < 0 ? 0 : (uint64_t)skipped);
	rc = cd_trainer_match(r->t, data_head(r), made, &e);
	if (cd_train_all(r->ranks, rc, &e) < 0)
		fail(r, r->a->ndata ? r->a->data[0] : "standard input", &e);
	if (r->ranks && cd_train_alike(r->ranks, r->a, data_head(r), &e) < 0)
		fail(r, NULL, &e);
}

/* Begins to read where the model's training goes on. */
static int
begin_reading(struct run *r, struct cd_err *e)
{
	if (!r->reads)
		return 0;
	if (cd_census_new(&r->trained, r->t->model.net.nclasses,
		r->t->validate != NULL, e) < 0)
		return -1;
	r->feed.census = &r->trained;
	r->feed.epochs = cd_trainer_epochs_known(r->t);
	cd_feed_from(&r->feed, r->t->epoch, r->t->position);
	return cd_prefetch_new(&r->ahead, &r->feed, e);
}

static void
prepare(struct run *r)
{
	const struct cd_train_args *a = r->a;
	struct cd_trainer *t = r->t;
	struct cd_err e = { "" };
	int rc;

	open_all(r);
	rc = cd_trainer_start(t, &e);
	if (rc == 0 && a->history && r->first)
		rc = cd_history_begin(a->history, t->epoch, &e);
	if (cd_train_all(r->ranks, rc, &e) < 0)
		fail(r, NULL, &e);
	if (r->first) {
		cd_train_warn_validated(t);
		cd_train_warn_continued(t, data_head(r));
	}
	if (a->lr_test)
		t->epoch = t->position = 0;
	cd_progress_begin(&r->progress, data_head(r));
	r->live = r->says && isatty(STDERR_FILENO);
	r->last_save = cd_seconds();
	cd_stop_catch();
	rc = begin_reading(r, &e);
	if (cd_train_all(r->ranks, rc, &e) < 0)
		fail(r, NULL, &e);
}

static double
waited(const struct run *r)
{
	return r->reads ? cd_prefetch_waited(r->ahead) : 0;
}

/* The next event of the data: of all ranks, or of the first, which hands its
 * batch to the others. */
static int
next(struct run *r, struct cd_err *e)
{
	struct cd_train_found f = { CD_FEED_END, false };

	if (r->reads)
		f.event = cd_prefetch_next(r->ahead, &r->batch,
		    cd_trainer_end(r->t), e);
	f.stop = cd_stopped();
	if (r->ranks &&
	    cd_train_agree(r->ranks, &f, &r->batch, &r->t->model, r->own, e) <
		0)
		return -1;
	r->stop = f.stop;
	if (r->stop)
		return CD_FEED_END;
	if (!r->ranks || r->own || f.event <= 0)
		return f.event;
	return cd_train_share_batch(r->ranks, &r->batch, r->t->model.net.in[2],
		   r->t->model.net.nclasses, r->given, e) < 0 ?
	    -1 :
	    f.event;
}

/* One step; then the progress line and the checkpoint, where due. */
static void
train_batch(struct run *r)
{
	struct cd_trainer *t = r->t;
	char line[CD_PROGRESS_LINE];
	struct cd_err e = { "" };

	if (r->progress.seen == 0 && r->batch.passed > 0 && r->says)
		cd_warn("passed over %llu pictures that the model was trained "
			"on; going on at epoch %llu, picture %llu",
		    (unsigned long long)r->batch.passed,
		    (unsigned long long)t->epoch + 1,
		    (unsigned long long)t->position + 1);
	if (cd_trainer_step(t, &r->batch, &e) < 0)
		fail(r, t->path, &e);
	r->progress.seen += (uint64_t)r->batch.n;
	r->progress.seen_now += (uint64_t)r->batch.n;
	r->progress.waited = waited(r);
	if (r->live && cd_progress_live(&r->progress, t, line)[0])
		fprintf(stderr, "\r%s\x1b[K", line);
	if (!r->stop && cd_seconds() - r->last_save >= (double)r->a->checkpoint)
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
	int rc;

	rc = cd_trainer_end_epoch(r->t, &r->batch, &s, &e);
	if (rc == 0 && r->ranks)
		rc = cd_train_same_model(r->ranks, &r->t->model, &e);
	if (rc < 0)
		fail_here(r, &e);
	r->progress.waited = waited(r);
	cd_progress_epoch(&r->progress, &s, line);
	if (r->live)
		fprintf(stderr, "\r\x1b[K");
	if (r->says)
		cd_warn("%s", line);
	if (r->batch.counted && !r->warned && r->first)
		cd_train_warn_trained(r->t, &r->trained);
	r->warned = r->batch.counted;
	rc = history && r->first ? cd_history_add(history, &s, &e) : 0;
	if (rc == 0)
		rc = cd_trainer_keep_best(r->t, &s, &e);
	if (cd_train_all(r->ranks, rc, &e) < 0)
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
	int i;

	cd_prefetch_free(r->ahead);
	r->ahead = NULL;
	if ((stalled || idle) && r->first)
		cd_train_warn_end(t, idle, stalled, cd_trainer_spent(t));
	if (!stalled)
		check_budget(r);
	r->batch.n = 0;
	if (!untouched(r) && cd_trainer_finish(r->t, &r->batch, &e) < 0)
		fail_here(r, &e);
	if (r->reads)
		check_skipped(r, cd_feed_skipped(&r->feed));
	save(r);
	if (r->reads)
		cd_feed_close(&r->feed);
	for (i = 0; i < 3; i++)
		cd_buf_free(&r->given[i]);
	cd_head_free(&r->head);
	cd_trainer_close(r->t);
}

static int
train(struct run *r)
{
	struct cd_err e = { "" };
	int got = 0;

	r->over = cd_trainer_spent(r->t);
	while (!cd_trainer_stalled(r->t, r->a->patience) && !r->over &&
	    (got = next(r, &e)) > 0) {
		if (got == CD_FEED_BATCH)
			train_batch(r);
		else
			end_epoch(r);
	}
	if (r->stop)
		return stop_here(r);
	if (got < 0)
		fail_here(r, &e);
	if (r->over || cd_trainer_spent(r->t))
		end_time(r);
	finish(r);
	return 0;
}

/* Of several ranks the first writes; and each has a clock of its own. */
static void
take_ranks(struct run *r, const struct cd_ranks *ranks)
{
	r->first = !ranks || ranks->rank == 0;
	if (!ranks || ranks->n == 1)
		return;
	r->ranks = r->t->ranks = ranks;
	r->own = cd_train_own_input(ranks, r->a->ndata);
	if (!r->first)
		r->t->best = NULL;
}

int
cd_train_run(struct cd_train_args *a, const struct cd_ranks *ranks)
{
	static struct run r;

	r.a = a;
	r.t = &a->t;
	take_ranks(&r, ranks);
	r.reads = r.own || r.first;
	r.says = r.first && !a->quiet;
	prepare(&r);
	if (a->lr_test) {
		cd_lr_test(r.t, r.ahead, a->lr_test);
		return 0;
	}
	return train(&r);
}
