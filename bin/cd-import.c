/* cd-import: arrays of other programs -> samples, or the weights of a model. */
#include <stdio.h>
#include <string.h>

#include "base/confine.h"
#include "base/num.h"
#include "cmd/import_samples.h"
#include "cmd/opt.h"
#include "in/weights.h"

static const char *const parts[] = { [CD_PART_IMAGE] = "image",
	[CD_PART_LABEL] = "label",
	[CD_PART_KEY] = "key",
	[CD_PART_CLASS] = "class",
	NULL };

static struct cd_import args = {
	.array = { "image", "label", "key", "class" },
};
static const char *model, *output;
static bool renamed;

static struct cd_err e;

/* WHAT=NAME,... */
static int
take_array(void *to, const char *arg, struct cd_err *err)
{
	const char **array = to;
	char *text = cd_copy_text(arg, strlen(arg), err), *name, *next;
	int i;

	for (; text; text = next) {
		next = strchr(text, ',');
		if (next)
			*next++ = '\0';
		name = strchr(text, '=');
		if (!name || !name[1])
			return cd_fail(err, "'%.40s' is not what=name", text);
		*name = '\0';
		if (cd_parse_word(text, parts, &i, err) < 0)
			return -1;
		array[i] = name + 1; /* lives as long as the program */
	}
	renamed = true;
	return 0;
}

static const struct cd_opt opts[] = {
	{ .name = "array",
	    .type = CD_OPT_CALL,
	    .to = args.array,
	    .arg = "names",
	    .help = "image=x,label=y: arrays of image, label, key, class",
	    .fn = take_array,
	    .result = true },
	{ .name = "classes",
	    .type = CD_OPT_TEXT,
	    .to = &args.classes,
	    .arg = "names",
	    .help = "a,b,c: what labels 0, 1, 2 mean",
	    .result = true },
	{ .name = "fit",
	    .type = CD_OPT_TEXT,
	    .to = &args.fit,
	    .arg = "words",
	    .help = "how they were brought to size: 'squash triangle'",
	    .result = true },
	{ .name = "keys",
	    .type = CD_OPT_PATH,
	    .to = &args.keys,
	    .arg = "array-file",
	    .help = "keys from an NPY file (default: 0, 1, 2)",
	    .dash = CD_DASH_DEVICE },
	{ .name = "labels",
	    .type = CD_OPT_PATH,
	    .to = &args.labels,
	    .arg = "array-file",
	    .help = "labels from an NPY file",
	    .dash = CD_DASH_DEVICE },
	{ .name = "model",
	    .type = CD_OPT_PATH,
	    .to = &model,
	    .arg = "model",
	    .help = "give this model the weights of the file",
	    .dash = CD_DASH_DEVICE },
	CD_OPT_OUTPUT(&output),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-import",
	.usage = "[-o file] [--array names] [--classes names] "
		 "[--fit words] "
		 "[--keys array-file] [--labels array-file] [--model model] "
		 "[file]",
	.about = "Turns arrays into samples, or into the weights of a model.",
	.opts = opts,
	.operands = CD_OPERANDS_READ,
};

static void
import_weights(struct cd_arrays *in, struct cd_writer *out)
{
	struct cd_model m;
	int slots;

	if (cd_model_load(&m, model, &e) < 0 ||
	    cd_weights_take(&m, in, &slots, &e) < 0)
		cd_die("%s", e.msg);
	if (args.classes && cd_head_count(&m.head, "class") != m.net.nclasses)
		cd_die("%d classes are named, the net tells %d apart",
		    cd_head_count(&m.head, "class"), m.net.nclasses);
	if (slots > 0)
		cd_warn("%s: the optimiser's state and averages are dropped",
		    model);
	if (cd_head_add(&m.head, "made", cd_opt_provenance(), &e) < 0 ||
	    cd_model_write(&m, out, &e) < 0)
		cd_die("%s", e.msg);
	cd_model_free(&m);
	cd_arrays_close(in);
}

int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);
	struct cd_arrays *in;
	struct cd_writer *out;

	if (argc - i > 1)
		cd_usage("one file at most");
	if (model &&
	    (args.classes || args.fit || args.labels || args.keys || renamed))
		cd_usage(
		    "--array, --classes, --fit, --keys and --labels are of "
		    "samples, --model "
		    "is of weights");
	if (cd_writer_begin(&out, output, &e) < 0)
		cd_die("%s", e.msg);
	/* where it cannot be, all else still holds */
	(void)cd_confine(output);
	if (cd_arrays_open(&in,
		i < argc && strcmp(argv[i], "-") != 0 ? argv[i] : NULL, &e) < 0)
		cd_die("%s", e.msg);
	if (model)
		import_weights(in, out);
	else
		cd_import_samples(in, &args, out);
	return 0;
}
