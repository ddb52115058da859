#include "cmd/train_opt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/opt.h"
#include "train/weights.h"

static struct cd_train_args a = {
	.batch = 32,
	.checkpoint = 60,
	.max_skipped = -1,
	.t = { .optim = { .lr = 1e-3,
		   .momentum = 0.9,
		   .rho = 0.9,
		   .beta1 = 0.9,
		   .beta2 = 0.999,
		   .epsilon = 1e-7 },
	    .schedule = { .step_factor = 0.1 },
	    .validate_every = 1 },
};

static int optimizer = CD_OPTIM_RMSPROP, schedule = CD_SCHEDULE_CONSTANT;

static const char *const best_words[] = {
	[CD_BEST_BY_ACCURACY] = "accuracy",
	[CD_BEST_BY_LOSS] = "loss",
	NULL,
};
static int best_by = -1;

static int
take_steps(void *to, const char *arg, struct cd_err *e)
{
	return cd_schedule_parse_steps(to, arg, e);
}

static int
take_stages(void *to, const char *arg, struct cd_err *e)
{
	return cd_stages_parse(to, arg, e);
}

static int
take_duration(void *to, const char *arg, struct cd_err *e)
{
	return cd_parse_duration(arg, to, e);
}

static bool
are_in_file(const char *arg)
{
	return cd_weights_file(arg) != NULL;
}

