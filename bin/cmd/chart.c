#include "cmd/chart.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/msg.h"
#include "cmd/rates.h"

enum {
	LEGEND = 16, /* most curves with a name of their own */
	BARS = 3,    /* most curves with intervals that can be told apart */
	LINE = 17,   /* pixels, of the legend */
};

/* The least that histories tell from 0, which a logarithmic axis has not. */
#define LEAST_LOSS 5e-7
/* Points of a curve closer than this, in both directions, are drawn as one. */
#define APART 0.0005

static struct cd_series *
add_series(struct cd_chart *c)
{
	struct cd_series s = { .colour = 1 };
	struct cd_err e = { "" };

	if (cd_buf_add(&c->series, &s, sizeof s, &e) < 0)
		cd_die("%s", e.msg);
	return (struct cd_series *)(c->series.data + c->series.len) - 1;
}

static int
series_of(const struct cd_chart *c)
{
	return (int)(c->series.len / sizeof(struct cd_series));
}

static struct cd_series *
series(const struct cd_chart *c, int i)
{
	return (struct cd_series *)c->series.data + i;
}

static void
add_point(struct cd_series *s, double x, double y, double low, double high)
{
	const double point[4] = { x, y, low, high };
	struct cd_err e = { "" };

	if (cd_buf_add(&s->points, point, sizeof point, &e) < 0)
		cd_die("%s", e.msg);
}

static double
value_of(const struct cd_past_epoch *p, enum cd_chart_kind kind, bool val)
{
	if (kind == CD_CHART_ACCURACY)
		return val ? p->val_accuracy : p->accuracy;
	return val ? p->val_loss : p->loss;
}

/* The last curve goes if nothing was drawn in it. */
static void
drop_empty(struct cd_chart *c)
{
	struct cd_series *s = series(c, series_of(c) - 1);

	if (s->points.len > 0)
		return;
	cd_buf_free(&s->points);
	c->series.len -= sizeof *s;
}

static void
add_run(struct cd_chart *c, const struct cd_past *h, const char *name,
    int colour, bool val)
{
	struct cd_series *s = add_series(c);
	size_t i;
	double v;

	s->thin = !val;
	s->colour = colour;
	snprintf(s->name, sizeof s->name, "%s%s%s", name, *name ? ": " : "",
	    val ? "validation" : "training");
	for (i = 0; i < h->n; i++) {
		v = value_of(&h->at[i], c->kind, val);
		if (c->log && v <= 0)
			v = LEAST_LOSS;
		if (isfinite(v))
			add_point(s, h->at[i].epoch, v, v, v);
	}
	drop_empty(c);
}

void
cd_chart_history(struct cd_chart *c, enum cd_chart_kind kind,
    const struct cd_past *h, char *const *name, int n, bool log)
{
	int i, val;

	memset(c, 0, sizeof *c);
	c->kind = kind;
	c->log = log && kind == CD_CHART_LOSS;
	c->level = NAN;
	for (i = 0; i < n; i++)
		for (val = 0; val < 2; val++)
			add_run(c, &h[i], n > 1 ? name[i] : "",
			    n > 1 ? i + 1 : val + 1, val);
}

static void
add_rates(struct cd_chart *c, const struct cd_buf *points, const char *name,
    int colour, bool smooth)
{
	const struct cd_rate_point *p = (const void *)points->data;
	struct cd_series *s = add_series(c);
	size_t i, n = points->len / sizeof *p;
	double v;

	s->thin = !smooth;
	s->colour = colour;
	snprintf(s->name, sizeof s->name, "%s%s%s", name, *name ? ": " : "",
	    smooth ? "smoothed" : "loss");
	for (i = 0; i < n; i++) {
		v = smooth ? p[i].smooth : p[i].loss;
		add_point(s, p[i].rate, v, v, v);
	}
}

void
cd_chart_rates(struct cd_chart *c, char *const *path, char *const *name, int n)
{
	struct cd_buf points = { 0 };
	int i, smooth;

	*c = (struct cd_chart){ .kind = CD_CHART_RATES, .level = NAN };
	for (i = 0; i < n; i++) {
		points.len = 0;
		cd_rates_read(path[i], &points);
		for (smooth = 0; smooth < 2; smooth++)
			add_rates(c, &points, n > 1 ? name[i] : "",
			    n > 1 ? i + 1 : smooth + 1, smooth);
	}
	cd_buf_free(&points);
}

/* Adds a point unless it is the last one's neighbour. */
static void
add_apart(struct cd_series *s, double x, double y, bool last)
{
	size_t n = s->points.len / sizeof(double);
	const double *p = (const double *)s->points.data;

	if (last || n == 0 || fabs(x - p[n - 4]) >= APART ||
	    fabs(y - p[n - 3]) >= APART)
		add_point(s, x, y, y, y);
}

