/* cd-init: a net text -> an untrained model. */
#include <stdio.h>
#include <string.h>

#include "cmd/opt.h"
#include "net/text.h"
#include "plan/plan.h"
#include "train/feed.h"

static struct {
	int64_t seed, batch, threads;
	const char *output;
	bool summary, plan;
} args;

static const struct cd_opt opts[] = {
	{ .name = "batch",
	    .letter = 'n',
	    .type = CD_OPT_INT,
	    .to = &args.batch,
	    .arg = "count",
	    .help = "pictures a batch, of --plan (default: 32)",
	    .min = 1,
	    .max = CD_FEED_MAX },
	CD_OPT_THREADS(&args.threads),
	CD_OPT_OUTPUT(&args.output),
	{ .name = "plan",
	    .type = CD_OPT_FLAG,
	    .to = &args.plan,
	    .help = "print the steps that train it instead of a model" },
	CD_OPT_SEED(&args.seed, "of the random weights (default: 0)"),
	{ .name = "summary",
	    .type = CD_OPT_FLAG,
	    .to = &args.summary,
	    .help = "print a table of the layers instead of a model" },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-init",
	.usage =
	    "[-j threads] [-n count] [-o file] [-s seed] [--plan] [--summary] "
	    "[net-file]",
	.about = "Makes an untrained model of a net text.",
	.opts = opts,
	.operands = CD_OPERANDS_READ,
};

/* Prints tables instead of writing a model. */
static void
print(struct cd_net *net)
{
	struct cd_err e = { "" };
	struct cd_model model;
	struct cd_plan *plan;

	if (args.summary)
		cd_net_summary(net, stdout);
	if (args.plan) {
		if (cd_model_init(&model, net, 0, &e) < 0 ||
		    cd_plan_new(&plan, &model, 0, 0, (int)args.batch,
			(int)args.threads, true, &e) < 0)
			cd_die("%s", e.msg);
		cd_plan_print(plan, stdout);
		cd_plan_free(plan);
		cd_model_free(&model);
	}
	cd_net_free(net);
	cd_close_stdout();
}

int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);
	struct cd_err e = { "" };
	struct cd_model model;
	struct cd_net net;

	if (argc - i > 1)
		cd_usage("one net-file at most");
	if ((args.summary || args.plan) && args.output)
		cd_usage("--summary and --plan write no model: no --output");
	if ((args.batch || args.threads) && !args.plan)
		cd_usage("-n and -j are of --plan");
	if (!args.batch)
		args.batch = 32;
	if (!args.threads)
		args.threads = cd_processors();

	if (cd_net_load(&net,
		i < argc && strcmp(argv[i], "-") != 0 ? argv[i] : NULL, &e) < 0)
		cd_die("%s", e.msg);
	if (args.summary || args.plan) {
		print(&net);
		return 0;
	}

	if (cd_model_init(&model, &net, (uint64_t)args.seed, &e) < 0 ||
	    cd_head_add(&model.head, "made", cd_opt_provenance(), &e) < 0 ||
	    cd_model_save(&model, args.output, &e) < 0)
		cd_die("%s", e.msg);
	cd_model_free(&model);
	return 0;
}
