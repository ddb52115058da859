/* cd-plot: histories of training, rates or predictions -> curves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/chart.h"
#include "cmd/opt.h"
#include "cmd/rates.h"
#include "cmd/sniff.h"
#include "cmd/whole.h"
#include "score/report.h"

enum kind {
	HISTORY,
	RATES,
	PREDICTIONS, /* all of the following */
	ROC,
	PRECISION_RECALL,
	RELIABILITY,
	CONFUSION,
};

enum {
	CHARTS = 4, /* most in one picture */
	WIDTH = 640,
	HEIGHT = 520,
};

static const char *const kinds[] = { "history", "rates", "predictions", "roc",
	"precision-recall", "reliability", "confusion", NULL };

static struct {
	int kind;
	const char *output;
	bool log, svg, text;
} args = { .kind = -1 };

static const struct cd_opt opts[] = {
	{ .name = "kind",
	    .letter = 'k',
	    .type = CD_OPT_CHOICE,
	    .to = &args.kind,
	    .arg = "kind",
	    .help = "history, rates, predictions, roc, "
		    "precision-recall, reliability, confusion",
	    .words = kinds },
	{ .name = "log",
	    .type = CD_OPT_FLAG,
	    .to = &args.log,
	    .help = "of a history: the loss on a logarithmic axis" },
	CD_OPT_OUTPUT(&args.output),
	{ .name = "svg",
	    .type = CD_OPT_FLAG,
	    .to = &args.svg,
	    .help = "write SVG (default: by the name of file, else PNG)" },
	{ .name = "text",
	    .type = CD_OPT_FLAG,
	    .to = &args.text,
	    .help = "write text (default on a terminal)" },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-plot",
	.usage = "[-k kind] [--log] [-o file] [--svg] [--text] [file ...]",
	.about = "Draws curves of training, or of predictions.",
	.opts = opts,
	.operands = CD_OPERANDS_READ,
};

static char *standard_input[] = { (char[]){ "-" } };
static struct cd_chart chart[CHARTS];
static int charts;

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n >= k && strcmp(s + n - k, end) == 0;
}

static enum cd_chart_format
choose_format(void)
{
	if (args.text && args.svg)
		cd_usage("--svg and --text: one of them");
	if (args.text || args.svg)
		return args.text ? CD_CHART_TEXT : CD_CHART_SVG;
	if (args.output)
		return ends_in(args.output, ".svg") ? CD_CHART_SVG :
		    ends_in(args.output, ".txt")    ? CD_CHART_TEXT :
						      CD_CHART_PNG;
	return isatty(STDOUT_FILENO) ? CD_CHART_TEXT : CD_CHART_PNG;
}

/* What is drawn: as told, or by what the first input begins with. */
static enum kind
choose_kind(char *const *paths)
{
	static const char advice[] = "say by --kind what it holds";
	enum kind kind;

	if (args.kind >= 0)
		kind = (enum kind)args.kind;
	else if (cd_sniff_records(paths[0], advice))
		kind = PREDICTIONS;
	else if (cd_sniff_text(paths[0], cd_rates_columns, advice))
		kind = RATES;
	else
		kind = HISTORY;
	if (args.log && kind != HISTORY)
		cd_usage("--log is for histories");
	return kind;
}

/* Names for a legend: without folder and ending, unless two are then alike. */
static char **
legend(char *const *paths, int n)
{
	struct cd_err e = { "" };
	char **name = cd_calloc((size_t)n, sizeof *name + CD_SHORT_NAME, &e);
	char *text = (char *)(name + n);
	int i, k;

	if (!name)
		cd_die("%s", e.msg);
	for (i = 0; i < n; i++) {
		name[i] = text + (size_t)i * CD_SHORT_NAME;
		cd_short_name(name[i], paths[i], ".tsv");
	}
	for (i = 0; i < n; i++)
		for (k = 0; k < i; k++)
			if (strcmp(name[i], name[k]) == 0) {
				cd_escape_end(name[i], CD_SHORT_NAME, paths[i],
				    strlen(paths[i]));
				cd_escape_end(name[k], CD_SHORT_NAME, paths[k],
				    strlen(paths[k]));
			}
	return name;
}

static void
keep_unless_empty(const struct cd_chart *c)
{
	if (!cd_chart_empty(c))
		charts++;
}

