/* cd-decode: JPEG files to a stream of samples. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "cmd/opt.h"
#include "img/decode.h"
#include "rec/rec.h"

static const char *const labels[] = {
	[CD_LABEL_NONE] = "none",
	[CD_LABEL_PREFIX] = "prefix",
	[CD_LABEL_FOLDER] = "folder",
	NULL,
};
static const char *const on_errors[] = { "fail", "skip", NULL };

static struct {
	struct cd_wxh size;	/* 0: pictures keep their own */
	int fit, filter, label; /* -1: not given */
	int on_error;
	const char *table, *classes, *output;
	bool nul;
	struct cd_jpeg_limits limits;
	int64_t threads;
} args = {
	.fit = -1,
	.filter = -1,
	.label = -1,
	.limits = { .pixels = 100000000, .scans = 100, .memory = 1 << 30 },
};

static const struct cd_opt opts[] = {
	{ .name = "size",
	    .type = CD_OPT_WXH,
	    .to = &args.size,
	    .arg = "WxH",
	    .help = "bring pictures to this size (default: their own)",
	    .min = 1,
	    .max = CD_WXH_MAX,
	    .result = true },
	{ .name = "fit",
	    .type = CD_OPT_CHOICE,
	    .to = &args.fit,
	    .arg = "how",
	    .help = "squash, crop or pad (default: squash)",
	    .words = cd_fit_hows,
	    .result = true },
	{ .name = "filter",
	    .type = CD_OPT_CHOICE,
	    .to = &args.filter,
	    .arg = "name",
	    .help = "triangle (default), box, lanczos3, bilinear, nearest",
	    .words = cd_fit_filters,
	    .result = true },
	{ .name = "label",
	    .type = CD_OPT_CHOICE,
	    .to = &args.label,
	    .arg = "how",
	    .help = "prefix, folder or none (default: none)",
	    .words = labels,
	    .result = true },
	{ .name = "labels",
	    .type = CD_OPT_PATH,
	    .to = &args.table,
	    .arg = "table",
	    .help = "labels from a file: key, tab, class" },
	{ .name = "classes",
	    .type = CD_OPT_TEXT,
	    .to = &args.classes,
	    .arg = "names",
	    .help = "a,b,c: the order (default: those found, sorted)",
	    .result = true },
	{ .name = "null",
	    .letter = '0',
	    .type = CD_OPT_FLAG,
	    .to = &args.nul,
	    .help = "the names in the list end in NUL" },
	{ .name = "on-error",
	    .type = CD_OPT_CHOICE,
	    .to = &args.on_error,
	    .arg = "what",
	    .help = "at a bad picture: fail or skip (default: fail)",
	    .words = on_errors,
	    .result = true },
	{ .name = "max-pixels",
	    .type = CD_OPT_INT,
	    .to = &args.limits.pixels,
	    .arg = "count",
	    .help = "refuse larger pictures (default: 100000000)",
	    .min = 1,
	    .max = 4294836225.,
	    .result = true },
	{ .name = "max-scans",
	    .type = CD_OPT_INT,
	    .to = &args.limits.scans,
	    .arg = "count",
	    .help = "refuse pictures of more scans (default: 100)",
	    .min = 1,
	    .max = 100000,
	    .result = true },
	{ .name = "max-memory",
	    .type = CD_OPT_SIZE,
	    .to = &args.limits.memory,
	    .arg = "size",
	    .help = "refuse pictures that need more (default: 1G)",
	    .min = 1 << 16,
	    .max = 1LL << 40,
	    .result = true },
	CD_OPT_THREADS(&args.threads),
	CD_OPT_OUTPUT(&args.output),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-decode",
	.usage =
	    "[-0] [-j threads] [-o file] [--size WxH] [--fit how] "
	    "[--filter name] [--label how] [--labels table] [--classes names] "
	    "[--on-error what] [--max-pixels count] [--max-scans count] "
	    "[--max-memory size] [file ...]",
	.about = "Decodes JPEG pictures into a stream of samples.",
	.opts = opts,
};

static int
arguments(int argc, char **argv)
{
	int first;

	args.threads = cd_processors();
	first = cd_opt_parse(&command, argc, argv);
	if ((args.fit >= 0 || args.filter >= 0) && args.size.w == 0)
		cd_usage("--fit and --filter need --size");
	if (args.fit < 0)
		args.fit = CD_FIT_SQUASH;
	if (args.filter < 0)
		args.filter = CD_RESIZE_TRIANGLE;
	if (args.label >= 0 && args.table)
		cd_usage("--label and --labels exclude each other");
	if (args.label < 0)
		args.label = args.table ? CD_LABEL_TABLE : CD_LABEL_NONE;
	if (args.classes && args.label == CD_LABEL_NONE)
		cd_usage("--classes needs --label or --labels");
	if (args.nul && first < argc)
		cd_usage("-0 is for a list on standard input, not operands");
	return first;
}

