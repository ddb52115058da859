/* cd-train: a model file + batches (or samples) -> the model trained. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/opt.h"
#include "net/feed.h"
#include "net/train.h"

enum {
	EXIT_RESUME = 75,	/* stopped with everything saved */
	BATCH_MAX = 65536,
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

/* What the lines on standard error tell. */
struct progress {
	bool quiet, live;
	double start, epoch_start, last_live, last_save;
	uint64_t seen, passed;	/* pictures trained on here; passed over */
	int64_t epochs, pictures;	/* of the run; in an epoch; or -1 */
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

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
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
		    BATCH_MAX, .result = true },
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

/* Epochs and pictures, as far as the header tells. */
static void
begin_progress(struct progress *p, const struct cd_head *h, bool quiet)
{
	int64_t batch = cd_head_number(h, "batch");

	p->quiet = quiet;
	p->live = !quiet && isatty(STDERR_FILENO);
	p->start = p->epoch_start = p->last_live = p->last_save = now();
	p->epochs = cd_head_number(h, "epochs");
	p->pictures = cd_head_number(h, "records");
	/* the last batch of an epoch may be smaller: good enough for the time
	 * that is left */
	if (p->pictures > 0 && batch > 0)
		p->pictures *= batch;
}

static void
live_line(struct progress *p, const struct cd_trainer *t)
{
	double at = now(), rate, left;

	if (!p->live || at - p->last_live < 0.5)
		return;
	p->last_live = at;
	rate = (double)p->seen / (at - p->start);
	fprintf(stderr, "\repoch %llu: %llu pictures, loss %.4f, "
	    "accuracy %.3f, %.0f pictures/s", (unsigned long long)t->epoch + 1,
	    (unsigned long long)t->position,
	    t->sum_loss / (double)t->position,
	    (double)t->sum_correct / (double)t->position, rate);
	if (p->epochs > 0 && p->pictures > 0) {
		left = ((double)(p->epochs * p->pictures) - (double)(t->epoch *
		    (uint64_t)p->pictures + t->position)) / rate;
		fprintf(stderr, ", %.0f:%02.0f min left",
		    left > 0 ? (double)(int)(left / 60) : 0,
		    left > 0 ? (double)((int)left % 60) : 0);
	}
	fprintf(stderr, "\x1b[K");
}

static void
epoch_line(struct progress *p, const struct cd_epoch *s)
{
	char of[32] = "", val[64] = "";

	if (p->quiet)
		return;
	if (p->epochs > 0)
		snprintf(of, sizeof of, " of %lld", (long long)p->epochs);
	if (s->validated)
		snprintf(val, sizeof val, "; validation loss %.4f accuracy "
		    "%.4f", s->val_loss, s->val_accuracy);
	if (p->live)
		fprintf(stderr, "\r\x1b[K");
	cd_warn("epoch %llu%s: loss %.4f accuracy %.4f%s; %.1f s, %.0f "
	    "pictures/s", (unsigned long long)s->epoch + 1, of, s->loss,
	    s->accuracy, val, s->seconds,
	    s->seconds > 0 ? (double)s->pictures / s->seconds : 0);
}

static void
save(struct cd_trainer *t, struct progress *p)
{
	struct cd_err e = { "" };

	if (cd_trainer_save(t, t->path, &e) < 0)
		cd_die("%s", e.msg);
	p->last_save = now();
}

/* Stopped by a signal, or by input that failed: nothing is lost. */
static void
save_and_exit(struct cd_trainer *t, struct progress *p, int status)
{
	save(t, p);
	cd_warn("%s: saved at epoch %llu, picture %llu; the same command "
	    "continues", t->path, (unsigned long long)t->epoch + 1,
	    (unsigned long long)t->position);
	exit(status);
}

static void
check_skipped(const struct args *a, int64_t n)
{
	if (a->max_skipped >= 0 && n > a->max_skipped)
		cd_die("%lld pictures were skipped, more than --max-skipped "
		    "%lld", (long long)n, (long long)a->max_skipped);
}

/* The model, where it stands, and the data that go on from there. */
static void
prepare(const struct args *a, struct cd_trainer *t, struct cd_feed *f,
    struct progress *p)
{
	struct cd_err e = { "" };
	const struct cd_head *h;
	int64_t batch;

