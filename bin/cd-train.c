/* cd-train: a model file + batches (or samples) -> the model trained. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/opt.h"
#include "base/stop.h"
#include "net/feed.h"
#include "net/progress.h"
#include "net/train.h"

enum {
	EXIT_RESUME = 75, /* stopped with everything saved */
};

struct args {
	const char *validate, *history, *best, *optimizer;
	int64_t batch, threads, seed, patience, checkpoint, max_skipped;
	bool quiet, summary;
	struct cd_optim optim;
	const char *model;
	char **data;
	int ndata;
};

/* The run: what main's paragraphs share. */
struct run {
	struct cd_trainer trainer;
	struct cd_feed feed;
	struct cd_progress progress;
	bool live; /* a line that is written over */
	double last_save;
};

static struct args a = {
	.optimizer = "rmsprop",
	.batch = 32,
	.checkpoint = 60,
	.max_skipped = -1,
	.optim = { .lr = 1e-3,
	    .momentum = 0.9,
	    .rho = 0.9,
	    .beta1 = 0.9,
	    .beta2 = 0.999,
	    .epsilon = 1e-7 },
};

static const struct cd_opt opts[] = {
	CD_OPT_THREADS(&a.threads),
	{ "batch", 'n', CD_OPT_INT, &a.batch, "count",
	    "pictures a step, where samples come (default: 32)", 1, CD_FEED_MAX,
	    .result = true },
	{ "quiet", 'q', CD_OPT_FLAG, &a.quiet, NULL,
	    "no lines about progress" },
	{ "seed", 's', CD_OPT_INT, &a.seed, "seed", "of dropout (default: 0)",
	    0, 9e15, .result = true },
	{ "optimizer", 0, CD_OPT_TEXT, &a.optimizer, "name",
	    "sgd, rmsprop (default) or adam", .result = true },
	{ "lr", 0, CD_OPT_REAL, &a.optim.lr, "rate",
	    "learning rate (default: 0.001)", 0, 1e6, .result = true },
	{ "momentum", 0, CD_OPT_REAL, &a.optim.momentum, "mu",
	    "of sgd (default: 0.9)", 0, 0.999999, .result = true },
	{ "nesterov", 0, CD_OPT_FLAG, &a.optim.nesterov, NULL,
	    "Nesterov momentum in sgd", .result = true },
	{ "rho", 0, CD_OPT_REAL, &a.optim.rho, "rho",
	    "decay of rmsprop (default: 0.9)", 0, 0.999999, .result = true },
	{ "beta1", 0, CD_OPT_REAL, &a.optim.beta1, "beta",
	    "of adam (default: 0.9)", 0, 0.999999, .result = true },
	{ "beta2", 0, CD_OPT_REAL, &a.optim.beta2, "beta",
	    "of adam (default: 0.999)", 0, 0.999999, .result = true },
	{ "epsilon", 0, CD_OPT_REAL, &a.optim.epsilon, "epsilon",
	    "of rmsprop and adam (default: 1e-7)", 1e-30, 1, .result = true },
	{ "validate", 0, CD_OPT_TEXT, &a.validate, "samples",
	    "a file to validate on after each epoch" },
	{ "best", 0, CD_OPT_TEXT, &a.best, "model",
	    "keep the model that validates best there" },
	{ "patience", 0, CD_OPT_INT, &a.patience, "epochs",
	    "stop when validation was not better for so long", 1, 1e9 },
	{ "history", 0, CD_OPT_TEXT, &a.history, "file",
	    "figures of each epoch, tab-separated" },
	{ "checkpoint", 0, CD_OPT_INT, &a.checkpoint, "seconds",
	    "save the model this often (default: 60)", 0, 1e9 },
	{ "summary", 0, CD_OPT_FLAG, &a.summary, NULL,
	    "print the net's layers, shapes, parameters and FLOPs, and end" },
	{ "max-skipped", 0, CD_OPT_INT, &a.max_skipped, "count",
	    "refuse data from which more pictures were skipped", 0, 9e15 },
	{ .name = NULL },
};

static const struct cd_command command = { "cd-train",
	"[-q] [-j threads] [-n count] [-s seed] [--optimizer name] [--lr rate] "
	"[--momentum mu] [--nesterov] [--rho rho] [--beta1 beta] "
	"[--beta2 beta] [--epsilon epsilon] [--validate samples] "
	"[--best model] [--patience epochs] [--history file] "
	"[--checkpoint seconds] [--max-skipped count] "
	"[--summary] [file ...] model",
	"Trains a model on batches or samples; its file is rewritten.", opts };

static void
parse(int argc, char **argv)
{
	struct cd_err e = { "" };
	int first;

	a.threads = cd_processors();
	first = cd_opt_parse(&command, argc, argv);
	if (first == argc)
		cd_usage("no model named");
	a.model = argv[argc - 1];
	a.data = argv + first;
	a.ndata = argc - first - 1;
	if (cd_optim_parse(a.optimizer, &a.optim.kind, &e) < 0)
		cd_usage("--optimizer: %s", e.msg);
	if (!a.validate && (a.best || a.patience > 0))
		cd_usage("--best and --patience need --validate");
}

static void
save(struct run *r)
{
	struct cd_err e = { "" };

	if (cd_trainer_save(&r->trainer, r->trainer.path, &e) < 0)
		cd_die("%s", e.msg);
	r->last_save = cd_seconds();
}

