#include "score/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"

static void
put_share(FILE *f, int width, double v)
{
	if (isnan(v))
		fprintf(f, "%*s", width, "-");
	else
		fprintf(f, "%*.4f", width, v);
}

void
cd_report_confusion(FILE *f, const struct cd_metrics *m, char *const *name)
{
	int i, j;

	fprintf(f, "confusion (row: true class, column: predicted)\n%-16s", "");
	for (j = 0; j < m->nclasses; j++)
		fprintf(f, " %11s", name[j]);
	for (i = 0; i < m->nclasses; i++) {
		fprintf(f, "\n%-16s", name[i]);
		for (j = 0; j < m->nclasses; j++)
			fprintf(f, " %11zu", m->confusion[i * m->nclasses + j]);
	}
	fputc('\n', f);
}

/* Classes that no picture was taken for, though there are some: a net does so
 * with those that are rare in training, and high accuracy hides it. */
static void
put_never(FILE *f, const struct cd_metrics *m, char *const *name)
{
	enum { SHOWN = 8 };
	int i, n = 0;

	for (i = 0; i < m->nclasses; i++) {
		if (m->of[i].support == 0 || !isnan(m->of[i].precision))
			continue;
		if (n < SHOWN)
			fprintf(f, "%s%s",
			    n > 0 ? ", " : "\nnever predicted: ", name[i]);
		n++;
	}
	if (n > SHOWN)
		fprintf(f, ", and %d more", n - SHOWN);
	if (n > 0)
		fputs("\n(rare classes: cd-shuffle --balance, or cd-train "
		      "--class-weights)\n",
		    f);
}

void
cd_report_text(FILE *f, const struct cd_metrics *m, char *const *name)
{
	int i;

	fprintf(f,
	    "pictures  %zu\naccuracy  %.4f  (95 %% interval %.4f to "
	    "%.4f)\nlog loss  %.4f\nROC AUC   ",
	    m->n, m->accuracy, m->accuracy_low, m->accuracy_high, m->log_loss);
	put_share(f, 0, m->auc);
	fprintf(f,
	    "\nbalanced  %.4f  (mean recall of the classes)\n"
	    "macro F1  %.4f\n",
	    m->balanced_accuracy, m->macro_f1);
	if (m->top > 0)
		fprintf(f, "in top    %.4f  (of %d classes)\n", m->top_accuracy,
		    m->top);
	if (m->confusion) {
		fputc('\n', f);
		cd_report_confusion(f, m, name);
	}
	fprintf(f, "\n%-16s %11s %11s %11s %11s\n", "class", "pictures",
	    "precision", "recall", "F1");
	for (i = 0; i < m->nclasses; i++) {
		const struct cd_class_metrics *c = &m->of[i];

		fprintf(f, "%-16s %11zu", name[i], c->support);
		put_share(f, 12, c->precision);
		put_share(f, 12, c->recall);
		put_share(f, 12, c->f1);
		fputc('\n', f);
	}
	put_never(f, m, name);
}

static void
put_metric(void *arg, const char *name, double value)
{
	if (isnan(value))
		fprintf(arg, "%s\tnan\n", name);
	else
		fprintf(arg, "%s\t%.15g\n", name, value);
}

void
cd_report_tsv(FILE *f, const struct cd_metrics *m, char *const *name)
{
	int i, j;

	fprintf(f, "n\t%zu\n", m->n);
	cd_metrics_each(m, name, put_metric, f);
	for (i = 0; m->confusion && i < m->nclasses; i++)
		for (j = 0; j < m->nclasses; j++)
			fprintf(f, "confusion/%s/%s\t%zu\n", name[i], name[j],
			    m->confusion[i * m->nclasses + j]);
}

void
cd_report_paired_text(FILE *f, const struct cd_paired *d, const char *name)
{
	fprintf(f,
	    "\nagainst %s, of accuracy %.4f\n"
	    "both right  %zu\nonly this   %zu\nonly that   %zu\n"
	    "both wrong  %zu\n"
	    "difference  %+.4f  (95 %% interval %+.4f to %+.4f)\n"
	    "McNemar     p %.4g, mid-p %.4g\n",
	    name, d->accuracy[1], d->both, d->only[0], d->only[1], d->neither,
	    d->difference, d->low, d->high, d->p, d->mid_p);
}

void
cd_report_paired_tsv(FILE *f, const struct cd_paired *d)
{
	fprintf(f,
	    "both_right\t%zu\nonly_this\t%zu\nonly_that\t%zu\n"
	    "both_wrong\t%zu\n",
	    d->both, d->only[0], d->only[1], d->neither);
	cd_paired_each(d, put_metric, f);
	put_metric(f, "mcnemar_p", d->p);
	put_metric(f, "mcnemar_mid_p", d->mid_p);
}

struct wrong {
	double p; /* of the true class */
	size_t i;
	const char *key;
};

static int
by_wrongness(const void *a, const void *b)
{
	const struct wrong *x = a, *y = b;

	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	return strcmp(x->key, y->key);
}

int
cd_report_worst(FILE *f, const struct cd_tally *t, const struct cd_metrics *m,
    char *const *name, size_t n, const char *prefix, struct cd_err *e)
{
	const size_t all = cd_tally_count(t), k = (size_t)m->nclasses;
	const int32_t *label = cd_tally_labels(t);
	const double *p = cd_tally_p(t);
	struct wrong *w = cd_calloc(all, sizeof *w, e);
	char key[CD_ESCAPED(CD_KEY_MAX)];
	size_t i;

	if (!w)
		return -1;
	for (i = 0; i < all; i++)
		w[i] = (struct wrong){ p[i * k + (size_t)label[i]], i,
			cd_tally_key(t, i) };
	qsort(w, all, sizeof *w, by_wrongness);
	for (i = 0; i < all && i < n; i++)
		fprintf(f, "%s%s\t%s\t%s\t%.6f\n", prefix,
		    cd_escape(key, sizeof key, w[i].key, strlen(w[i].key)),
		    name[label[w[i].i]],
		    name[cd_predicted(p + w[i].i * k, m->nclasses)], w[i].p);
	free(w);
	return 0;
}

void
cd_report_heading(FILE *f, char *const *class_name, int nclasses)
{
	int i;

	fputs("key\tlabel\tpredicted", f);
	for (i = 0; i < nclasses; i++)
		fprintf(f, "\tp(%s)", class_name[i]);
	fputc('\n', f);
}

void
cd_report_prediction(FILE *f, const char *key, int label, const float *p,
    char *const *class_name, int nclasses)
{
	char shown[CD_ESCAPED(CD_KEY_MAX)];
	int i;

	fprintf(f, "%s\t%s\t%s",
	    cd_escape(shown, sizeof shown, key, strlen(key)),
	    label < 0 ? "-" : class_name[label],
	    class_name[cd_largest(p, nclasses)]);
	for (i = 0; i < nclasses; i++)
		fprintf(f, "\t%.6f", (double)p[i]);
	fputc('\n', f);
}