static void
draw_histories(char *const *paths, int n)
{
	struct cd_err e = { "" };
	struct cd_past *h = cd_calloc((size_t)n, sizeof *h, &e);
	char **name = legend(paths, n);
	int i;

	if (!h)
		cd_die("%s", e.msg);
	for (i = 0; i < n; i++) {
		if (cd_past_read(&h[i], paths[i], &e) < 0)
			cd_die("%s", e.msg);
		if (h[i].n == 0)
			cd_die("%s: no epoch in it yet", paths[i]);
	}
	cd_chart_history(&chart[charts], CD_CHART_ACCURACY, h, name, n, false);
	keep_unless_empty(&chart[charts]);
	cd_chart_history(&chart[charts], CD_CHART_LOSS, h, name, n, args.log);
	keep_unless_empty(&chart[charts]);
	for (i = 0; i < n; i++)
		cd_past_free(&h[i]);
	free(h);
	free(name);
}

static void
draw_rates(char *const *paths, int n)
{
	char **name = legend(paths, n);

	cd_chart_rates(&chart[charts++], paths, name, n);
	free(name);
}

static void
draw_curves(enum kind kind, const struct cd_scored *s, int n)
{
	static const enum cd_chart_kind of[] = { CD_CHART_ROC,
		CD_CHART_PRECISION_RECALL, CD_CHART_RELIABILITY };
	int i;

	for (i = 0; i < 3; i++) {
		if (kind != PREDICTIONS && (int)kind != ROC + i)
			continue;
		cd_chart_scores(&chart[charts], of[i], s, n);
		keep_unless_empty(&chart[charts]);
	}
}

/* Draws n sets of predictions; of more than one, curves. True: a table of the
 * confusion is to follow, as text. */
static bool
draw_predictions(enum kind kind, const struct cd_scored *s, int n,
    enum cd_chart_format format)
{
	bool table = s->metrics.confusion &&
	    (kind == CONFUSION || (kind == PREDICTIONS && n == 1));

	if (kind == CONFUSION && n > 1)
		cd_usage("--kind confusion: one file");
	if (kind == CONFUSION && !table)
		cd_die("%s: %d classes; a confusion has %d at most", s->name,
		    s->nclasses, CD_CONFUSION_MAX);
	draw_curves(kind, s, n);
	if (table && format != CD_CHART_TEXT)
		cd_chart_confusion(&chart[charts++], s);
	return table && format == CD_CHART_TEXT;
}

static void
add_confusion_text(struct cd_buf *out, const struct cd_scored *s)
{
	struct cd_memory text;
	struct cd_err e = { "" };

	cd_memory_open(&text);
	cd_report_confusion(text.f, &s->metrics, s->class_name);
	cd_memory_close(&text);
	if (cd_buf_add(out, text.data, text.size, &e) < 0)
		cd_die("%s", e.msg);
	free(text.data);
}

int
main(int argc, char **argv)
{
	int first = cd_opt_parse(&command, argc, argv), n = argc - first, i;
	char *const *paths = n ? argv + first : standard_input;
	enum cd_chart_format format = choose_format();
	struct cd_scored *scored = NULL;
	struct cd_buf out = { 0 };
	struct cd_err e = { "" };
	bool table = false;
	enum kind kind;

	n = n ? n : 1;
	kind = choose_kind(paths);
	if (!args.output && format != CD_CHART_TEXT && isatty(STDOUT_FILENO))
		cd_die("standard output is a terminal: redirect it or name a "
		       "file with -o");

	if (kind == HISTORY) {
		draw_histories(paths, n);
	} else if (kind == RATES) {
		draw_rates(paths, n);
	} else {
		scored = cd_calloc((size_t)n, sizeof *scored, &e);
		if (!scored)
			cd_die("%s", e.msg);
		for (i = 0; i < n; i++)
			cd_scored_read(&scored[i], paths[i]);
		table = draw_predictions(kind, scored, n, format);
	}
	if (charts > 0)
		cd_chart_draw(chart, charts, format, WIDTH,
		    cd_chart_height(chart, charts, HEIGHT), &out);
	if (table)
		add_confusion_text(&out, scored);
	if (out.len == 0)
		cd_die("%s: nothing to draw: no number is defined", paths[0]);

	cd_write_whole(args.output, out.data, out.len);
	for (i = 0; i < charts; i++)
		cd_chart_free(&chart[i]);
	for (i = 0; scored && i < n; i++)
		cd_scored_free(&scored[i]);
	free(scored);
	cd_buf_free(&out);
	return 0;
}
