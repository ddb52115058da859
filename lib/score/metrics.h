/* Metrics of predictions: accuracy, log loss, ROC AUC, and figures by class. */
#ifndef CD_SCORE_METRICS_H
#define CD_SCORE_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "rec/head.h"

enum {
	CD_CONFUSION_MAX = 256, /* most classes for a confusion table */
};

/* The log loss takes probabilities to be at least this. */
#define CD_LOG_LOSS_EPS 1e-15

struct cd_class_metrics {
	size_t support;	  /* pictures of the class */
	size_t predicted; /* pictures it was predicted for */
	size_t correct;	  /* both */
	/* NaN if the denominator is 0 */
	double precision; /* correct / predicted */
	double recall;	  /* correct / support */
	double f1;	  /* 2 correct / (predicted + support) */
};

struct cd_metrics {
	size_t n, correct;
	int nclasses;
	double accuracy;
	/* 95 % interval of the accuracy by Wilson's score (JASA 22, 1927) */
	double accuracy_low, accuracy_high;
	double log_loss; /* mean of -ln p(true class), natural */
	/* Area under the ROC curve: the probability that a picture of the class
	 * has a higher p than one of another class, ties counted half (Mann
	 * and Whitney). With two classes, of class 1; with more, the mean over
	 * those classes, each against the rest, that have pictures on both
	 * sides. NaN if there are none. */
	double auc;
	/* means of recall and of f1 over the classes that have one */
	double balanced_accuracy, macro_f1;
	int top;		     /* cd_metrics_top's; 0: not asked for */
	double top_accuracy;	     /* share whose class is among the top */
	struct cd_class_metrics *of; /* [nclasses] */
	size_t *confusion;	     /* [true, predicted]; NULL for more than
				 * CD_CONFUSION_MAX classes */
};

/* The predicted class: the most probable, the first of equals. */
int cd_predicted(const double *p, int nclasses);

/* p: [n, nclasses] probabilities; label: [n] in 0 .. nclasses-1. n > 0. On
 * failure nothing is held. */
int cd_metrics_of(struct cd_metrics *, const double *p, const int32_t *label,
    size_t n, int nclasses, struct cd_err *) CD_MUST_CHECK;
void cd_metrics_free(struct cd_metrics *);

/* Adds the share of pictures whose class is among the `top` most probable ones,
 * of equals the first; p and label as before. */
void cd_metrics_top(struct cd_metrics *, const double *p, const int32_t *label,
    int top);

/* Wilson's 95 % interval of `correct` of n > 0. */
void cd_wilson(size_t correct, size_t n, double *low, double *high);

/* The class names of a header, escaped for printing; *n: how many. One free()
 * frees them all. NULL, with e filled: out of memory. */
char **cd_class_names(const struct cd_head *, int *n, struct cd_err *e);

/* Calls fn for each metric, with its name in --tsv and --require: accuracy,
 * accuracy_low, accuracy_high, log_loss, auc, balanced_accuracy, macro_f1,
 * top_N_accuracy after cd_metrics_top, precision/CLASS, recall/CLASS, f1/CLASS.
 * class_name: [nclasses]. */
void cd_metrics_each(const struct cd_metrics *, char *const *class_name,
    void (*fn)(void *arg, const char *name, double value), void *arg);

#endif
