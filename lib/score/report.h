/* Metrics and predictions as text. */
#ifndef CD_SCORE_REPORT_H
#define CD_SCORE_REPORT_H

#include <stdio.h>

#include "base/err.h"
#include "score/metrics.h"
#include "score/tally.h"

/* class_name: [m->nclasses], escaped (cd_class_names), in all three. */

/* For people; what is not defined is "-". */
void cd_report_text(FILE *, const struct cd_metrics *m,
    char *const *class_name);

/* Lines of metric, tab, value: n, those of cd_metrics_each, and
 * confusion/TRUE/PREDICTED; what is not defined is "nan". */
void cd_report_tsv(FILE *, const struct cd_metrics *m, char *const *class_name);

/* The n predictions in which the true class was least probable, a line each,
 * the worst first: prefix, key, true class, predicted class, probability of
 * the true class, with tabs between. Equals by key. */
int cd_report_worst(FILE *, const struct cd_tally *, const struct cd_metrics *m,
    char *const *class_name, size_t n, const char *prefix,
    struct cd_err *) CD_MUST_CHECK;

#endif
