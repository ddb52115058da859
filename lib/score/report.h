/* Prints metrics and predictions. */
#ifndef CD_SCORE_REPORT_H
#define CD_SCORE_REPORT_H

#include <stdio.h>

#include "base/err.h"
#include "score/metrics.h"
#include "score/paired.h"
#include "score/tally.h"

/* class_name: [m->nclasses], escaped (cd_class_names), in all of
 * them. */

/* For people; an undefined metric is "-". */
void cd_report_text(FILE *, const struct cd_metrics *m,
    char *const *class_name);

/* The table of the confusion, which m must have. */
void cd_report_confusion(FILE *, const struct cd_metrics *m,
    char *const *class_name);

/* Lines of metric, tab and value: n, those of cd_metrics_each, and
 * confusion/TRUE/PREDICTED; an undefined metric is "nan". */
void cd_report_tsv(FILE *, const struct cd_metrics *m, char *const *class_name);

/* A comparison with the predictions called name, in the same two forms. */
void cd_report_paired_text(FILE *, const struct cd_paired *, const char *name);
void cd_report_paired_tsv(FILE *, const struct cd_paired *);

/* The n predictions with the least probability of the true class, the worst
 * first, ties in order of keys. A line each: prefix, then key, true class,
 * predicted class and that probability, separated by tabs. */
int cd_report_worst(FILE *, const struct cd_tally *, const struct cd_metrics *m,
    char *const *class_name, size_t n, const char *prefix,
    struct cd_err *) CD_MUST_CHECK;

/* The table of predictions: its heading, then a line a prediction, p
 * [nclasses]; label: -1 if there is none. */
void cd_report_heading(FILE *, char *const *class_name, int nclasses);
void cd_report_prediction(FILE *, const char *key, int label, const float *p,
    char *const *class_name, int nclasses);

#endif
