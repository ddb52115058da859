#include "cmd/select_opt.h"

#include <string.h>

#include "base/num.h"
#include "cmd/shard_opt.h"

static struct cd_select_args args = { .n = -1, .per_class = -1 };

/* "3", or "3:7", 7 included. */
static int
take_range(void *to, const char *arg, struct cd_err *err)
{
	struct cd_select_range *r = to;
	char first[32];
	const char *last = strchr(arg, ':');
	size_t n = strcspn(arg, ":");
	int64_t a, b;

	if (n >= sizeof first)
		return cd_fail(err, "'%.40s' is not a range", arg);
	memcpy(first, arg, n);
	first[n] = '\0';
	if (cd_parse_int(first, 0, UINT32_MAX, &a, err) < 0 ||
	    cd_parse_int(last ? last + 1 : first, 0, UINT32_MAX, &b, err) < 0)
		return -1;
	if (b < a)
		return cd_fail(err, "the range %s is empty", arg);
	*r = (struct cd_select_range){ true, (uint64_t)a, (uint64_t)b };
	return 0;
}

static const struct cd_opt opts[] = {
	{ .name = "batch",
	    .type = CD_OPT_CALL,
	    .to = &args.batches,
	    .arg = "range",
	    .help = "of batches: one of each epoch, from 0, or first:last",
	    .fn = take_range,
	    .result = true },
	{ .name = "class",
	    .type = CD_OPT_TEXT,
	    .to = &args.classes,
	    .arg = "names",
	    .help = "those with one of these classes (a,b,...)",
	    .result = true },
	{ .name = "epoch",
	    .type = CD_OPT_CALL,
	    .to = &args.epochs,
	    .arg = "range",
	    .help = "an epoch, from 0, or first:last",
	    .fn = take_range,
	    .result = true },
	{ .name = "in-order",
	    .type = CD_OPT_FLAG,
	    .to = &args.in_order,
	    .help = "with --keys: in the order of that list",
	    .result = true },
	{ .name = "invert",
	    .type = CD_OPT_FLAG,
	    .to = &args.invert,
	    .help = "those that --class, --key and --keys do not choose",
	    .result = true },
	{ .name = "key",
	    .type = CD_OPT_TEXT,
	    .to = &args.key,
	    .arg = "pattern",
	    .help = "those whose key matches, as the shell matches names",
	    .result = true },
	{ .name = "keys",
	    .type = CD_OPT_PATH,
	    .to = &args.keys,
	    .arg = "list",
	    .help = "those whose key is a line of this file",
	    .dash = CD_DASH_DEVICE },
	{ .name = "count",
	    .letter = 'n',
	    .type = CD_OPT_INT,
	    .to = &args.n,
	    .arg = "count",
	    .help = "the first count of each epoch",
	    .min = 0,
	    .max = 0x1p53,
	    .result = true },
	CD_OPT_OUTPUT(&args.output),
	{ .name = "per-class",
	    .type = CD_OPT_INT,
	    .to = &args.per_class,
	    .arg = "count",
	    .help = "the first count of each class in each epoch",
	    .min = 0,
	    .max = 0x1p53,
	    .result = true },
	CD_OPT_SHARD(&args.shard),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-select",
	.usage = "[--batch range] [--class names] [--epoch range] [--in-order] "
		 "[--invert] [--key pattern] [--keys list] [-n count] "
		 "[-o file] [--per-class count] [--shard i/n] [file ...]",
	.about = "Passes on some of the samples, batches or predictions of a "
		 "stream.",
	.opts = opts,
	.verbose = true,
	.operands = CD_OPERANDS_ALIKE,
};

const struct cd_select_args *
cd_select_parse(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);

	if (args.invert && !args.classes && !args.key && !args.keys)
		cd_usage("--invert without --class, --key or --keys");
	if (args.in_order &&
	    (!args.keys || args.invert || args.n >= 0 || args.per_class >= 0))
		cd_usage("--in-order is for --keys, without --invert, -n and "
			 "--per-class");
	args.names = argv + i;
	args.count = argc - i;
	return &args;
}
