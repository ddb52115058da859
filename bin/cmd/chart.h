/* Charts of training and of predictions, drawn by gnuplot (cmd/gnuplot.h). Each
 * function ends the program (cd_die) where it fails. */
#ifndef CD_CMD_CHART_H
#define CD_CMD_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/mem.h"
#include "cmd/scored.h"
#include "train/history.h"

enum cd_chart_kind {
	CD_CHART_ACCURACY, /* by epoch */
	CD_CHART_LOSS,
	CD_CHART_RATES, /* the loss by learning rate */
	CD_CHART_ROC,
	CD_CHART_PRECISION_RECALL,
	CD_CHART_RELIABILITY,
	CD_CHART_CONFUSION,
};

enum cd_chart_format {
	CD_CHART_PNG,
	CD_CHART_SVG,
	CD_CHART_TEXT, /* 79 columns, 24 lines a chart */
};

/* A curve. */
struct cd_series {
	char name[512]; /* printable */
	bool steps;	/* no straight lines but steps */
	bool thin;
	bool bars;	      /* low and high are drawn */
	int colour;	      /* from 1 */
	struct cd_buf points; /* double [n][4]: x, y, low, high */
};

struct cd_chart {
	enum cd_chart_kind kind;
	bool log;	      /* the loss on a logarithmic axis */
	double level;	      /* a grey line at this y; NaN: none */
	struct cd_buf series; /* struct cd_series */
	/* a confusion: of these predictions, not copied */
	const struct cd_scored *scored;
};

/* The accuracy or the loss of each of n runs, while training and in validation,
 * as far as the histories say them. name: [n], printable. */
void cd_chart_history(struct cd_chart *, enum cd_chart_kind,
    const struct cd_past *, char *const *name, int n, bool log);

/* Loss and smoothed loss by the rate, of n tables of cd-train --lr-test. path:
 * as cd_rates_read has it. */
void cd_chart_rates(struct cd_chart *, char *const *path, char *const *name,
    int n);

/* ROC, precision-recall or reliability of n sets of predictions: of two classes
 * the second one, of more each against the rest. Where there would be more than
 * a legend has room for, it says their mean. */
void cd_chart_scores(struct cd_chart *, enum cd_chart_kind,
    const struct cd_scored *, int n);

/* The confusion of one set, which must have a table of it. */
void cd_chart_confusion(struct cd_chart *, const struct cd_scored *);

/* Is there nothing to draw? */
bool cd_chart_empty(const struct cd_chart *);
void cd_chart_free(struct cd_chart *);

/* "accuracy", "ROC curve": what stands above it. */
const char *cd_chart_title(enum cd_chart_kind);

/* The height in pixels of each of n charts, h with a legend of two names: more
 * names take room of their own. */
int cd_chart_height(const struct cd_chart *, int n, int h);

/* Draws n charts, none of them empty, beside each other, or below each other as
 * text, and appends the file to *out. w, h: of one, in pixels. */
void cd_chart_draw(const struct cd_chart *, int n, enum cd_chart_format, int w,
    int h, struct cd_buf *out);

#endif
