/* Charts drawn by a script for gnuplot. Names are never part of its commands:
 * they stand in blocks of data, behind a '|', and are taken from there. */
#include <math.h>
#include <stdlib.h>

#include "cmd/chart.h"
#include "cmd/gnuplot.h"
#include "cmd/msg.h"
#include "cmd/whole.h"

enum {
	FEW = 30,	/* points that are marked each */
	NUMBERED = 25,	/* most classes with numbers in a confusion */
	NAMED_TICS = 40 /* and with their names */
};

/* The share of an axis that is left free at its ends: a line of text. */
#define MARGIN 0.06

static const char data_end[] = "CD_END\n";

/* Blue, vermilion, green, purple, orange, sky blue, black, brown: told apart by
 * those who do not see red or green (Okabe and Ito), the yellow replaced. */
static const char colours[] = "set linetype 1 lc rgb '#0072b2'\n"
			      "set linetype 2 lc rgb '#d55e00'\n"
			      "set linetype 3 lc rgb '#009e73'\n"
			      "set linetype 4 lc rgb '#cc79a7'\n"
			      "set linetype 5 lc rgb '#e69f00'\n"
			      "set linetype 6 lc rgb '#56b4e9'\n"
			      "set linetype 7 lc rgb '#000000'\n"
			      "set linetype 8 lc rgb '#8c510a'\n"
			      "set linetype cycle 8\n";

static const struct cd_series *
series(const struct cd_chart *c, int i)
{
	return (const struct cd_series *)c->series.data + i;
}

static int
series_of(const struct cd_chart *c)
{
	return (int)(c->series.len / sizeof(struct cd_series));
}

static size_t
points_of(const struct cd_series *s)
{
	return s->points.len / (4 * sizeof(double));
}

/* Is there a line to compare with: the diagonal, or a level? */
static bool
has_reference(const struct cd_chart *c)
{
	return c->kind == CD_CHART_ROC || c->kind == CD_CHART_RELIABILITY ||
	    !isnan(c->level);
}

static void
put_data(FILE *f, const struct cd_chart *c)
{
	bool level = !isnan(c->level);
	const double *p;
	size_t k;
	int i;

	if (has_reference(c))
		fprintf(f, "$grey << CD_END\n0 %.9g\n1 %.9g\n%s",
		    level ? c->level : 0, level ? c->level : 1, data_end);
	fputs("$names << CD_END\n", f);
	for (i = 0; i < series_of(c); i++)
		fprintf(f, "|%s\n", series(c, i)->name);
	fputs(data_end, f);
	for (i = 0; i < series_of(c); i++) {
		const struct cd_series *s = series(c, i);

		fprintf(f, "$d%d << CD_END\n", i + 1);
		p = (const double *)s->points.data;
		for (k = 0; k < points_of(s); k++, p += 4)
			fprintf(f, "%.9g %.9g %.9g %.9g\n", p[0], p[1], p[2],
			    p[3]);
		fputs(data_end, f);
	}
}

/* The ranges of all points: nothing drawn is out of sight, except that of rates
 * single steps may be, where they leap far beyond the smoothed loss. */
static void
find_range(const struct cd_chart *c, double x[2], double y[2])
{
	const double *p;
	size_t k;
	int i;

	x[0] = y[0] = INFINITY;
	x[1] = y[1] = -INFINITY;
	for (i = 0; i < series_of(c); i++) {
		p = (const double *)series(c, i)->points.data;
		for (k = 0; k < points_of(series(c, i)); k++, p += 4) {
			x[0] = fmin(x[0], p[0]);
			x[1] = fmax(x[1], p[0]);
			if (c->kind == CD_CHART_RATES && series(c, i)->thin)
				continue;
			y[0] = fmin(y[0], p[1]);
			y[1] = fmax(y[1], p[1]);
		}
	}
}

/* A range and marks for a logarithm: gnuplot's, at powers of ten, may be one or
 * none. */
static void
put_log_axis(FILE *f, double low, double high)
{
	static const double step[] = { 1, 2, 5 };
	double at;
	int power = (int)floor(log10(low)), i;
	int steps = high / low < 1e3 ? 3 : 1;
	double margin = fmax(pow(high / low, MARGIN), 1.1);

	fprintf(f, "set logscale y\nset yrange [%.9g:%.9g]\nset ytics ('1' 1",
	    low / margin, high * margin);
	for (; pow(10, power) <= high * margin; power++)
		for (i = 0; i < steps; i++) {
			at = step[i] * pow(10, power);
			fprintf(f, ", '%g' %.9g", at, at);
		}
	fputs(")\n", f);
}

