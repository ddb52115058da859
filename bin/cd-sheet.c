/* cd-sheet: samples or batches -> a contact sheet. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "img/contact.h"
#include "img/png.h"

static struct {
	int64_t count, columns;
	struct cd_wxh cell;
	const char *output, *predictions;
	bool saliency;
} args = { .count = 48, .columns = 8, .cell = { 128, 128 } };

static const struct cd_opt opts[] = {
	{ .name = "cell",
	    .type = CD_OPT_WXH,
	    .to = &args.cell,
	    .arg = "WxH",
	    .help = "pixels for each picture (default: 128x128)",
	    .min = 16,
	    .max = CD_WXH_MAX,
	    .result = true },
	{ .name = "columns",
	    .type = CD_OPT_INT,
	    .to = &args.columns,
	    .arg = "number",
	    .help = "pictures a row (default: 8)",
	    .min = 1,
	    .max = 1000,
	    .result = true },
	{ .name = "count",
	    .letter = 'n',
	    .type = CD_OPT_INT,
	    .to = &args.count,
	    .arg = "count",
	    .help = "pictures shown at most (default: 48)",
	    .min = 1,
	    .max = 100000,
	    .result = true },
	CD_OPT_OUTPUT(&args.output),
	{ .name = "predictions",
	    .type = CD_OPT_PATH,
	    .to = &args.predictions,
	    .arg = "file",
	    .help = "what was predicted for the pictures" },
	{ .name = "saliency",
	    .type = CD_OPT_FLAG,
	    .to = &args.saliency,
	    .help = "show where a model looked (cd-saliency)",
	    .result = true },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-sheet",
	.usage = "[--cell WxH] [--columns number] [-n count] [-o file] "
		 "[--predictions file] [--saliency] [file ...]",
	.about = "Shows samples or batches as a contact sheet, a PNG picture.",
	.opts = opts,
};

static int
parse_args(int argc, char **argv)
{
	int first = cd_opt_parse(&command, argc, argv), i;

	for (i = first; i < argc && strcmp(argv[i], "-") != 0; i++)
		;
	if (args.predictions && strcmp(args.predictions, "-") == 0 &&
	    (first == argc || i < argc))
		cd_usage("--predictions -: standard input is read for the "
			 "pictures already");
	if (!args.output && isatty(STDOUT_FILENO))
		cd_die("standard output is a terminal: redirect it or name a "
		       "file with -o");
	return first;
}

/* Predictions are read after the pictures, and only those for pictures on the
 * sheet are kept, so that memory does not grow with the stream. */
static void
add_predictions(struct cd_contact *c, struct cd_filter *in, const char *path)
{
	const struct cd_rec *r;
	struct cd_err e = { "" };

	while ((r = cd_filter_next(in)))
		if (cd_contact_predict(c, r, &e) < 0)
			cd_filter_blame(in, &e);
	if (cd_contact_finish(c) == 0 && c->n > 0)
		cd_die("%s: none is for a picture on the sheet", path);
}

int
main(int argc, char **argv)
{
	struct cd_filter in, predicted = { 0 };
	struct cd_contact c;
	const struct cd_rec *r;
	struct cd_err e = { "" };
	int first = parse_args(argc, argv), w, h;
	char *path = (char *)(size_t)args.predictions; /* not changed */

	cd_filter_open(&in, argv + first, argc - first, "samples batches");
	if (path)
		cd_filter_open(&predicted, &path, 1, "predictions");
	if (cd_contact_new(&c, &in.head, path ? &predicted.head : NULL,
		(int)args.count, (int)args.columns, args.cell.w, args.cell.h,
		&e) < 0)
		cd_die("%s", e.msg);
	c.saliency = args.saliency;

	while ((r = cd_filter_next(&in)))
		if (cd_contact_add(&c, r, &e) < 0)
			cd_filter_blame(&in, &e);
	if (path)
		add_predictions(&c, &predicted, path);

	if (c.n == 0)
		cd_sheet_text(&c.sheet, 0, 0, "no pictures", CD_INK_GREY,
		    false);
	h = cd_sheet_used(&c.sheet, c.n > 0 ? c.n : 1, &w);
	if (cd_png_save(args.output, c.sheet.rgb, w, h, 3 * (size_t)c.sheet.w,
		&e) < 0)
		cd_die("%s", e.msg);
	cd_contact_free(&c);
	cd_reader_close(in.in);
	cd_head_free(&in.head);
	if (path)
		cd_reader_close(predicted.in);
	cd_head_free(&predicted.head);
	return 0;
}
