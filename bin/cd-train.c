/* cd-train: a model file + batches (or samples) -> the model trained. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/opt.h"
#include "net/feed.h"
#include "net/progress.h"
#include "net/train.h"

enum {
	EXIT_RESUME = 75,	/* stopped with everything saved */
};

struct args {
	const char *validate, *history, *best, *optimizer;
	int64_t batch, threads, seed, patience, checkpoint, max_skipped;
	double lr, momentum, rho, epsilon, beta1, beta2;
	bool nesterov, quiet;
	const char *model;
	char **data;
	int ndata;
};

/* The run: what main's paragraphs share. */
struct run {
	struct args args;
	struct cd_trainer trainer;
	struct cd_feed feed;
	struct cd_progress progress;
	bool live;		/* a line that is written over */
	double last_save;
};

static volatile sig_atomic_t stop;

static void
on_signal(int sig)
{
	stop = sig;
}

/* The first INT or TERM lets the step finish; a second one kills. */
static void
catch_signals(void)
{
	struct sigaction a;

	memset(&a, 0, sizeof a);
	a.sa_handler = on_signal;
	a.sa_flags = (int)SA_RESETHAND;
	sigemptyset(&a.sa_mask);
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
}

static struct args
parse(int argc, char **argv, struct cd_optim *optim)
{
	static struct args a = { .optimizer = "rmsprop", .batch = 32,
	    .patience = -1, .checkpoint = 60, .max_skipped = -1, .lr = 1e-3,
	    .momentum = 0.9, .rho = 0.9, .epsilon = 1e-7, .beta1 = 0.9,
	    .beta2 = 0.999 };
	static const struct cd_opt opts[] = {
		{ "optimizer", 0, CD_OPT_TEXT, &a.optimizer, "name",
		    "sgd, rmsprop (default) or adam", .result = true },
		{ "lr", 0, CD_OPT_REAL, &a.lr, "rate",
		    "learning rate (default 0.001)", 0, 1e6, .result = true },
		{ "momentum", 0, CD_OPT_REAL, &a.momentum, "mu",
		    "of sgd (default 0.9)", 0, 1, .result = true },
		{ "nesterov", 0, CD_OPT_FLAG, &a.nesterov, NULL,
		    "sgd with Nesterov momentum", .result = true },
		{ "rho", 0, CD_OPT_REAL, &a.rho, "rho",
		    "decay of rmsprop (default 0.9)", 0, 1, .result = true },
		{ "beta1", 0, CD_OPT_REAL, &a.beta1, "beta",
		    "of adam (default 0.9)", 0, 0.999999, .result = true },
		{ "beta2", 0, CD_OPT_REAL, &a.beta2, "beta",
		    "of adam (default 0.999)", 0, 0.999999, .result = true },
		{ "epsilon", 0, CD_OPT_REAL, &a.epsilon, "epsilon",
		    "of rmsprop and adam (default 1e-7)", 0, 1,
		    .result = true },
		{ "batch", 'n', CD_OPT_INT, &a.batch, "count",
		    "pictures a step, where samples come (default 32)", 1,
		    CD_FEED_MAX, .result = true },
		{ "seed", 's', CD_OPT_INT, &a.seed, "seed",
		    "of dropout (default 0)", 0, 9e15, .result = true },
		{ "validate", 0, CD_OPT_TEXT, &a.validate, "file",
		    "samples to validate on after each epoch" },
		{ "best", 0, CD_OPT_TEXT, &a.best, "file",
		    "keep the model that validates best there" },
		{ "patience", 0, CD_OPT_INT, &a.patience, "epochs",
		    "stop when validation was not better for so long", 1, 1e9 },
		{ "history", 0, CD_OPT_TEXT, &a.history, "file",
		    "figures of each epoch, tab-separated" },
		{ "checkpoint", 0, CD_OPT_INT, &a.checkpoint, "seconds",
		    "save the model this often (default 60)", 0, 1e9 },
		{ "max-skipped", 0, CD_OPT_INT, &a.max_skipped, "count",
		    "refuse data from which more pictures were skipped", 0,
		    9e15 },
		{ "threads", 'j', CD_OPT_INT, &a.threads, "count",
		    "threads (default: the processors online)", 1, 1024 },
		{ "quiet", 'q', CD_OPT_FLAG, &a.quiet, NULL,
		    "no lines about progress" },
		{ .name = NULL },
	};
	static const struct cd_command command = { "cd-train",
	    "[-q] [-j count] [-n count] [-s seed] [--optimizer name] "
	    "[--lr rate] [--momentum mu] [--nesterov] [--rho rho] "
	    "[--beta1 beta] [--beta2 beta] [--epsilon epsilon] "
	    "[--validate file] [--best file] [--patience epochs] "
	    "[--history file] [--checkpoint seconds] [--max-skipped count] "
	    "[file ...] model",
	    "Train the model on batches or samples; it is rewritten.", opts };
	struct cd_err e = { "" };
	int first;

	a.threads = sysconf(_SC_NPROCESSORS_ONLN);
	first = cd_opt_parse(&command, argc, argv);
	if (first == argc)
		cd_usage("no model named");
	a.model = argv[argc - 1];
	a.data = argv + first;
	a.ndata = argc - first - 1;
	if (cd_optim_parse(a.optimizer, &optim->kind, &e) < 0)
		cd_usage("--optimizer: %s", e.msg);
	if (!a.validate && (a.best || a.patience > 0))
		cd_usage("--best and --patience need --validate");
	optim->lr = a.lr;
	optim->momentum = a.momentum;
	optim->nesterov = a.nesterov;
	optim->rho = a.rho;
	optim->beta1 = a.beta1;
	optim->beta2 = a.beta2;
	optim->epsilon = a.epsilon;
	return a;
}