static const struct cd_opt opts[] = {
	CD_OPT_THREADS(&a.threads),
	{ .name = "batch",
	    .letter = 'n',
	    .type = CD_OPT_INT,
	    .to = &a.batch,
	    .arg = "count",
	    .help = "pictures a step, where samples come (default: 32)",
	    .min = 1,
	    .max = CD_FEED_MAX,
	    .result = true },
	{ .name = "quiet",
	    .letter = 'q',
	    .type = CD_OPT_FLAG,
	    .to = &a.quiet,
	    .help = "no lines about progress" },
	CD_OPT_SEED(&a.seed, "of dropout (default: 0)"),
	{ .name = "optimizer",
	    .type = CD_OPT_CHOICE,
	    .to = &optimizer,
	    .arg = "name",
	    .help = "sgd, rmsprop (default), adam or adamw",
	    .words = cd_optim_names,
	    .result = true },
	{ .name = "lr",
	    .type = CD_OPT_REAL,
	    .to = &a.t.optim.lr,
	    .arg = "rate",
	    .help = "learning rate (default: 0.001)",
	    .min = 0,
	    .max = 1e6,
	    .result = true },
	{ .name = "momentum",
	    .type = CD_OPT_REAL,
	    .to = &a.t.optim.momentum,
	    .arg = "mu",
	    .help = "of sgd (default: 0.9)",
	    .min = 0,
	    .max = 0.999999,
	    .result = true },
	{ .name = "nesterov",
	    .type = CD_OPT_FLAG,
	    .to = &a.t.optim.nesterov,
	    .help = "Nesterov momentum in sgd",
	    .result = true },
	{ .name = "rho",
	    .type = CD_OPT_REAL,
	    .to = &a.t.optim.rho,
	    .arg = "rho",
	    .help = "decay of rmsprop (default: 0.9)",
	    .min = 0,
	    .max = 0.999999,
	    .result = true },
	{ .name = "beta1",
	    .type = CD_OPT_REAL,
	    .to = &a.t.optim.beta1,
	    .arg = "beta",
	    .help = "of adam and adamw (default: 0.9)",
	    .min = 0,
	    .max = 0.999999,
	    .result = true },
	{ .name = "beta2",
	    .type = CD_OPT_REAL,
	    .to = &a.t.optim.beta2,
	    .arg = "beta",
	    .help = "of adam and adamw (default: 0.999)",
	    .min = 0,
	    .max = 0.999999,
	    .result = true },
	{ .name = "epsilon",
	    .type = CD_OPT_REAL,
	    .to = &a.t.optim.epsilon,
	    .arg = "epsilon",
	    .help = "of rmsprop, adam and adamw (default: 1e-7)",
	    .min = 1e-30,
	    .max = 1,
	    .result = true },
	{ .name = "weight-decay",
	    .type = CD_OPT_REAL,
	    .to = &a.t.optim.weight_decay,
	    .arg = "decay",
	    .help = "pulls weights towards 0 (default: 0)",
	    .min = 0,
	    .max = 1000,
	    .result = true },
	{ .name = "clip",
	    .type = CD_OPT_REAL,
	    .to = &a.t.optim.clip,
	    .arg = "norm",
	    .help = "scale larger gradients down to this norm",
	    .min = 1e-30,
	    .max = 1e30,
	    .result = true },
	{ .name = "average",
	    .type = CD_OPT_REAL,
	    .to = &a.t.average.decay,
	    .arg = "decay",
	    .help = "keep a moving average of the parameters",
	    .min = 1e-9,
	    .max = 0.9999999,
	    .result = true },
	{ .name = "average-epochs",
	    .type = CD_OPT_REAL,
	    .to = &a.t.average.epochs,
	    .arg = "epochs",
	    .help = "keep one with this time constant",
	    .min = 1e-6,
	    .max = 1e6,
	    .result = true },
	{ .name = "average-share",
	    .type = CD_OPT_REAL,
	    .to = &a.t.average.share,
	    .arg = "share",
	    .help = "keep one with this share of the run as time constant",
	    .min = 1e-6,
	    .max = 1,
	    .result = true },
	{ .name = "schedule",
	    .type = CD_OPT_CHOICE,
	    .to = &schedule,
	    .arg = "name",
	    .help = "of --lr: constant (default), linear, cosine or step",
	    .words = cd_schedule_names,
	    .result = true },
	{ .name = "warm-up",
	    .type = CD_OPT_REAL,
	    .to = &a.t.schedule.warm_up,
	    .arg = "share",
	    .help = "of the run, in which --lr rises from 0",
	    .min = 0,
	    .max = 0.999999,
	    .result = true },
	{ .name = "step-at",
	    .type = CD_OPT_CALL,
	    .to = &a.t.schedule,
	    .arg = "share,...",
	    .help = "of the run, where --schedule step steps",
	    .fn = take_steps,
	    .result = true },
	{ .name = "step-factor",
	    .type = CD_OPT_REAL,
	    .to = &a.t.schedule.step_factor,
	    .arg = "factor",
	    .help = "of a step (default: 0.1)",
	    .min = 0,
	    .max = 1,
	    .result = true },
	{ .name = "budget",
	    .type = CD_OPT_CALL,
	    .to = &a.t.budget,
	    .arg = "time",
	    .help = "the run's length: 900, 15m, 1h30m",
	    .fn = take_duration,
	    .result = true },
	{ .name = "limit",
	    .type = CD_OPT_CALL,
	    .to = &a.t.limit,
	    .arg = "time",
	    .help = "its greatest length: where it takes longer, epochs are "
		    "left out",
	    .fn = take_duration,
	    .result = true },
	{ .name = "stages",
	    .type = CD_OPT_CALL,
	    .to = &a.t.stages,
	    .arg = "size:share,...",
	    .help = "bring pictures to these sizes in turn; own: train at "
		    "the size they have",
	    .words = CD_WORDS("own"),
	    .fn = take_stages,
	    .result = true },
	{ .name = "label-smoothing",
	    .type = CD_OPT_REAL,
	    .to = &a.t.smoothing,
	    .arg = "share",
	    .help = "of each target, spread over all classes",
	    .min = 0,
	    .max = 0.999999,
	    .result = true },
	{ .name = "class-weights",
	    .type = CD_OPT_TEXT,
	    .to = &a.t.class_weights,
	    .arg = "weights",
	    .help = "of losses: class=weight,..., or balanced:file",
	    .words = CD_WORDS("balanced:"),
	    .result = true,
	    .untold = are_in_file },
	{ .name = "norm-statistics",
	    .type = CD_OPT_PATH,
	    .to = &a.t.statistics,
	    .arg = "samples",
	    .help = "a file to measure those of norms on at the end" },
	{ .name = "validate",
	    .type = CD_OPT_PATH,
	    .to = &a.t.validate,
	    .arg = "samples",
	    .help = "a file to validate on after each epoch" },
	{ .name = "validate-every",
	    .type = CD_OPT_INT,
	    .to = &a.t.validate_every,
	    .arg = "epochs",
	    .help = "validate this often, and at the end (default: 1)",
	    .min = 1,
	    .max = INT32_MAX },
	{ .name = "best",
	    .type = CD_OPT_PATH,
	    .to = &a.t.best,
	    .arg = "model",
	    .help = "keep the model that validates best there",
	    .written = true },
	{ .name = "best-by",
	    .type = CD_OPT_CHOICE,
	    .to = &best_by,
	    .arg = "what",
	    .help = "is best: accuracy (default) or loss",
	    .words = best_words },
	{ .name = "patience",
	    .type = CD_OPT_INT,
	    .to = &a.patience,
	    .arg = "epochs",
	    .help = "stop when validation was not better for so long",
	    .min = 1,
	    .max = 1e9 },
	{ .name = "history",
	    .type = CD_OPT_PATH,
	    .to = &a.history,
	    .arg = "file",
	    .help = "figures of each epoch, tab-separated",
	    .written = true },
	{ .name = "lr-test",
	    .type = CD_OPT_PATH,
	    .to = &a.lr_test,
	    .arg = "file",
	    .help = "only try rising rates; a table, the model stays",
	    .written = true },
	{ .name = "checkpoint",
	    .type = CD_OPT_INT,
	    .to = &a.checkpoint,
	    .arg = "seconds",
	    .help = "save the model this often (default: 60)",
	    .min = 0,
	    .max = 1e9 },
	{ .name = "summary",
	    .type = CD_OPT_FLAG,
	    .to = &a.summary,
	    .help = "print the net's layers, shapes, parameters and FLOPs, "
		    "and end" },
	{ .name = "max-skipped",
	    .type = CD_OPT_INT,
	    .to = &a.max_skipped,
	    .arg = "count",
	    .help = "refuse data from which more pictures were skipped",
	    .min = 0,
	    .max = 9e15 },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-train",
	.usage = "[-q] [-j threads] [-n count] [-s seed] [--optimizer name] "
		 "[--lr rate] [--momentum mu] [--nesterov] [--rho rho] "
		 "[--beta1 beta] [--beta2 beta] [--epsilon epsilon] "
		 "[--weight-decay decay] [--clip norm] [--average decay | "
		 "--average-epochs epochs | --average-share share] "
		 "[--schedule name] [--warm-up share] [--step-at share,...] "
		 "[--step-factor factor] [--budget time | --limit time] "
		 "[--stages size:share,... | --stages own] "
		 "[--label-smoothing share] "
		 "[--class-weights weights] "
		 "[--norm-statistics samples] [--validate samples] "
		 "[--validate-every epochs] [--best model] [--best-by what] "
		 "[--patience epochs] [--history file] [--lr-test file] "
		 "[--checkpoint seconds] [--max-skipped count] "
		 "[--summary] [file ...] model",
	.about = "Trains a model on batches or samples; its file is rewritten.",
	.opts = opts,
};

