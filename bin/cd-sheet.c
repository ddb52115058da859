#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "base/opt.h"
#include "img/contact.h"
#include "img/png.h"
#include "rec/filter.h"

struct args {
	int64_t count, columns;
	int cell_w, cell_h;
	const char *output, *predictions;
};

static int
to_cell(void *to, const char *arg, struct cd_err *e)
{
	struct args *a = to;

	if (cd_parse_wxh(arg, &a->cell_w, &a->cell_h, e) < 0)
		return -1;
	if (a->cell_w < 16 || a->cell_h < 16)
		return cd_fail(e, "'%s': sides are 16 at least", arg);
	return 0;
}

static int
parse_args(struct args *a, int argc, char **argv)
{
	const struct cd_opt opts[] = {
		{ "cell", 0, CD_OPT_CALL, a, "WxH",
		    "pixels for each picture (default: 128x128)", 0, 0, to_cell,
		    true },
		{ "columns", 0, CD_OPT_INT, &a->columns, "number",
		    "pictures a row (default: 8)", 1, 1000, NULL, true },
		{ "count", 'n', CD_OPT_INT, &a->count, "count",
		    "pictures shown at most (default: 48)", 1, 100000, NULL,
		    true },
		CD_OPT_OUTPUT(&a->output),
		{ "predictions", 0, CD_OPT_TEXT, &a->predictions, "file",
		    "what was predicted for the pictures", 0, 0, NULL, true },
		{ 0 },
	};
	const struct cd_command cmd = { "cd-sheet",
		"[--cell WxH] [--columns number] [-n count] [-o file] "
		"[--predictions file] [file ...]",
		"Shows samples or batches as a contact sheet, a PNG picture.",
		opts };
	int first = cd_opt_parse(&cmd, argc, argv), i;

	for (i = first; i < argc && strcmp(argv[i], "-") != 0; i++)
		;
	if (a->predictions && strcmp(a->predictions, "-") == 0 &&
	    (first == argc || i < argc))
		cd_usage("--predictions -: standard input is read for the "
			 "pictures already");
	if (!a->output && isatty(STDOUT_FILENO))
		cd_die("standard output is a terminal: redirect it or name a "
		       "file with -o");
	return first;
}

/* Predictions are read after the pictures and only those of pictures on the
 * sheet are kept: memory is the sheet's, however many there are. */
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
	struct args a = { 48, 8, 128, 128, NULL, NULL };
	struct cd_filter in, predicted = { NULL, { { NULL, 0, 0 } }, NULL };
	struct cd_contact c;
	const struct cd_rec *r;
	struct cd_err e = { "" };
	int first = parse_args(&a, argc, argv), w, h;
	char *path = (char *)(size_t)a.predictions; /* not changed */

	cd_filter_open(&in, argv + first, argc - first, "samples batches");
	if (path)
		cd_filter_open(&predicted, &path, 1, "predictions");
	if (cd_contact_new(&c, &in.head, path ? &predicted.head : NULL,
		(int)a.count, (int)a.columns, a.cell_w, a.cell_h, &e) < 0)
		cd_die("%s", e.msg);

	while ((r = cd_filter_next(&in)))
		if (cd_contact_add(&c, r, &e) < 0)
			cd_filter_blame(&in, &e);
	if (path)
		add_predictions(&c, &predicted, path);

	if (c.n == 0)
		cd_sheet_text(&c.sheet, 0, 0, "no pictures", CD_INK_GREY,
		    false);
	h = cd_sheet_used(&c.sheet, c.n > 0 ? c.n : 1, &w);
	if (cd_png_save(a.output, c.sheet.rgb, w, h, 3 * (size_t)c.sheet.w,
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