/* The pictures, from the operands or from standard input. */
static int
list(struct cd_list *l, char *const *paths, int n, struct cd_err *e)
{
	bool folders = args.label == CD_LABEL_FOLDER;
	int i;

	if (n == 0 &&
	    cd_list_read(l, stdin, "standard input", args.nul ? '\0' : '\n',
		folders, e) < 0)
		return -1;
	for (i = 0; i < n; i++)
		if (cd_list_add(l, paths[i], folders, e) < 0)
			return -1;
	if (l->n == 0)
		return cd_fail(e,
		    n == 0 ? "no pictures: the list on standard "
			     "input is empty" :
			     "no pictures: no *.jpg or *.jpeg in "
			     "what was named");
	if (cd_list_check_keys(l, e) < 0)
		return -1;
	return cd_list_label(l, (enum cd_label_how)args.label, args.table,
	    args.classes, e);
}

static int
header(struct cd_head *h, const struct cd_list *l, struct cd_err *e)
{
	char fit[64];
	size_t i;

	if (cd_head_add(h, "holds", "samples", e) < 0)
		return -1;
	for (i = 0; i < l->nclasses; i++)
		if (cd_head_add(h, "class", l->class_name[i], e) < 0)
			return -1;
	snprintf(fit, sizeof fit, "%dx%d %s %s", args.size.w, args.size.h,
	    cd_fit_hows[args.fit], cd_fit_filters[args.filter]);
	if (args.size.w && cd_head_add(h, "fit", fit, e) < 0)
		return -1;
	if (!args.on_error &&
	    cd_head_set_number(h, "records", (int64_t)l->n, e) < 0)
		return -1;
	return cd_head_add(h, "made", cd_opt_provenance(), e);
}

/* Is it the picture's fault? A lack of memory or descriptors must not decide
 * which pictures a data set has. A folder in the list is a mistake in the
 * list, not a bad picture. */
static bool
picture_at_fault(const struct cd_err *e)
{
	return e->sys == 0 || e->sys == ENOENT || e->sys == EACCES ||
	    e->sys == ENOTDIR || e->sys == ELOOP;
}

/* Fails naming the picture, or warns that it is skipped. */
static int
bad_picture(const struct cd_listed *item, struct cd_err *e)
{
	char path[CD_ERR_MSG / 2];

	cd_fail_at(e, "%s",
	    cd_escape(path, sizeof path, item->path, strlen(item->path)));
	if (!args.on_error || !picture_at_fault(e))
		return -1;
	cd_warn("%s (skipped)", e->msg);
	*e = (struct cd_err){ "" };
	return 0;
}

static int
put(struct cd_writer *out, const struct cd_listed *item,
    const struct cd_picture *p, struct cd_err *e)
{
	struct cd_rec r = { .kind = CD_SAMPLE, .key = item->key };
	uint64_t dim[3] = { (uint64_t)p->h, (uint64_t)p->w, 3 };
	int32_t label = item->label;

	cd_rec_add(&r, "image", CD_U8, 3, dim, p->pixels.data);
	if (label >= 0)
		cd_rec_add(&r, "label", CD_I32, 0, NULL, &label);
	return cd_writer_put(out, &r, e);
}

/* Writes all that can be decoded; counts what is skipped. */
static int
stream(struct cd_decode *d, struct cd_writer *out, uint64_t *skipped,
    struct cd_err *e)
{
	const struct cd_listed *item;
	const struct cd_picture *picture;
	uint64_t n = 0;
	int got;

	for (; (got = cd_decode_next(d, &item, &picture, e)) != 0; n++) {
		if (got > 0 ? put(out, item, picture, e) < 0 :
			      bad_picture(item, e) < 0)
			return -1;
		*skipped += got < 0;
	}
	if (*skipped == n)
		return cd_fail(e,
		    "none of the pictures could be decoded "
		    "(%" PRIu64 " skipped)",
		    n);
	if (*skipped > 0)
		cd_warn("skipped %" PRIu64 " of %" PRIu64 " pictures", *skipped,
		    n);
	return 0;
}

int
main(int argc, char **argv)
{
	struct cd_list l = { 0 };
	struct cd_head h = { 0 };
	struct cd_fit fit = { 0 };
	struct cd_decode *d;
	struct cd_writer *out;
	struct cd_err e = { "" };
	uint64_t skipped = 0;
	int first = arguments(argc, argv);

	if (list(&l, argv + first, argc - first, &e) < 0 ||
	    header(&h, &l, &e) < 0)
		cd_die("%s", e.msg);
	fit.w = args.size.w;
	fit.h = args.size.h;
	fit.how = (enum cd_fit_how)args.fit;
	fit.filter = (enum cd_resize_filter)args.filter;
	d = cd_decode_new(&l, &args.limits, &fit, (int)args.threads, &e);
	if (!d || cd_writer_open(&out, args.output, &h, &e) < 0)
		cd_die("%s", e.msg);

	if (stream(d, out, &skipped, &e) < 0)
		cd_die("%s", e.msg);

	if (cd_writer_close(out, skipped, &e) < 0)
		cd_die("%s", e.msg);
	cd_decode_free(d);
	cd_head_free(&h);
	cd_list_free(&l);
	return 0;
}