static void
save(struct run *r)
{
	struct cd_err e = { "" };

	if (cd_trainer_save(&r->trainer, r->trainer.path, &e) < 0)
		cd_die("%s", e.msg);
	r->last_save = cd_seconds();
}

/* Stopped by a signal, or by input that failed: nothing is lost. */
static void
save_and_exit(struct run *r, int status)
{
	save(r);
	cd_warn("%s: saved at epoch %llu, picture %llu; the same command "
	    "continues", r->trainer.path,
	    (unsigned long long)r->trainer.epoch + 1,
	    (unsigned long long)r->trainer.position);
	exit(status);
}

static void
check_skipped(const struct args *a, int64_t n)
{
	if (a->max_skipped >= 0 && n > a->max_skipped)
		cd_die("%lld pictures were skipped, more than --max-skipped "
		    "%lld", (long long)n, (long long)a->max_skipped);
}

/* Where samples come: is there a whole batch of them? */
static void
check_batch(const struct args *a, const struct cd_feed *f)
{
	int64_t records = cd_head_number(cd_feed_head(f), "records");

	if (!f->batches && records >= 0 && records < a->batch)
		cd_die("batches of %lld pictures, but an epoch has only "
		    "%lld: give a smaller -n", (long long)a->batch,
		    (long long)records);
}

/* The model, where it stands, and the data that go on from there. */
static void
prepare(struct run *r)
{
	struct cd_trainer *t = &r->trainer;
	const struct args *a = &r->args;
	struct cd_err e = { "" };

	t->path = a->model;
	t->validate = a->validate;
	t->best = a->best;
	t->threads = (int)a->threads;
	t->seed = (uint64_t)a->seed;
	if (cd_trainer_load(t, &e) < 0 || cd_feed_open(&r->feed, &t->model,
	    a->data, a->ndata, (int)a->batch, &e) < 0)
		cd_die("%s", e.msg);
	check_skipped(a, cd_head_number(cd_feed_head(&r->feed), "skipped"));
	check_batch(a, &r->feed);
	t->batch = r->feed.size;
	if (cd_trainer_match(t, cd_feed_head(&r->feed), cd_opt_provenance(),
	    &e) < 0 || cd_trainer_start(t, &e) < 0 || (a->history &&
	    cd_history_begin(a->history, t->epoch, &e) < 0))
		cd_die("%s", e.msg);
	cd_feed_from(&r->feed, t->epoch, t->position);
	cd_progress_begin(&r->progress, cd_feed_head(&r->feed));
	r->live = !a->quiet && isatty(STDERR_FILENO);
	r->last_save = cd_seconds();
	catch_signals();
}

/* One step; then the line and the checkpoint, where they are due. */
static void
train_batch(struct run *r)
{
	struct cd_trainer *t = &r->trainer;
	char line[CD_PROGRESS_LINE];
	struct cd_err e = { "" };

	if (r->progress.seen == 0 && r->feed.passed > 0 && !r->args.quiet)
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
	if (!stop && cd_seconds() - r->last_save >= (double)r->args.checkpoint)
		save(r);
}

static void
end_epoch(struct run *r)
{
	char line[CD_PROGRESS_LINE];
	struct cd_err e = { "" };
	struct cd_epoch s;

	if (cd_trainer_end_epoch(&r->trainer, &s, &e) < 0)
		cd_die("%s", e.msg);
	cd_progress_epoch(&r->progress, &s, line);
	if (r->live)
		fprintf(stderr, "\r\x1b[K");
	if (!r->args.quiet)
		cd_warn("%s", line);
	if (r->args.history && cd_history_add(r->args.history, &s, &e) < 0)
		cd_die("%s", e.msg);
}

static bool
lost_patience(const struct run *r)
{
	const struct cd_trainer *t = &r->trainer;

	return r->args.patience > 0 && t->has_best &&
	    t->epoch > t->best_epoch + (uint64_t)r->args.patience;
}

static void
finish(struct run *r)
{
	const struct cd_trainer *t = &r->trainer;

	if (lost_patience(r))
		cd_warn("validation was best after epoch %llu; stopped",
		    (unsigned long long)t->best_epoch + 1);
	else if (r->progress.seen == 0)
		cd_warn("nothing to train on: the model stands at the end of "
		    "epoch %llu", (unsigned long long)t->epoch);
	check_skipped(&r->args, (int64_t)cd_feed_skipped(&r->feed));
	save(r);
	cd_feed_close(&r->feed);
	cd_trainer_close(&r->trainer);
}

int
main(int argc, char **argv)
{
	static struct run r;
	struct cd_err e = { "" };
	int got = 0;

	r.args = parse(argc, argv, &r.trainer.optim);
	prepare(&r);
	while (!stop && !lost_patience(&r) &&
	    (got = cd_feed_next(&r.feed, &e)) > 0) {
		if (got == CD_FEED_BATCH)
			train_batch(&r);
		else
			end_epoch(&r);
	}
	if (stop)
		save_and_exit(&r, EXIT_RESUME);
	if (got < 0) {
		cd_warn("%s", e.msg);
		save_and_exit(&r, 2);
	}
	finish(&r);
	return 0;
}