	t->path = a->model;
	t->validate = a->validate;
	t->best = a->best;
	t->threads = (int)a->threads;
	t->seed = (uint64_t)a->seed;
	t->batch = (int)a->batch;
	if (cd_trainer_load(t, &e) < 0 || cd_feed_open(f, &t->model, a->data,
	    a->ndata, t->batch, BATCH_MAX, &e) < 0)
		cd_die("%s", e.msg);
	h = cd_feed_head(f);
	batch = cd_head_number(h, "batch");
	if (f->batches && batch > 0 && batch <= BATCH_MAX)
		f->size = t->batch = (int)batch;
	else if (cd_head_number(h, "records") >= 0 &&
	    cd_head_number(h, "records") < t->batch)
		cd_die("batches of %d pictures, but an epoch has only %lld: "
		    "give a smaller -n", t->batch,
		    (long long)cd_head_number(h, "records"));
	check_skipped(a, cd_head_number(h, "skipped"));
	if (cd_trainer_match(t, h, cd_opt_provenance(), &e) < 0 ||
	    cd_trainer_start(t, &e) < 0 || (a->history &&
	    cd_history_begin(a->history, t->epoch, &e) < 0))
		cd_die("%s", e.msg);
	cd_feed_from(f, t->epoch, t->position);
	begin_progress(p, h, a->quiet);
}

/* One step; then the line, the checkpoint and the signals that are due. */
static void
train_batch(const struct args *a, struct cd_trainer *t,
    const struct cd_feed *f, struct progress *p)
{
	struct cd_err e = { "" };

	if (p->seen == 0 && f->passed > 0 && !p->quiet)
		cd_warn("passed over %llu pictures that the model was trained "
		    "on; going on at epoch %llu, picture %llu",
		    (unsigned long long)f->passed,
		    (unsigned long long)t->epoch + 1,
		    (unsigned long long)t->position + 1);
	if (cd_trainer_step(t, f, &e) < 0)
		cd_die("%s: %s", t->path, e.msg);
	p->seen += (uint64_t)f->n;
	live_line(p, t);
	if (!stop && now() - p->last_save >= (double)a->checkpoint)
		save(t, p);
}

static bool
lost_patience(const struct args *a, const struct cd_trainer *t)
{
	return a->patience > 0 && t->has_best &&
	    t->epoch > t->best_epoch + (uint64_t)a->patience;
}

static void
end_epoch(const struct args *a, struct cd_trainer *t, struct progress *p)
{
	struct cd_err e = { "" };
	struct cd_epoch s;

	if (cd_trainer_end_epoch(t, &s, &e) < 0)
		cd_die("%s", e.msg);
	s.seconds = now() - p->epoch_start;
	p->epoch_start = now();
	epoch_line(p, &s);
	if (a->history && cd_history_add(a->history, &s, &e) < 0)
		cd_die("%s", e.msg);
}

int
main(int argc, char **argv)
{
	struct cd_trainer t = { .path = NULL };
	struct args a = parse(argc, argv, &t.optim);
	struct progress p = { .quiet = false };
	struct cd_err e = { "" };
	struct cd_feed f;
	int got = 0;

	prepare(&a, &t, &f, &p);
	catch_signals();
	while (!stop && !lost_patience(&a, &t) &&
	    (got = cd_feed_next(&f, &e)) > 0) {
		if (got == CD_FEED_BATCH)
			train_batch(&a, &t, &f, &p);
		else
			end_epoch(&a, &t, &p);
	}
	if (stop)
		save_and_exit(&t, &p, EXIT_RESUME);
	if (got < 0) {
		cd_warn("%s", e.msg);
		save_and_exit(&t, &p, 2);
	}
	check_skipped(&a, (int64_t)cd_feed_skipped(&f));
	if (lost_patience(&a, &t) && !a.quiet)
		cd_warn("no better since epoch %llu; stopped",
		    (unsigned long long)t.best_epoch + 1);
	else if (p.seen == 0)
		cd_warn("nothing left to train on: the model stands at the "
		    "end of epoch %llu", (unsigned long long)t.epoch);
	save(&t, &p);
	cd_feed_close(&f);
	cd_trainer_close(&t);
	return 0;
}
