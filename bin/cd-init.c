/* cd-init: a net text becomes a fresh model. */
#include <stdio.h>
#include <string.h>

#include "base/opt.h"
#include "net/model.h"

static struct {
	int64_t seed;
	const char *output;
	bool summary;
} args;

static const struct cd_opt opts[] = {
	CD_OPT_OUTPUT(&args.output),
	{ .name = "seed",
	    .letter = 's',
	    .type = CD_OPT_INT,
	    .to = &args.seed,
	    .arg = "seed",
	    .help = "of the random weights (default: 0)",
	    .min = 0,
	    .max = 0x1p53,
	    .result = true },
	{ .name = "summary",
	    .type = CD_OPT_FLAG,
	    .to = &args.summary,
	    .help = "print a table of the layers instead of a model" },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-init",
	.usage = "[-o file] [-s seed] [--summary] [net-file]",
	.about = "Makes an untrained model of a net text.",
	.opts = opts,
};

int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);
	struct cd_err e = { "" };
	struct cd_model model;
	struct cd_net net;

	if (argc - i > 1)
		cd_usage("one net-file at most");
	if (args.summary && args.output)
		cd_usage("--summary writes no model: no --output");

	if (cd_net_load(&net,
		i < argc && strcmp(argv[i], "-") != 0 ? argv[i] : NULL, &e) < 0)
		cd_die("%s", e.msg);
	if (args.summary) {
		cd_net_summary(&net, stdout);
		cd_net_free(&net);
		cd_close_stdout();
		return 0;
	}

	if (cd_model_init(&model, &net, (uint64_t)args.seed, &e) < 0 ||
	    cd_head_add(&model.head, "made", cd_opt_provenance(), &e) < 0 ||
	    cd_model_save(&model, args.output, &e) < 0)
		cd_die("%s", e.msg);
	cd_model_free(&model);
	return 0;
}
