/* cd-export: a model -> a file of another format, to predict with elsewhere. */
#include <stdio.h>
#include <string.h>

#include "cmd/opt.h"
#include "out/onnx.h"

static const char *const formats[] = { "onnx", NULL };

static struct {
	int to;
	const char *output;
	struct cd_wxh size;
	bool no_average;
} args = { .to = -1 };

static const struct cd_opt opts[] = {
	{ .name = "no-average",
	    .type = CD_OPT_FLAG,
	    .to = &args.no_average,
	    .help = "not the model's moving average, its last parameters",
	    .result = true },
	CD_OPT_OUTPUT(&args.output),
	{ .name = "size",
	    .type = CD_OPT_WXH,
	    .to = &args.size,
	    .arg = "WxH",
	    .help = "of the pictures (default: that of the net's input)",
	    .min = 1,
	    .max = CD_SIDE_MAX,
	    .result = true },
	{ .name = "to",
	    .type = CD_OPT_CHOICE,
	    .to = &args.to,
	    .arg = "format",
	    .help = "onnx; must be given",
	    .words = formats,
	    .result = true },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-export",
	.usage = "--to format [--no-average] [-o file] [--size WxH] "
		 "[model-file]",
	.about = "Writes a model in another format.",
	.opts = opts,
	.operands = CD_OPERANDS_READ,
};

int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);
	const char *path;
	struct cd_onnx_how how;
	struct cd_model model;
	struct cd_err e = { "" };

	if (argc - i > 1)
		cd_usage("one model-file at most");
	if (args.to < 0)
		cd_usage("--to is missing");
	path = i < argc && strcmp(argv[i], "-") != 0 ? argv[i] : NULL;

	if (cd_model_load(&model, path, &e) < 0)
		cd_die("%s", e.msg);
	how = (struct cd_onnx_how){ .h = args.size.h,
		.w = args.size.w,
		.no_average = args.no_average,
		.version = CD_VERSION,
		.made = cd_opt_provenance() };
	if (cd_onnx_save(&model, args.output, &how, &e) < 0)
		cd_die("%s", e.msg);
	cd_model_free(&model);
	return 0;
}