static const struct cd_command command_mpi = {
	.name = "cd-train-mpi",
	.usage = "[option ...] [file ...] model",
	.about = "Trains a model as cd-train does, in the processes that "
		 "mpirun starts.",
	.opts = opts,
	.like = "cd-train",
};

/* --summary: prints a table instead of training. */
static void
summary(const char *path)
{
	struct cd_err e = { "" };
	struct cd_model m;

	if (cd_model_load(&m, path, &e) < 0)
		cd_die("%s", e.msg);
	cd_net_summary(&m.net, stdout);
	cd_close_stdout();
	exit(0);
}

/* The operands: data and, last, the model. */
static void
take_operands(char **operand, int n)
{
	int i;

	if (n == 0)
		cd_usage("no model named");
	a.t.path = operand[n - 1];
	a.data = operand;
	a.ndata = n - 1;
	if (strcmp(a.t.path, "-") == 0)
		cd_usage("the model's file is rewritten: standard input will "
			 "not do");
	if (a.summary)
		summary(a.t.path);
	cd_files_written(a.t.path, "the model");
	if (a.ndata == 0)
		cd_files_read(NULL, "the data");
	for (i = 0; i < a.ndata; i++)
		cd_files_read(a.data[i], "the data");
	if (a.t.class_weights && cd_weights_file(a.t.class_weights))
		cd_files_read(cd_weights_file(a.t.class_weights),
		    "--class-weights");
}

static struct cd_train_args *
parse(const struct cd_command *c, int argc, char **argv, int threads)
{
	struct cd_err e = { "" };
	int first;

	a.threads = threads;
	first = cd_opt_parse(c, argc, argv);
	take_operands(argv + first, argc - first);
	a.t.optim.kind = (enum cd_optim_kind)optimizer;
	a.t.schedule.kind = (enum cd_schedule_kind)schedule;
	a.t.threads = (int)a.threads;
	a.t.seed = (uint64_t)a.seed;
	if (!a.t.validate && a.t.validate_every > 1)
		cd_usage("--validate-every needs --validate");
	if (!a.t.validate && (a.t.best || a.patience > 0))
		cd_usage("--best and --patience need --validate");
	if (best_by >= 0 && !a.t.best && a.patience == 0)
		cd_usage("--best-by needs --best or --patience");
	if (best_by >= 0)
		a.t.best_by = (enum cd_best_by)best_by;
	if ((a.t.average.decay > 0) + (a.t.average.epochs > 0) +
		(a.t.average.share > 0) >
	    1)
		cd_usage("--average, --average-epochs and --average-share: "
			 "only one");
	if (a.t.budget > 0 && a.t.limit > 0)
		cd_usage("--budget and --limit: only one");
	if (a.lr_test &&
	    (a.t.validate || a.history || a.t.budget > 0 || a.t.limit > 0 ||
		schedule != 0 || a.t.schedule.warm_up > 0))
		cd_usage("--lr-test goes without --validate, --history, "
			 "--schedule, --warm-up, --budget and --limit");
	if (cd_schedule_check(&a.t.schedule, &e) < 0)
		cd_usage("%s", e.msg);
	return &a;
}

struct cd_train_args *
cd_train_parse(int argc, char **argv)
{
	return parse(&command, argc, argv, cd_processors());
}

struct cd_train_args *
cd_train_parse_mpi(int argc, char **argv)
{
	return parse(&command_mpi, argc, argv, 0);
}
