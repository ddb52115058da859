/* cd-export: a model, samples or predictions -> a file of another format. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/save.h"
#include "cmd/export_pictures.h"
#include "cmd/export_stream.h"
#include "cmd/opt.h"
#include "out/npz.h"
#include "out/onnx.h"
#include "out/safetensors.h"
#include "rec/spool.h"

enum format { JSONL, NPY, NPZ, ONNX, PNG, SAFETENSORS, TSV, WEBDATASET };

static const char *const formats[] = { "jsonl", "npy", "npz", "onnx", "png",
	"safetensors", "tsv", "webdataset", NULL };

static struct {
	int to;
	const char *output, *tensor;
	struct cd_wxh size;
	bool no_average;
} args = { .to = -1 };

static struct cd_err e;

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
	{ .name = "tensor",
	    .type = CD_OPT_TEXT,
	    .to = &args.tensor,
	    .arg = "name",
	    .help = "which one, of npy (default: image, or value)",
	    .result = true },
	{ .name = "to",
	    .type = CD_OPT_CHOICE,
	    .to = &args.to,
	    .arg = "format",
	    .help = "jsonl, npy, npz, onnx, png, safetensors, tsv, webdataset",
	    .words = formats },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-export",
	.usage = "[--no-average] [-o file] [--size WxH] [--tensor name] "
		 "[--to format] [file]",
	.about = "Writes a model, samples or predictions in another format.",
	.opts = opts,
	.operands = CD_OPERANDS_READ,
};

/* By the ending of the output's name, where --to is not given. */
static void
find_format(void)
{
	const char *dot = args.output ? strrchr(args.output, '.') : NULL;
	int i;

	for (i = 0; args.to < 0 && dot && formats[i]; i++)
		if (i != PNG && strcmp(dot + 1, formats[i]) == 0)
			args.to = i;
	if (args.to < 0 && dot && strcmp(dot, ".tar") == 0)
		args.to = WEBDATASET;
	if (args.to < 0)
		cd_usage("--to is missing");
	if (args.size.w && args.to != ONNX)
		cd_usage("--size is for onnx");
	if (args.to == PNG && !args.output)
		cd_usage("png are files: -o names their folder");
	if (args.tensor && args.to != NPY)
		cd_usage("--tensor is for npy");
}

static int
write_model(const struct cd_model *m, struct cd_err *err)
{
	int slot = args.no_average ? -1 : cd_model_average(m), r = -1;
	struct cd_save to;
	struct cd_archive *z;

	if (cd_save_open(&to, args.output, err) < 0)
		return -1;
	if (args.to == SAFETENSORS) {
		r = cd_safetensors_write(to.fd, m, slot, cd_opt_provenance(),
		    err);
	} else if (cd_archive_open(&z, to.fd,
		       args.to == NPY ? CD_ARCHIVE_RAW : CD_ARCHIVE_ZIP,
		       err) == 0) {
		r = cd_npz_model(z, m, slot, args.tensor, err);
		if (cd_archive_close(z, r == 0 ? err : NULL) < 0)
			r = -1;
	}
	if (r == 0)
		return cd_save_commit(&to, err);
	cd_save_abandon(&to);
	return cd_fail_at(err, "%s", to.name);
}

static bool
is_pictures(void)
{
	return args.to == PNG || args.to == WEBDATASET;
}

static void
export_model(const char *path)
{
	struct cd_onnx_how how = { .h = args.size.h,
		.w = args.size.w,
		.no_average = args.no_average,
		.version = CD_VERSION,
		.made = cd_opt_provenance() };
	struct cd_model model;

	if (args.to == TSV || args.to == JSONL)
		cd_die("%s is for predictions: this is a model",
		    formats[args.to]);
	if (is_pictures())
		cd_die("%s is for samples: this is a model", formats[args.to]);
	if (args.to == NPY && !args.tensor)
		cd_die("npy is one array: --tensor names the parameter");
	if (cd_model_load(&model, path, &e) < 0 ||
	    (args.to == ONNX ? cd_onnx_save(&model, args.output, &how, &e) :
			       write_model(&model, &e)) < 0)
		cd_die("%s", e.msg);
	cd_model_free(&model);
}

static void
export_stream(struct cd_reader **in)
{
	const struct cd_head *h = cd_reader_head(*in);
	bool predictions = cd_head_is(h, "holds", "predictions");
	bool samples = cd_head_is(h, "holds", "samples");

	if (args.no_average)
		cd_usage("--no-average is for models");
	if (args.to == ONNX || args.to == SAFETENSORS)
		cd_die("%s is for models: this is none", formats[args.to]);
	if (is_pictures() && !samples)
		cd_die("%s is for samples, before cd-batch: these are none",
		    formats[args.to]);
	if (!is_pictures() && args.to != NPZ && args.to != NPY && !predictions)
		cd_die("%s is for predictions: these are none",
		    formats[args.to]);
	if (!predictions && !samples)
		cd_die("npz is for models, samples and predictions: export "
		       "samples before cd-batch");
	if (args.to == NPY)
		cd_export_array(in, args.tensor, args.output);
	else if (args.to == PNG)
		cd_export_png(*in, args.output);
	else if (args.to == WEBDATASET)
		cd_export_webdataset(*in, args.output);
	else if (args.to == NPZ)
		cd_export_arrays(in, args.output);
	else
		(args.to == TSV ? cd_export_tsv : cd_export_jsonl)(*in,
		    args.output);
}

/* A model is read by a reader of its own: what was read of standard input to
 * tell what it is, is given back. */
int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);
	off_t at = lseek(STDIN_FILENO, 0, SEEK_CUR);
	const char *path;
	struct cd_reader *in;

	if (argc - i > 1)
		cd_usage("one file at most");
	find_format();
	path = i < argc && strcmp(argv[i], "-") != 0 ? argv[i] : NULL;

	if (cd_reader_open(&in, argv + i, path ? 1 : 0, &e) < 0)
		cd_die("%s", e.msg);
	if (cd_head_is(cd_reader_head(in), "holds", "model")) {
		if (!path && cd_reader_spool(&in, &e) < 0)
			cd_die("%s", e.msg);
		cd_reader_close(in);
		if (!path)
			(void)lseek(STDIN_FILENO, at < 0 ? 0 : at, SEEK_SET);
		export_model(path);
		return 0;
	}
	export_stream(&in);
	cd_reader_close(in);
	return 0;
}
