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

/* A cell with a share and its interval. */
static void
put_ratio(FILE *f, size_t a, size_t b)
{
	double low, high;

	if (b == 0) {
		put_share(f, NAN);
		return;
	}
	cd_wilson(a, b, &low, &high);
	fprintf(f, "<td>%.4f <small>(%.4f to %.4f)</small></td>",
	    (double)a / (double)b, low, high);
}

static void
put_row_name(FILE *f, const char *name)
{
	fputs("<tr><th scope=\"row\">", f);
	cd_html_plain(f, name);
	fputs("</th>", f);
}

/* A column for each set of predictions. */
static void
put_overview(struct cd_page *p)
{
	static const struct {
		const char *name;
		size_t at;
	} rows[] = {
		{ "log loss", offsetof(struct cd_metrics, log_loss) },
		{ "ROC AUC", offsetof(struct cd_metrics, auc) },
		{ "balanced accuracy",
		    offsetof(struct cd_metrics, balanced_accuracy) },
		{ "macro F1", offsetof(struct cd_metrics, macro_f1) },
	};
	size_t k;
	int i;

	fputs("<div class=\"wide\"><table><caption>All predictions</caption>"
	      "<thead><tr><th scope=\"col\">predictions</th>",
	    p->f);
	for (i = 0; i < p->nscored; i++)
		cd_html_tag(p->f, "th scope=\"col\"", p->scored[i].file.name);
	fputs("</tr></thead><tbody>\n", p->f);
	put_row_name(p->f, "pictures");
	for (i = 0; i < p->nscored; i++)
		fprintf(p->f, "<td>%zu</td>", p->scored[i].scored.metrics.n);
	fputs("</tr>\n", p->f);
	put_row_name(p->f, "accuracy");
	for (i = 0; i < p->nscored; i++)
		put_share(p->f, p->scored[i].scored.metrics.accuracy);
	fputs("</tr>\n", p->f);
	put_row_name(p->f, "its 95 % interval");
	for (i = 0; i < p->nscored; i++)
		fprintf(p->f, "<td>%.4f to %.4f</td>",
		    p->scored[i].scored.metrics.accuracy_low,
		    p->scored[i].scored.metrics.accuracy_high);
	fputs("</tr>\n", p->f);
	for (k = 0; k < sizeof rows / sizeof rows[0]; k++) {
		put_row_name(p->f, rows[k].name);
		for (i = 0; i < p->nscored; i++)
			put_share(p->f,
			    *(const double *)((const char *)&p->scored[i]
						  .scored.metrics +
				rows[k].at));
		fputs("</tr>\n", p->f);
	}
	fputs("</tbody></table></div>\n", p->f);
}

static void
put_by_class(FILE *f, const struct cd_scored *s)
{
	static const char *const names[] = { "class", "pictures", "precision",
		"recall", "F1" };
	size_t k;
	int i;

	fputs("<div class=\"wide\"><table><caption>By class, with 95 % "
	      "intervals</caption>"
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

	fputs("<div class=\"wide\"><table><caption>Confusion, a row for a "
	      "true class</caption><thead><tr><th scope=\"col\">predicted"
	      "</th>",
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