static void
put_ranges(FILE *f, const struct cd_chart *c)
{
	double x[2], y[2], margin;

	find_range(c, x, y);
	if (c->kind == CD_CHART_RATES)
		fprintf(f,
		    "set logscale x\nset format x '%%g'\n"
		    "set xrange [%.9g:%.9g]\n",
		    x[0] / 1.1, x[1] * 1.1);
	else if (x[0] == x[1])
		fprintf(f, "set xrange [%.9g:%.9g]\nset xtics (%.9g)\n",
		    x[0] - 1, x[0] + 1, x[0]);
	else
		fprintf(f, "set xrange [%.9g:%.9g]\n%s", x[0], x[1],
		    x[1] - x[0] <= 10 ? "set xtics 1\n" : "");
	margin = y[0] == y[1] ? MARGIN : MARGIN * (y[1] - y[0]);
	if (c->kind == CD_CHART_RATES)
		margin *= 3;
	if (c->log)
		put_log_axis(f, y[0], y[1]);
	else if (c->kind == CD_CHART_LOSS && y[0] < y[1] / 2)
		fprintf(f, "set yrange [0:%.9g]\n", y[1] + margin);
	else
		fprintf(f, "set yrange [%.9g:%.9g]\n", y[0] - margin,
		    y[1] + margin);
}

static void
put_axes(FILE *f, const struct cd_chart *c, bool text)
{
	static const char *const x[] = { "epoch", "epoch", "learning rate",
		"false positive rate", "recall", "mean predicted probability" };
	static const char *const y[] = { "accuracy", "loss", "loss",
		"true positive rate", "precision",
		"share that is of the class" };

	fprintf(f, "reset\nset key below%s\n", text ? "" : " height 1");
	if (!text)
		fprintf(f,
		    "set grid lt 1 lw 1 lc rgb '#dddddd'\nset ylabel '%s'\n",
		    y[c->kind]);
	fprintf(f, "set title '%s'\nset xlabel '%s'\n", cd_chart_title(c->kind),
	    x[c->kind]);
	if (c->kind >= CD_CHART_ROC)
		fputs("set xrange [-0.02:1.02]\nset yrange [-0.02:1.02]\n"
		      "set xtics 0,0.2,1\nset ytics 0,0.2,1\n",
		    f);
	else
		put_ranges(f, c);
}

/* A grey line behind the curves: what chance gives, or what is perfectly
 * reliable. */
static void
put_reference(FILE *f)
{
	fputs("$grey using 1:2 with lines lw 1 dt 2 lc rgb '#808080' "
	      "notitle, ",
	    f);
}

/* As text, one line a curve and one sign; the reference lines would hide it. */
static void
put_plot_text(FILE *f, const struct cd_chart *c)
{
	int i, n = series_of(c);

	fputs("plot ", f);
	for (i = 0; i < n; i++) {
		const struct cd_series *s = series(c, i);

		fprintf(f, "%s$d%d using 1:2 with %s lt %d ", i ? ", " : "",
		    i + 1,
		    points_of(s) == 1 ? "points" :
			s->steps      ? "fsteps" :
					"lines",
		    i + 1);
		if (s->name[0])
			fprintf(f, "title $names[%d][2:*]", i + 1);
		else
			fputs("notitle", f);
	}
	fputc('\n', f);
}

static void
put_plot(FILE *f, const struct cd_chart *c)
{
	int i, n = series_of(c);

	fputs("plot ", f);
	if (has_reference(c))
		put_reference(f);
	for (i = 0; i < n; i++) {
		const struct cd_series *s = series(c, i);
		const char *style = s->steps	  ? "fsteps" :
		    s->bars || points_of(s) > FEW ? "lines" :
						    "linespoints";

		if (s->bars)
			fprintf(f,
			    "$d%d using 1:2:3:4 with yerrorbars pt 7 ps 0.6 "
			    "lw 1 lc %d notitle, ",
			    i + 1, s->colour);
		fprintf(f, "$d%d using 1:2 with %s lw %s%s lc %d ", i + 1,
		    style, s->thin ? "1.2" : "2.2",
		    style[5] == 'p' ? " pt 7 ps 0.4" : "", s->colour);
		if (s->name[0])
			fprintf(f, "title $names[%d][2:*]", i + 1);
		else
			fputs("notitle", f);
		fputs(i + 1 < n ? ", " : "\n", f);
	}
}

