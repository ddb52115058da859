/* cd-saliency: samples -> samples with a map of where a model finds a class. */
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "score/saliency.h"

static struct {
	const char *model, *output;
	int64_t threads;
	struct cd_saliency_how how;
} args = { .how.class = "predicted" };

static const struct cd_opt opts[] = {
	{ .name = "class",
	    .type = CD_OPT_TEXT,
	    .to = &args.how.class,
	    .arg = "name",
	    .help = "the class looked for, 'label' or 'predicted' (default)",
	    .words = CD_WORDS("label", "predicted"),
	    .result = true },
	{ .name = "layer",
	    .type = CD_OPT_TEXT,
	    .to = &args.how.layer,
	    .arg = "name",
	    .help = "of this layer, also by number (default: last with a map)",
	    .result = true },
	{ .name = "model",
	    .type = CD_OPT_PATH,
	    .to = &args.model,
	    .arg = "model-file",
	    .help = "the model; must be given",
	    .dash = CD_DASH_STREAM },
	CD_OPT_THREADS(&args.threads),
	{ .name = "no-average",
	    .type = CD_OPT_FLAG,
	    .to = &args.how.no_average,
	    .help = "not the model's moving average, its last parameters",
	    .result = true },
	CD_OPT_OUTPUT(&args.output),
	{ .name = "size",
	    .type = CD_OPT_CALL,
	    .to = &args.how.size,
	    .arg = "WxH|own",
	    .help = "run the net at this size, or that of each picture",
	    .words = CD_WORDS("own"),
	    .fn = cd_run_size_parse,
	    .result = true },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-saliency",
	.usage = "[--class name] [--layer name] --model model-file "
		 "[-j threads] [--no-average] [-o file] [--size WxH|own] "
		 "[file ...]",
	.about = "Shows where in pictures a model finds a class.",
	.opts = opts,
	.verbose = true,
	.operands = CD_OPERANDS_ALIKE,
};

int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv), n = argc - i;
	struct cd_saliency *saliency;
	struct cd_err e = { "" };
	struct cd_filter f;
	const struct cd_rec *r;
	struct cd_rec with;

	if (!args.model)
		cd_usage("--model is missing");
	args.how.threads = args.threads ? (int)args.threads : cd_processors();

	if (cd_saliency_open(&saliency, args.model, &args.how, &e) < 0)
		cd_die("%s", e.msg);
	cd_filter_open(&f, argv + i, n, "samples");
	if (cd_saliency_start(saliency, &f.head, &e) < 0)
		cd_die("%s: %s", n ? argv[i] : "standard input", e.msg);
	cd_filter_start(&f, args.output);

	while ((r = cd_filter_next(&f))) {
		if (r->kind == CD_SAMPLE) {
			if (cd_saliency_add(saliency, r, &with, &e) < 0)
				cd_filter_blame(&f, &e);
			r = &with;
		}
		cd_filter_put(&f, r);
	}

	cd_filter_finish(&f, 0);
	cd_saliency_close(saliency);
	return 0;
}
