#include "net/train_opt.h"

static struct cd_train_args a = {
	.batch = 32,
	.checkpoint = 60,
	.max_skipped = -1,
	.t = { .optim = { .kind = CD_OPTIM_RMSPROP,
		   .lr = 1e-3,
		   .momentum = 0.9,
		   .rho = 0.9,
		   .beta1 = 0.9,
		   .beta2 = 0.999,
		   .epsilon = 1e-7 },
	    .schedule = { .step_factor = 0.1 } },
};

static int
take_optimizer(void *to, const char *arg, struct cd_err *e)
{
	return cd_optim_parse(arg, to, e);
}

static int
take_schedule(void *to, const char *arg, struct cd_err *e)
{
	return cd_schedule_parse(arg, to, e);
}

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

static const struct cd_opt opts[] = {
	CD_OPT_THREADS(&a.threads),
	{ "batch", 'n', CD_OPT_INT, &a.batch, "count",
	    "pictures a step, where samples come (default: 32)", 1, CD_FEED_MAX,
	    .result = true },
	{ "quiet", 'q', CD_OPT_FLAG, &a.quiet, NULL,
	    "no lines about progress" },
	{ "seed", 's', CD_OPT_INT, &a.seed, "seed", "of dropout (default: 0)",
	    0, 9e15, .result = true },
	{ "optimizer", 0, CD_OPT_CALL, &a.t.optim.kind, "name",
	    "sgd, rmsprop (default), adam or adamw", .fn = take_optimizer,
	    .result = true },
	{ "lr", 0, CD_OPT_REAL, &a.t.optim.lr, "rate",
	    "learning rate (default: 0.001)", 0, 1e6, .result = true },
	{ "momentum", 0, CD_OPT_REAL, &a.t.optim.momentum, "mu",
	    "of sgd (default: 0.9)", 0, 0.999999, .result = true },
	{ "nesterov", 0, CD_OPT_FLAG, &a.t.optim.nesterov, NULL,
	    "Nesterov momentum in sgd", .result = true },
	{ "rho", 0, CD_OPT_REAL, &a.t.optim.rho, "rho",
	    "decay of rmsprop (default: 0.9)", 0, 0.999999, .result = true },
	{ "beta1", 0, CD_OPT_REAL, &a.t.optim.beta1, "beta",
	    "of adam and adamw (default: 0.9)", 0, 0.999999, .result = true },
	{ "beta2", 0, CD_OPT_REAL, &a.t.optim.beta2, "beta",
	    "of adam and adamw (default: 0.999)", 0, 0.999999, .result = true },
	{ "epsilon", 0, CD_OPT_REAL, &a.t.optim.epsilon, "epsilon",
	    "of rmsprop, adam and adamw (default: 1e-7)", 1e-30, 1,
	    .result = true },
	{ "weight-decay", 0, CD_OPT_REAL, &a.t.optim.weight_decay, "decay",
	    "pulls weights towards 0 (default: 0)", 0, 1000, .result = true },
	{ "clip", 0, CD_OPT_REAL, &a.t.optim.clip, "norm",
	    "scale larger gradients down to this norm", 1e-30, 1e30,
	    .result = true },
	{ "average", 0, CD_OPT_REAL, &a.t.optim.average, "decay",
	    "keep a moving average of the parameters", 1e-9, 0.9999999,
	    .result = true },
	{ "schedule", 0, CD_OPT_CALL, &a.t.schedule.kind, "name",
	    "of --lr: constant (default), linear, cosine or step",
	    .fn = take_schedule, .result = true },
	{ "warm-up", 0, CD_OPT_REAL, &a.t.schedule.warm_up, "share",
	    "of the run, in which --lr rises from 0", 0, 0.999999,
	    .result = true },
	{ "step-at", 0, CD_OPT_CALL, &a.t.schedule, "share,...",
	    "of the run, where --schedule step steps", .fn = take_steps,
	    .result = true },
	{ "step-factor", 0, CD_OPT_REAL, &a.t.schedule.step_factor, "factor",
	    "of a step (default: 0.1)", 0, 1, .result = true },
	{ "budget", 0, CD_OPT_CALL, &a.t.budget, "time",
	    "the run's length: 900, 15m, 1h30m", .fn = take_duration,
	    .result = true },
	{ "stages", 0, CD_OPT_CALL, &a.t.stages, "size:share,...",
	    "bring pictures to these sizes in turn", .fn = take_stages,
	    .result = true },
	{ "label-smoothing", 0, CD_OPT_REAL, &a.t.smoothing, "share",
	    "of each target, spread over all classes", 0, 0.999999,
	    .result = true },
	{ "class-weights", 0, CD_OPT_TEXT, &a.t.class_weights,
	    "class=weight,...", "what losses count (default: 1 each)",
	    .result = true },
	{ "validate", 0, CD_OPT_TEXT, &a.t.validate, "samples",
	    "a file to validate on after each epoch" },
	{ "best", 0, CD_OPT_TEXT, &a.t.best, "model",
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
	"[--beta2 beta] [--epsilon epsilon] [--weight-decay decay] "
	"[--clip norm] [--average decay] [--schedule name] [--warm-up share] "
	"[--step-at share,...] [--step-factor factor] [--budget time] "
	"[--stages size:share,...] [--label-smoothing share] "
	"[--class-weights class=weight,...] [--validate samples] "
	"[--best model] [--patience epochs] [--history file] "
	"[--checkpoint seconds] [--max-skipped count] "
	"[--summary] [file ...] model",
	"Trains a model on batches or samples; its file is rewritten.", opts };

struct cd_train_args *
cd_train_parse(int argc, char **argv)
{
	struct cd_err e = { "" };
	int first;

	a.threads = cd_processors();
	first = cd_opt_parse(&command, argc, argv);
	if (first == argc)
		cd_usage("no model named");
	a.t.path = argv[argc - 1];
	a.data = argv + first;
	a.ndata = argc - first - 1;
	a.t.threads = (int)a.threads;
	a.t.seed = (uint64_t)a.seed;
	if (!a.t.validate && (a.t.best || a.patience > 0))
		cd_usage("--best and --patience need --validate");
	if (cd_schedule_check(&a.t.schedule, &e) < 0)
		cd_usage("%s", e.msg);
	return &a;
}