/* Stopped by a signal: nothing is lost. */
static void
stop_here(struct run *r)
{
	const struct cd_trainer *t = &r->trainer;

	save(r);
	cd_warn("%s: saved at epoch %llu, picture %llu; the same command "
		"continues",
	    t->path, (unsigned long long)t->epoch + 1,
	    (unsigned long long)t->position);
	exit(EXIT_RESUME);
}

/* The input failed: what was learned from it so far is kept. */
static void
fail_here(struct run *r, const struct cd_err *e)
{
	if (r->progress.seen == 0)
		cd_die("%s", e->msg);
	save(r);
	cd_die("%s; %s is saved as trained up to there", e->msg,
	    r->trainer.path);
}

static void
check_skipped(int64_t n)
{
	if (a.max_skipped >= 0 && n > a.max_skipped)
		cd_die("%lld pictures were skipped, more than --max-skipped "
		       "%lld",
		    (long long)n, (long long)a.max_skipped);
}

/* The model, where it stands, and the data that go on from there. */
static void
prepare(struct run *r)
{
	struct cd_trainer *t = &r->trainer;
	struct cd_err e = { "" };

	t->path = a.model;
	t->optim = a.optim;
	t->validate = a.validate;
	t->best = a.best;
	t->threads = (int)a.threads;
	t->seed = (uint64_t)a.seed;
	if (cd_trainer_load(t, &e) < 0 ||
	    cd_feed_open(&r->feed, &t->model, a.data, a.ndata, (int)a.batch,
		&e) < 0)
		cd_die("%s", e.msg);
	check_skipped(cd_head_number(cd_feed_head(&r->feed), "skipped"));
	t->batch = r->feed.size;
	if (cd_trainer_match(t, cd_feed_head(&r->feed), cd_opt_provenance(),
		&e) < 0)
		cd_die("%s: %s", a.ndata ? a.data[0] : "standard input", e.msg);
	if (cd_trainer_start(t, &e) < 0 ||
	    (a.history && cd_history_begin(a.history, t->epoch, &e) < 0))
		cd_die("%s", e.msg);
	cd_feed_from(&r->feed, t->epoch, t->position);
	cd_progress_begin(&r->progress, cd_feed_head(&r->feed));
	r->live = !a.quiet && isatty(STDERR_FILENO);
	r->last_save = cd_seconds();
	cd_stop_catch();
}

/* One step; then the line and the checkpoint, where they are due. */
static void
train_batch(struct run *r)
{
	struct cd_trainer *t = &r->trainer;
	char line[CD_PROGRESS_LINE];
	struct cd_err e = { "" };

	if (cd_feed_check_size(&r->feed, &e) < 0)
		fail_here(r, &e);
	if (r->progress.seen == 0 && r->feed.passed > 0 && !a.quiet)
		cd_warn("passed over %llu pictures that the model was trained "
			"on; going on at epoch %llu, picture %llu",
		    (unsigned long long)r->feed.passed,
		    (unsigned long long)t->epoch + 1,
		    (unsigned long long)t->position + 1);
	if (cd_trainer_step(t, &r->feed, &e) < 0)
		cd_die("%s: %s", t->path, e.msg);
	r->progress.seen += (uint64_t)r->feed.n;
	r->progress.seen_now += (uint64_t)r->feed.n;
	if (r->live && cd_progress_live(&r->progress, t, line)[0])
		fprintf(stderr, "\r%s\x1b[K", line);
	if (!cd_stopped() &&
	    cd_seconds() - r->last_save >= (double)a.checkpoint)
		save(r);
}

static void
end_epoch(struct run *r)
{
	char line[CD_PROGRESS_LINE];
	struct cd_err e = { "" };
	struct cd_epoch s;

	if (cd_trainer_end_epoch(&r->trainer, r->feed.epoch, &s, &e) < 0)
		fail_here(r, &e);
	cd_progress_epoch(&r->progress, &s, line);
	if (r->live)
		fprintf(stderr, "\r\x1b[K");
	if (!a.quiet)
		cd_warn("%s", line);
	if ((a.history && cd_history_add(a.history, &s, &e) < 0) ||
	    cd_trainer_keep_best(&r->trainer, &s, &e) < 0)
		fail_here(r, &e);
}

static void
finish(struct run *r)
{
	const struct cd_trainer *t = &r->trainer;

	if (cd_trainer_stalled(t, a.patience))
		cd_warn("validation was best after epoch %llu; stopped",
		    (unsigned long long)t->best_epoch + 1);
	else if (r->progress.seen == 0)
		cd_warn("nothing to train on: the model stands at the end of "
			"epoch %llu",
		    (unsigned long long)t->epoch);
	check_skipped((int64_t)cd_feed_skipped(&r->feed));
	save(r);
	cd_feed_close(&r->feed);
	cd_trainer_close(&r->trainer);
}

/* Instead of training. */
static void
summary(void)
{
	struct cd_err e = { "" };
	struct cd_model m;

	if (cd_model_load(&m, a.model, &e) < 0)
		cd_die("%s", e.msg);
	cd_net_summary(&m.net, stdout);
	cd_close_stdout();
	exit(0);
}

int
main(int argc, char **argv)
{
	static struct run r;
	struct cd_err e = { "" };
	int got = 0;

	parse(argc, argv);
	if (a.summary)
		summary();
	prepare(&r);
	while (!cd_stopped() && !cd_trainer_stalled(&r.trainer, a.patience) &&
	    (got = cd_feed_next(&r.feed, &e)) > 0) {
		if (got == CD_FEED_BATCH)
			train_batch(&r);
		else
			end_epoch(&r);
	}
	if (cd_stopped())
		stop_here(&r);
	if (got < 0)
		fail_here(&r, &e);
	finish(&r);
	return 0;
}