/* Returns the area under it. */
static double
draw_curve(struct cd_series *s, const struct cd_curve *c, bool roc)
{
	size_t i;

	s->steps = !roc;
	if (isnan(roc ? c->auc : c->ap))
		return NAN;
	/* the precision at a recall of 0 is not defined: the first step begins
	 * there */
	if (!roc)
		add_apart(s, 0,
		    (double)c->cut[1].tp /
			(double)(c->cut[1].tp + c->cut[1].fp),
		    true);
	for (i = !roc; i < c->n; i++) {
		const struct cd_cut *a = &c->cut[i];
		double recall = (double)a->tp / (double)c->positives;

		if (roc)
			add_apart(s, (double)a->fp / (double)c->negatives,
			    recall, i + 1 == c->n);
		else
			add_apart(s, recall,
			    (double)a->tp / (double)(a->tp + a->fp),
			    i + 1 == c->n);
	}
	return roc ? c->auc : c->ap;
}

static double
draw_reliability(struct cd_series *s, const struct cd_reliability *r)
{
	double low, high;
	int b;

	s->bars = true;
	for (b = 0; b < CD_RELIABILITY_BINS; b++) {
		if (r->n[b] == 0)
			continue;
		cd_wilson(r->positive[b], r->n[b], &low, &high);
		add_point(s, r->mean[b],
		    (double)r->positive[b] / (double)r->n[b], low, high);
	}
	return r->ece;
}

/* Draws a class; returns the figure of its curve, NaN if it has none. */
static double
draw_class(struct cd_chart *c, struct cd_series *s, const struct cd_scored *of,
    int class)
{
	const double *p = cd_tally_p(of->all.tally);
	const int32_t *label = cd_tally_labels(of->all.tally);
	size_t n = cd_tally_count(of->all.tally);
	struct cd_reliability r;
	struct cd_curve curve;
	struct cd_err e = { "" };
	double figure;

	if (c->kind == CD_CHART_RELIABILITY) {
		cd_reliability_of(&r, p, label, n, of->nclasses, class);
		return draw_reliability(s, &r);
	}
	if (cd_curve_of(&curve, p, label, n, of->nclasses, class, &e) < 0)
		cd_die("%s", e.msg);
	figure = draw_curve(s, &curve, c->kind == CD_CHART_ROC);
	/* what chance gives */
	if (c->kind == CD_CHART_PRECISION_RECALL)
		c->level = (double)curve.positives / (double)n;
	cd_curve_free(&curve);
	return figure;
}

/* What the figure of a curve is. */
static const char *
figure_name(enum cd_chart_kind kind)
{
	return kind == CD_CHART_ROC	 ? "area" :
	    kind == CD_CHART_RELIABILITY ? "calibration error" :
					   "average precision";
}

static void
name_series(struct cd_series *s, const struct cd_chart *c, const char *file,
    const char *class, double figure)
{
	snprintf(s->name, sizeof s->name, "%s%s%s, %s %.3f", file,
	    *file ? ": " : "", class, figure_name(c->kind), figure);
}

/* Too many curves for a legend: one name for all. */
static void
name_mean(struct cd_chart *c, double sum)
{
	int i, n = series_of(c);

	if (n <= LEGEND)
		return;
	for (i = 0; i < n; i++) {
		struct cd_series *s = series(c, i);

		s->name[0] = '\0';
		s->thin = true;
	}
	snprintf(series(c, 0)->name, sizeof series(c, 0)->name,
	    "%d curves, mean %s %.3f", n, figure_name(c->kind), sum / n);
}

void
cd_chart_scores(struct cd_chart *c, enum cd_chart_kind kind,
    const struct cd_scored *s, int n)
{
	double figure, sum = 0;
	int i, k;

	memset(c, 0, sizeof *c);
	c->kind = kind;
	c->level = NAN;
	for (i = 0; i < n; i++)
		for (k = s[i].nclasses == 2; k < s[i].nclasses; k++) {
			struct cd_series *to = add_series(c);

			figure = draw_class(c, to, &s[i], k);
			to->colour = series_of(c);
			name_series(to, c, n > 1 ? s[i].name : "",
			    s[i].class_name[k], figure);
			sum += isnan(figure) ? 0 : figure;
			drop_empty(c);
		}
	if (n != 1 || s->nclasses != 2)
		c->level = NAN;
	name_mean(c, sum);
	for (i = 0; i < series_of(c) && series_of(c) > BARS; i++)
		series(c, i)->bars = false;
}

void
cd_chart_confusion(struct cd_chart *c, const struct cd_scored *s)
{
	memset(c, 0, sizeof *c);
	c->kind = CD_CHART_CONFUSION;
	c->level = NAN;
	c->scored = s;
}

int
cd_chart_height(const struct cd_chart *c, int n, int h)
{
	int i, k, names, most = 2;

	for (i = 0; i < n; i++) {
		for (k = names = 0; k < series_of(&c[i]); k++)
			names += series(&c[i], k)->name[0] != '\0';
		most = names > most ? names : most;
	}
	return h + LINE * (most - 2);
}

bool
cd_chart_empty(const struct cd_chart *c)
{
	return !c->scored && series_of(c) == 0;
}

void
cd_chart_free(struct cd_chart *c)
{
	int i;

	for (i = 0; i < series_of(c); i++)
		cd_buf_free(&series(c, i)->points);
	cd_buf_free(&c->series);
}

const char *
cd_chart_title(enum cd_chart_kind kind)
{
	static const char *const titles[] = { "Accuracy", "Loss",
		"Learning rate range test", "ROC curve", "Precision and recall",
		"Reliability", "Confusion" };

	return titles[kind];
}
