/* How good the predictions are. */
#include <math.h>
#include <string.h>

#include "cmd/chart.h"
#include "cmd/html.h"
#include "cmd/page.h"

/* A cell; an undefined figure is a dash. */
static void
put_share(FILE *f, double v)
{
	if (isnan(v))
		fputs("<td>&ndash;</td>", f);
	else
		fprintf(f, "<td>%.4f</td>", v);
}

/* A share with its interval. */
static void
put_ratio(FILE *f, size_t a, size_t b)
{
	double low, high;

	if (b == 0) {
		fputs("<td>&ndash;</td><td>&ndash;</td>", f);
		return;
	}
	cd_wilson(a, b, &low, &high);
	fprintf(f, "<td>%.4f</td><td>%.4f to %.4f</td>", (double)a / (double)b,
	    low, high);
}

static void
put_row_name(FILE *f, const char *name)
{
	fputs("<tr><th scope=\"row\">", f);
	cd_html_plain(f, name);
	fputs("</th>", f);
}

/* One row for each set of predictions. */
static void
put_overview(struct cd_page *p)
{
	static const char *const names[] = { "predictions", "pictures",
		"accuracy", "95 % interval", "log loss", "ROC AUC",
		"balanced accuracy", "macro F1" };
	size_t k;
	int i;

	fputs("<div class=\"wide\"><table><caption>All predictions</caption>"
	      "<thead><tr>",
	    p->f);
	for (k = 0; k < sizeof names / sizeof names[0]; k++)
		cd_html_tag(p->f, "th scope=\"col\"", names[k]);
	fputs("</tr></thead><tbody>\n", p->f);
	for (i = 0; i < p->nscored; i++) {
		const struct cd_metrics *m = &p->scored[i].scored.metrics;

		put_row_name(p->f, p->scored[i].file.name);
		fprintf(p->f, "<td>%zu</td>", m->n);
		put_ratio(p->f, m->correct, m->n);
		put_share(p->f, m->log_loss);
		put_share(p->f, m->auc);
		put_share(p->f, m->balanced_accuracy);
		put_share(p->f, m->macro_f1);
		fputs("</tr>\n", p->f);
	}
	fputs("</tbody></table></div>\n", p->f);
}

static void
put_by_class(FILE *f, const struct cd_scored *s)
{
	static const char *const names[] = { "class", "pictures", "precision",
		"95 % interval", "recall", "95 % interval", "F1" };
	size_t k;
	int i;

	fputs("<div class=\"wide\"><table><caption>By class</caption>"
	      "<thead><tr>",
	    f);
	for (k = 0; k < sizeof names / sizeof names[0]; k++)
		cd_html_tag(f, "th scope=\"col\"", names[k]);
	fputs("</tr></thead><tbody>\n", f);
	for (i = 0; i < s->nclasses; i++) {
		const struct cd_class_metrics *c = &s->metrics.of[i];

		put_row_name(f, s->class_name[i]);
		fprintf(f, "<td>%zu</td>", c->support);
		put_ratio(f, c->correct, c->predicted);
		put_ratio(f, c->correct, c->support);
		put_share(f, c->f1);
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
}

/* The darker a cell, the larger its share of the true class. */
static void
put_confusion(FILE *f, const struct cd_scored *s)
{
	const size_t *n = s->metrics.confusion;
	int i, j;

	fputs("<div class=\"wide\"><table><caption>Confusion: true class in "
	      "rows, predicted in columns</caption><thead><tr>"
	      "<th scope=\"col\">true class</th>",
	    f);
	for (j = 0; j < s->nclasses; j++)
		cd_html_tag(f, "th scope=\"col\"", s->class_name[j]);
	fputs("</tr></thead><tbody>\n", f);
	for (i = 0; i < s->nclasses; i++) {
		put_row_name(f, s->class_name[i]);
		for (j = 0; j < s->nclasses; j++, n++) {
			size_t of = s->metrics.of[i].support;
			int percent = of ? (int)(50 * *n / of) : 0;

			if (percent > 0)
				fprintf(f,
				    "<td style=\"background:rgb(%s/%d%%)\">"
				    "%zu</td>",
				    i == j ? "46 125 50" : "198 40 40", percent,
				    *n);
			else
				fprintf(f, "<td>%zu</td>", *n);
		}
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
}

static void
put_curves(struct cd_page *p, int i)
{
	static const enum cd_chart_kind kinds[] = { CD_CHART_ROC,
		CD_CHART_PRECISION_RECALL, CD_CHART_RELIABILITY };
	static const char *const ids[] = { "roc", "pr", "reliability" };
	const struct cd_page_scored *s = &p->scored[i];
	struct cd_chart c;
	char id[32], title[CD_SHORT_NAME + 64];
	int k;

	fputs("<div class=\"charts\">\n", p->f);
	for (k = 0; k < 3; k++) {
		cd_chart_scores(&c, kinds[k], &s->scored, 1);
		snprintf(id, sizeof id, "%s-%d", ids[k], i + 1);
		snprintf(title, sizeof title, "%s of %s",
		    cd_chart_title(kinds[k]), s->file.name);
		cd_page_chart(p, &c, id, title);
	}
	fputs("</div>\n", p->f);
}

void
cd_page_results(struct cd_page *p)
{
	int i;

	if (p->nscored == 0)
		return;
	fputs("<section id=\"results\">\n<h2>Results</h2>\n", p->f);
	put_overview(p);
	fputs("</section>\n", p->f);
	for (i = 0; i < p->nscored; i++) {
		const struct cd_scored *s = &p->scored[i].scored;

		fprintf(p->f,
		    "<section id=\"predictions-%d\">\n"
		    "<h2>Predictions: ",
		    i + 1);
		cd_html_plain(p->f, p->scored[i].file.name);
		fputs("</h2>\n", p->f);
		if (s->metrics.confusion)
			put_confusion(p->f, s);
		put_by_class(p->f, s);
		put_curves(p, i);
		cd_page_worst(p, i);
		fputs("</section>\n", p->f);
	}
}