static void
put_confusion(FILE *f, const struct cd_scored *s)
{
	int i, j, k = s->nclasses;

	fputs("$names << CD_END\n", f);
	for (i = 0; i < k; i++)
		fprintf(f, "|%s\n", s->class_name[i]);
	fprintf(f, "%s$m << CD_END\n", data_end);
	for (i = 0; i < k; i++)
		for (j = 0; j < k; j++) {
			size_t n = s->metrics.confusion[i * k + j];
			size_t of = s->metrics.of[i].support;

			fprintf(f, "%d %d %zu %.9g\n", i, j, n,
			    of ? (double)n / (double)of : 0);
		}
	fprintf(f,
	    "%sreset\nunset key\nset title '%s'\nset xlabel 'predicted'\n"
	    "set ylabel 'true class'\nset xrange [-0.5:%d-0.5]\n"
	    "set yrange [%d-0.5:-0.5]\nset cbrange [0:1]\n"
	    "set palette defined (0 '#ffffff', 1 '#08519c')\n"
	    "unset colorbox\nset tics scale 0\n",
	    data_end, cd_chart_title(CD_CHART_CONFUSION), k, k);
	if (k <= NAMED_TICS)
		fprintf(f,
		    "set xtics () %s\nset ytics ()\n"
		    "set for [i=1:%d] xtics add ($names[i][2:*] i-1)\n"
		    "set for [i=1:%d] ytics add ($names[i][2:*] i-1)\n",
		    k > 4 ? "rotate by 45 right" : "", k, k);
	fputs("plot $m using 2:1:4 with image pixels", f);
	if (k <= NUMBERED)
		fputs(
		    ", $m using 2:1:(gprintf('%.0f', $3)):($4 > 0.5 ? 0xffffff "
		    ": 0) with labels tc rgb variable",
		    f);
	fputc('\n', f);
}

static void
put_terminal(FILE *f, enum cd_chart_format format, int w, int h)
{
	fputs("set encoding utf8\n", f);
	switch (format) {
	case CD_CHART_PNG:
		fprintf(f,
		    "set terminal pngcairo noenhanced size %d,%d "
		    "font 'sans,11' background '#ffffff'\n",
		    w, h);
		break;
	case CD_CHART_SVG:
		fprintf(f,
		    "set terminal svg noenhanced size %d,%d dynamic "
		    "font 'sans-serif,13' background '#ffffff'\n",
		    w, h);
		break;
	case CD_CHART_TEXT:
		fputs("set terminal dumb 79 24 noenhanced\n", f);
		return;
	}
	fputs(colours, f);
}

static void
put_script(FILE *f, const struct cd_chart *c, int n,
    enum cd_chart_format format, int w, int h)
{
	int i, columns = n == 4 ? 2 : n, rows = n == 4 ? 2 : 1;
	bool several = n > 1 && format != CD_CHART_TEXT;

	put_terminal(f, format, columns * w, rows * h);
	if (several)
		fprintf(f, "set multiplot layout %d,%d\n", rows, columns);
	for (i = 0; i < n; i++) {
		if (c[i].kind == CD_CHART_CONFUSION) {
			put_confusion(f, c[i].scored);
			continue;
		}
		put_data(f, &c[i]);
		put_axes(f, &c[i], format == CD_CHART_TEXT);
		(format == CD_CHART_TEXT ? put_plot_text : put_plot)(f, &c[i]);
	}
	if (several)
		fputs("unset multiplot\n", f);
}

/* Takes out form feeds, with which pages begin, blanks at the end of a line,
 * and empty lines at the beginning. Returns how many bytes are left. */
static size_t
trim(unsigned char *p, size_t n)
{
	size_t i, to = 0, ink = 0; /* ink: behind what stays of this line */

	for (i = 0; i < n; i++) {
		if (p[i] == '\f')
			continue;
		if (p[i] == '\n') {
			to = ink;
			if (to > 0)
				p[to++] = '\n';
			ink = to;
			continue;
		}
		p[to++] = p[i];
		if (p[i] != ' ')
			ink = to;
	}
	return ink;
}

void
cd_chart_draw(const struct cd_chart *c, int n, enum cd_chart_format format,
    int w, int h, struct cd_buf *out)
{
	struct cd_memory script;
	struct cd_err e = { "" };
	size_t k = out->len;

	cd_memory_open(&script);
	put_script(script.f, c, n, format, w, h);
	cd_memory_close(&script);
	if (cd_gnuplot(script.data, script.size, out, &e) < 0)
		cd_die("%s", e.msg);
	free(script.data);
	if (format == CD_CHART_TEXT)
		out->len = trim(out->data + k, out->len - k) + k;
}
