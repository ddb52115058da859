/* cd-stat: statistics of samples: sizes, classes, means, equal pictures. */
#include <stdio.h>
#include <stdlib.h>

#include "base/num.h"
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "img/stat_report.h"
#include "score/metrics.h"

enum {
	LIST = 10, /* sizes and groups shown to people */
};

static struct {
	int64_t list; /* -1: all */
	const char *scale_text;
	double scale;
	bool no_equal, tsv;
} args = { .list = -1, .scale_text = "1/255", .scale = 1 / 255.0 };

/* The text is kept too: it is printed for use in a net text. */
static int
take_scale(void *to, const char *arg, struct cd_err *e)
{
	(void)to;
	args.scale_text = arg;
	return cd_parse_real(arg, 1e-30, 1e30, &args.scale, e);
}

static const struct cd_opt opts[] = {
	{ .name = "list",
	    .type = CD_OPT_INT,
	    .to = &args.list,
	    .arg = "count",
	    .help = "most sizes and groups listed (default: 10; --tsv: all)",
	    .min = 0,
	    .max = 9e15 },
	{ .name = "no-equal",
	    .type = CD_OPT_FLAG,
	    .to = &args.no_equal,
	    .help = "do not look for equal pictures" },
	{ .name = "scale",
	    .type = CD_OPT_CALL,
	    .arg = "factor",
	    .help = "of bytes in means and deviations (default: 1/255)",
	    .fn = take_scale },
	{ .name = "tsv",
	    .type = CD_OPT_FLAG,
	    .to = &args.tsv,
	    .help = "print lines of name, tab, value" },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-stat",
	.usage = "[--list count] [--no-equal] [--scale factor] [--tsv] "
		 "[file ...]",
	.about = "Counts and measures what samples or batches hold.",
	.opts = opts,
	.operands = CD_OPERANDS_READ,
};

static struct cd_filter f;
static struct cd_stat stat;
static char **class_name; /* [stat.nclasses] */

static void
prepare(char *const *paths, int n)
{
	struct cd_err e = { "" };
	int nclasses;

	cd_filter_open(&f, paths, n, "samples batches");
	class_name = cd_class_names(&f.head, &nclasses, &e);
	if (!class_name ||
	    cd_stat_open(&stat, nclasses, !args.no_equal, &e) < 0)
		cd_die("%s", e.msg);
}

static void
report(void)
{
	const struct cd_stat_report r = { .f = stdout,
		.stat = &stat,
		.holds = cd_head_is(&f.head, "holds", "batches") ? "batches" :
								   "samples",
		.skipped = cd_reader_skipped(f.in),
		.class_name = class_name,
		.scale = args.scale,
		.scale_text = args.scale_text,
		.list = args.list >= 0 ? (uint64_t)args.list :
		    args.tsv	       ? UINT64_MAX :
					 LIST };

	(args.tsv ? cd_stat_report_tsv : cd_stat_report_text)(&r);
}

int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);
	const struct cd_rec *r;
	struct cd_err e = { "" };

	prepare(argv + i, argc - i);

	while ((r = cd_filter_next(&f)))
		if (cd_stat_record(&stat, r, &e) < 0)
			cd_filter_blame(&f, &e);
	if (cd_stat_finish(&stat, &e) < 0)
		cd_die("%s", e.msg);

	report();
	cd_stat_free(&stat);
	free(class_name);
	cd_reader_close(f.in);
	cd_head_free(&f.head);
	cd_close_stdout();
	return 0;
}
