#include "cmd/decode_opt.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/team.h"
#include "cmd/shard_opt.h"

static const char *const labels[] = {
	[CD_LABEL_NONE] = "none",
	[CD_LABEL_PREFIX] = "prefix",
	[CD_LABEL_FOLDER] = "folder",
	[CD_LABEL_TOP] = "top",
	NULL,
};
static const char *const on_errors[] = { "fail", "skip", NULL };

static struct cd_decode_args a = {
	.how = { .limits = { .pixels = 100000000,
		     .density = 1000,
		     .scans = 100,
		     .memory = 1 << 30 },
	    .background = { 255, 255, 255 } },
};

static bool grey;
static int fit = -1, filter = -1, label = -1, on_error; /* -1: not given */

/* RRGGBB. */
static int
take_colour(void *to, const char *arg, struct cd_err *err)
{
	unsigned char *rgb = to;
	unsigned v[3];

	if (strlen(arg) != 6 || strspn(arg, "0123456789abcdefABCDEF") != 6 ||
	    sscanf(arg, "%2x%2x%2x", &v[0], &v[1], &v[2]) != 3)
		return cd_fail(err,
		    "'%.40s' is not a colour, RRGGBB in hexadecimal", arg);
	rgb[0] = (unsigned char)v[0];
	rgb[1] = (unsigned char)v[1];
	rgb[2] = (unsigned char)v[2];
	return 0;
}

static const struct cd_opt opts[] = {
	{ .name = "size",
	    .type = CD_OPT_WXH,
	    .to = &a.size,
	    .arg = "WxH",
	    .help = "bring pictures to this size (default: their own)",
	    .min = 1,
	    .max = CD_WXH_MAX,
	    .result = true },
	{ .name = "fit",
	    .type = CD_OPT_CHOICE,
	    .to = &fit,
	    .arg = "how",
	    .help = "squash, crop or pad (default: squash)",
	    .words = cd_fit_hows,
	    .result = true },
	{ .name = "filter",
	    .type = CD_OPT_CHOICE,
	    .to = &filter,
	    .arg = "name",
	    .help = "triangle (default), box, lanczos3, bilinear, nearest",
	    .words = cd_fit_filters,
	    .result = true },
	{ .name = "label",
	    .type = CD_OPT_CHOICE,
	    .to = &label,
	    .arg = "how",
	    .help = "prefix, folder, top or none (default: none)",
	    .words = labels,
	    .result = true },
	{ .name = "labels",
	    .type = CD_OPT_PATH,
	    .to = &a.table,
	    .arg = "table",
	    .help = "labels from a file: key, tab, class",
	    .dash = CD_DASH_DEVICE },
	{ .name = "classes",
	    .type = CD_OPT_TEXT,
	    .to = &a.classes,
	    .arg = "names",
	    .help = "a,b,c: the order (default: those found, sorted)",
	    .result = true },
	{ .name = "background",
	    .type = CD_OPT_CALL,
	    .to = a.how.background,
	    .arg = "RRGGBB",
	    .help = "under what is transparent (default: ffffff, white)",
	    .fn = take_colour,
	    .result = true },
	{ .name = "grey",
	    .type = CD_OPT_FLAG,
	    .to = &grey,
	    .help = "one channel instead of three",
	    .result = true },
	{ .name = "null",
	    .letter = '0',
	    .type = CD_OPT_FLAG,
	    .to = &a.nul,
	    .help = "the names in the list end in NUL" },
	{ .name = "on-error",
	    .type = CD_OPT_CHOICE,
	    .to = &on_error,
	    .arg = "what",
	    .help = "at a bad picture: fail or skip (default: fail)",
	    .words = on_errors,
	    .result = true },
	{ .name = "max-pixels",
	    .type = CD_OPT_INT,
	    .to = &a.how.limits.pixels,
	    .arg = "count",
	    .help = "refuse larger pictures (default: 100000000)",
	    .min = 1,
	    .max = 4294836225.,
	    .result = true },
	{ .name = "max-density",
	    .type = CD_OPT_INT,
	    .to = &a.how.limits.density,
	    .arg = "count",
	    .help = "refuse more pixels a byte of the file (default: 1000)",
	    .min = 1,
	    .max = 1e9,
	    .result = true },
	{ .name = "max-scans",
	    .type = CD_OPT_INT,
	    .to = &a.how.limits.scans,
	    .arg = "count",
	    .help = "refuse pictures of more scans (default: 100)",
	    .min = 1,
	    .max = 100000,
	    .result = true },
	{ .name = "max-memory",
	    .type = CD_OPT_SIZE,
	    .to = &a.how.limits.memory,
	    .arg = "size",
	    .help = "refuse pictures that need more (default: 1G)",
	    .min = 1 << 16,
	    .max = 1LL << 40,
	    .result = true },
	CD_OPT_SHARD(&a.shard),
	CD_OPT_THREADS(&a.threads),
	CD_OPT_OUTPUT(&a.output),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-decode",
	.usage =
	    "[-0] [-j threads] [-o file] [--size WxH] [--fit how] "
	    "[--filter name] [--label how] [--labels table] [--classes names] "
	    "[--background RRGGBB] [--grey] [--on-error what] "
	    "[--max-pixels count] "
	    "[--max-density count] [--max-scans count] [--max-memory size] "
	    "[--shard i/n] [file ...]",
	.about = "Decodes pictures (JPEG, PNG, PNM, WebP) into a stream of "
		 "samples.",
	.opts = opts,
	.verbose = true,
};

struct cd_decode_args *
cd_decode_parse(int argc, char **argv)
{
	int first, i;

	a.threads = cd_processors();
	first = cd_opt_parse(&command, argc, argv);
	a.names = argv + first;
	a.n = argc - first;
	a.skip = on_error == 1;
	if ((fit >= 0 || filter >= 0) && a.size.w == 0)
		cd_usage("--fit and --filter need --size");
	a.fit = (struct cd_fit){ .w = a.size.w,
		.h = a.size.h,
		.how = fit < 0 ? CD_FIT_SQUASH : (enum cd_fit_how)fit,
		.filter = filter < 0 ? CD_RESIZE_TRIANGLE :
				       (enum cd_resize_filter)filter,
		.grey = grey };
	if (label >= 0 && a.table)
		cd_usage("--label and --labels exclude each other");
	a.label = label >= 0 ? (enum cd_label_how)label :
	    a.table	     ? CD_LABEL_TABLE :
			       CD_LABEL_NONE;
	if (a.classes && a.label == CD_LABEL_NONE)
		cd_usage("--classes needs --label or --labels");
	for (i = 0; i < a.n && strcmp(a.names[i], "-") == 0; i++)
		;
	if (a.nul && i < a.n)
		cd_usage("-0 is for a list on standard input, not operands");
	for (i = 0; i < a.n; i++)
		if (strcmp(a.names[i], "-") == 0)
			cd_files_read(NULL, "a list");
	if (a.n == 0)
		cd_files_read(NULL, "a list");
	return &a;
}
