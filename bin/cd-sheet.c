/* cd-sheet: samples or batches -> a contact sheet. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "img/contact.h"
#include "img/png.h"
#include "score/worst.h"

enum {
	COUNT = 48, /* pictures, by default */
	COUNT_MAX = 100000,
};

static struct {
	int64_t count, columns, worst; /* count, worst: 0: not given */
	struct cd_wxh cell;
	const char *log, *output, *predictions, *title;
	bool saliency;
} args = { .columns = 8, .cell = { 128, 128 } };

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
	    .max = COUNT_MAX,
	    .result = true },
	{ .name = "log",
	    .type = CD_OPT_PATH,
	    .to = &args.log,
	    .arg = "file",
	    .help = "show what this log says was drawn for the pictures",
	    .dash = CD_DASH_DEVICE },
	CD_OPT_OUTPUT(&args.output),
	{ .name = "predictions",
	    .type = CD_OPT_PATH,
	    .to = &args.predictions,
	    .arg = "file",
	    .help = "what was predicted for the pictures",
	    .dash = CD_DASH_STREAM },
	{ .name = "saliency",
	    .type = CD_OPT_FLAG,
	    .to = &args.saliency,
	    .help = "show where a model looked (cd-saliency)",
	    .result = true },
	{ .name = "title",
	    .type = CD_OPT_TEXT,
	    .to = &args.title,
	    .arg = "text",
	    .help = "a line above the pictures",
	    .result = true },
	{ .name = "worst",
	    .type = CD_OPT_INT,
	    .to = &args.worst,
	    .arg = "count",
	    .help = "show the most wrongly predicted pictures, worst first",
	    .min = 1,
	    .max = COUNT_MAX,
	    .result = true },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-sheet",
	.usage = "[--cell WxH] [--columns number] [-n count] [--log file] "
		 "[-o file] [--predictions file] [--saliency] "
		 "[--title text] [--worst count] [file ...]",
	.about = "Shows samples or batches as a contact sheet, a PNG picture.",
	.opts = opts,
	.operands = CD_OPERANDS_READ,
};

static int
parse_args(int argc, char **argv)
{
	int first = cd_opt_parse(&command, argc, argv);

	if (args.worst && !args.predictions)
		cd_usage("--worst needs --predictions");
	if (args.worst && args.count)
		cd_usage("--worst says how many are shown: no --count");
	if (!args.output && isatty(STDOUT_FILENO))
		cd_die("standard output is a terminal: redirect it or name a "
		       "file with -o");
	return first;
}

/* The first pictures. Predictions are read after them, and only those for
 * pictures on the sheet are kept, so that memory does not grow with the
 * stream. */
static void
show_first(struct cd_contact *c, struct cd_filter *in,
    struct cd_filter *predicted)
{
	const struct cd_rec *r;
	struct cd_err e = { "" };

	while ((r = cd_filter_next(in)))
		if (cd_contact_add(c, r, &e) < 0)
			cd_filter_blame(in, &e);
	if (!args.predictions)
		return;
	while ((r = cd_filter_next(predicted)))
		if (cd_contact_predict(c, r, &e) < 0)
			cd_filter_blame(predicted, &e);
	if (cd_contact_finish(c) == 0 && c->n > 0)
		cd_die("%s: none is for a picture on the sheet",
		    args.predictions);
}

static void
put_worst(struct cd_contact *c, const struct cd_worst *w)
{
	struct cd_err e = { "" };
	struct cd_rec said;
	char key[160];
	int i;

	for (i = 0; i < cd_worst_count(w); i++) {
		const struct cd_rec *r = cd_worst_picture(w, i);

		cd_worst_prediction(w, i, &said);
		if (cd_contact_add(c, r, &e) < 0 ||
		    cd_contact_predict(c, &said, &e) < 0)
			cd_die("%s: %s",
			    cd_escape(key, sizeof key, r->key, strlen(r->key)),
			    e.msg);
	}
	cd_contact_finish(c);
}

/* The predictions are all kept, of the pictures those that are shown. */
static void
show_worst(struct cd_contact *c, struct cd_filter *in,
    struct cd_filter *predicted)
{
	const struct cd_rec *r;
	struct cd_err e = { "" };
	struct cd_worst *w;

	if (cd_worst_new(&w, &in->head, &predicted->head, (int)args.worst, &e) <
	    0)
		cd_die("%s", e.msg);
	while ((r = cd_filter_next(predicted)))
		if (cd_worst_predict(w, r, &e) < 0)
			cd_filter_blame(predicted, &e);
	while ((r = cd_filter_next(in)))
		if (cd_worst_add(w, r, &e) < 0)
			cd_filter_blame(in, &e);
	if (cd_worst_came(w) > 0 && cd_worst_count(w) == 0)
		cd_die("%s: none is for one of the pictures", args.predictions);
	put_worst(c, w);
	cd_worst_free(w);
}

/* Below each picture, what the log says of it. A stage before this one may
 * write it: it is whole where the stream has ended. */
static void
show_drawn(struct cd_contact *c)
{
	FILE *f = fopen(args.log, "re");
	static struct cd_drawn d;
	struct cd_err e = { "" };
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int64_t i;
	int found = 0;

	if (!f)
		cd_die("%s: %s", args.log, strerror(errno));
	for (i = 0; (n = getline(&line, &room, f)) > 0; i++) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if ((i == 0 ? cd_drawn_head : cd_drawn_line)(&d, line, &e) < 0)
			cd_die("%s: line %lld: %s", args.log, (long long)i + 1,
			    e.msg);
		found += i > 0 ? cd_contact_drawn(c, &d) : 0;
	}
	if (ferror(f))
		cd_die("%s: %s", args.log, strerror(errno));
	if (i == 0)
		cd_die("%s: is empty", args.log);
	if (c->n > 0 && found == 0)
		cd_die("%s: no line is for a picture on the sheet", args.log);
	free(line);
	fclose(f);
}

int
main(int argc, char **argv)
{
	struct cd_filter in, predicted = { 0 };
	struct cd_contact c;
	struct cd_err e = { "" };
	int first = parse_args(argc, argv), w, h;
	int64_t room = args.worst ? args.worst : args.count;
	char *path = (char *)(size_t)args.predictions; /* not changed */

	cd_filter_open(&in, argv + first, argc - first, "samples batches");
	if (path)
		cd_filter_open(&predicted, &path, 1, "predictions");
	if (cd_contact_new(&c, &in.head, path ? &predicted.head : NULL,
		args.log != NULL, room ? (int)room : COUNT, (int)args.columns,
		args.cell.w, args.cell.h, &e) < 0)
		cd_die("%s", e.msg);
	c.saliency = args.saliency;

	(args.worst ? show_worst : show_first)(&c, &in, &predicted);
	if (args.log)
		show_drawn(&c);

	if (c.n == 0)
		cd_sheet_text(&c.sheet, 0, 0, "no pictures", CD_INK_GREY,
		    false);
	h = cd_sheet_used(&c.sheet, c.n > 0 ? c.n : 1, &w);
	if (args.title) {
		int band = cd_sheet_title(&c.sheet, args.title, w, &e);

		if (band < 0)
			cd_die("%s", e.msg);
		h += band;
	}
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
