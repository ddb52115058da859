/* How the nets were trained, on what, what they are, and the commands that did
 * it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/chart.h"
#include "cmd/html.h"
#include "cmd/msg.h"
#include "cmd/page.h"
#include "rec/values.h"

/* Begins a row of a table. */
static void
put_row(FILE *f, const char *name)
{
	fputs("<tr><th scope=\"row\">", f);
	cd_html_plain(f, name);
	fputs("</th>", f);
}

/* A table's beginning, up to the name of its first column. */
static void
begin_table(FILE *f, const char *caption, const char *rows)
{
	fputs("<div class=\"wide\"><table><caption>", f);
	cd_html_plain(f, caption);
	fputs("</caption><thead><tr>", f);
	cd_html_tag(f, "th scope=\"col\"", rows);
}

static void
end_table(FILE *f)
{
	fputs("</tbody></table></div>\n", f);
}

/* ---- training ---- */

/* What a history says of the whole run; NaN, or 0 for w: it does not. */
struct run {
	double epochs, pictures, seconds, speed, waited, loss, accuracy,
	    val_loss, val_accuracy, best_accuracy, best_epoch, lr_first,
	    lr_last, memory;
	int w[2], h[2]; /* least and most, by area */
};

static void
take_size(struct run *s, const struct cd_past_epoch *p)
{
	int area = p->w * p->h;

	if (p->w == 0)
		return;
	if (s->w[0] == 0 || area < s->w[0] * s->h[0]) {
		s->w[0] = p->w;
		s->h[0] = p->h;
	}
	if (s->w[1] == 0 || area > s->w[1] * s->h[1]) {
		s->w[1] = p->w;
		s->h[1] = p->h;
	}
}

static void
sum_up(struct run *s, const struct cd_past *h)
{
	const struct cd_past_epoch *p;
	size_t i;

	memset(s, 0, sizeof *s);
	s->val_loss = s->val_accuracy = s->best_accuracy = s->memory = NAN;
	s->best_epoch = NAN;
	for (i = 0; i < h->n; i++) {
		p = &h->at[i];
		s->pictures += p->pictures;
		s->seconds += p->seconds;
		s->waited += p->waited * p->seconds;
		take_size(s, p);
		/* of a number and NaN, fmax takes the number */
		s->memory = fmax(s->memory, p->memory);
		if (!isnan(p->val_loss))
			s->val_loss = p->val_loss;
		if (isnan(p->val_accuracy))
			continue;
		s->val_accuracy = p->val_accuracy;
		if (!(p->val_accuracy <= s->best_accuracy)) {
			s->best_accuracy = p->val_accuracy;
			s->best_epoch = p->epoch;
		}
	}
	s->waited /= s->seconds;
	s->speed = s->seconds > 0 ? s->pictures / s->seconds : NAN;
	s->epochs = h->n ? h->at[h->n - 1].epoch : 0;
	s->loss = h->n ? h->at[h->n - 1].loss : NAN;
	s->accuracy = h->n ? h->at[h->n - 1].accuracy : NAN;
	s->lr_first = h->n ? h->at[0].lr : NAN;
	s->lr_last = h->n ? h->at[h->n - 1].lr : NAN;
}

/* Writes seconds as "1 h 02 min", "3 min 20 s" or "7.5 s". */
static void
put_time(FILE *f, double s)
{
	long whole = lround(s);

	if (s < 60)
		fprintf(f, "%.3g s", s);
	else if (whole < 3600)
		fprintf(f, "%ld min %02ld s", whole / 60, whole % 60);
	else
		fprintf(f, "%ld h %02ld min", whole / 3600, whole / 60 % 60);
}

enum how {
	WHOLE,
	SHARE,
	PERCENT,
	RATE,
	TIME,
	MEMORY,
};

static const struct fact {
	const char *name;
	size_t at; /* in struct run */
	enum how how;
} facts[] = {
	{ "epochs", offsetof(struct run, epochs), WHOLE },
	{ "pictures trained on", offsetof(struct run, pictures), WHOLE },
	{ "time", offsetof(struct run, seconds), TIME },
	{ "pictures a second", offsetof(struct run, speed), WHOLE },
	{ "time spent waiting for pictures", offsetof(struct run, waited),
	    PERCENT },
	{ "memory, at most", offsetof(struct run, memory), MEMORY },
	{ "learning rate, first epoch", offsetof(struct run, lr_first), RATE },
	{ "learning rate, last epoch", offsetof(struct run, lr_last), RATE },
	{ "training loss, last epoch", offsetof(struct run, loss), SHARE },
	{ "training accuracy, last epoch", offsetof(struct run, accuracy),
	    SHARE },
	{ "last validation loss", offsetof(struct run, val_loss), SHARE },
	{ "last validation accuracy", offsetof(struct run, val_accuracy),
	    SHARE },
	{ "best validation accuracy", offsetof(struct run, best_accuracy),
	    SHARE },
	{ "in epoch", offsetof(struct run, best_epoch), WHOLE },
};

static double
value_of(const struct run *s, const struct fact *fact)
{
	return *(const double *)((const char *)s + fact->at);
}

static void
put_value(FILE *f, double v, enum how how)
{
	fputs("<td>", f);
	if (isnan(v))
		fputs("&ndash;", f);
	else if (how == TIME)
		put_time(f, v);
	else if (how == WHOLE)
		fprintf(f, "%.0f", v);
	else if (how == RATE)
		fprintf(f, "%.3g", v);
	else if (how == PERCENT)
		fprintf(f, "%.1f %%", 100 * v);
	else if (how == MEMORY)
		fprintf(f, "%.0f MiB", v);
	else
		fprintf(f, "%.4f", v);
	fputs("</td>", f);
}

static void
put_sizes(FILE *f, const struct run *s, int n)
{
	int i, known = 0;

	for (i = 0; i < n; i++)
		known += s[i].w[0] > 0;
	if (known == 0)
		return;
	put_row(f, "size of the pictures");
	for (i = 0; i < n; i++, s++)
		if (s->w[0] == 0)
			fputs("<td>&ndash;</td>", f);
		else if (s->w[0] == s->w[1] && s->h[0] == s->h[1])
			fprintf(f, "<td>%dx%d</td>", s->w[0], s->h[0]);
		else
			fprintf(f, "<td>%dx%d to %dx%d</td>", s->w[0], s->h[0],
			    s->w[1], s->h[1]);
	fputs("</tr>\n", f);
}

/* What no history says has no row. */
static void
put_runs(struct cd_page *p, const struct run *s)
{
	int i, n = p->nhistories, known;
	size_t k;

	begin_table(p->f, "Runs", "run");
	for (i = 0; i < n; i++)
		cd_html_tag(p->f, "th scope=\"col\"", p->history[i].file.name);
	fputs("</tr></thead><tbody>\n", p->f);
	for (k = 0; k < sizeof facts / sizeof facts[0]; k++) {
		for (i = known = 0; i < n; i++)
			known += !isnan(value_of(&s[i], &facts[k]));
		if (known == 0)
			continue;
		put_row(p->f, facts[k].name);
		for (i = 0; i < n; i++)
			put_value(p->f, value_of(&s[i], &facts[k]),
			    facts[k].how);
		fputs("</tr>\n", p->f);
	}
	put_sizes(p->f, s, n);
	end_table(p->f);
}

void
cd_page_training(struct cd_page *p)
{
	struct cd_past past[CD_PAGE_MAX];
	struct run run[CD_PAGE_MAX];
	char *name[CD_PAGE_MAX];
	struct cd_chart c;
	int i;

	if (p->nhistories == 0)
		return;
	for (i = 0; i < p->nhistories; i++) {
		past[i] = p->history[i].past;
		name[i] = p->history[i].file.name;
		sum_up(&run[i], &past[i]);
	}
	fputs("<section id=\"training\">\n<h2>Training</h2>\n"
	      "<div class=\"charts\">\n",
	    p->f);
	cd_chart_history(&c, CD_CHART_ACCURACY, past, name, i, false);
	cd_page_chart(p, &c, "accuracy", "Accuracy by epoch");
	cd_chart_history(&c, CD_CHART_LOSS, past, name, i, false);
	cd_page_chart(p, &c, "loss", "Loss by epoch");
	fputs("</div>\n", p->f);
	put_runs(p, run);
	fputs("</section>\n", p->f);
}

/* ---- data ---- */

/* Pictures of a class, by label or by target. */
static void
put_count(FILE *f, const struct cd_stat *s, int class)
{
	if (class < 0)
		fputs("<td>&ndash;</td>", f);
	else if (s->targets > 0)
		fprintf(f, "<td>%.1f</td>",
		    (double)s->label[class] + s->target[class]);
	else
		fprintf(f, "<td>%llu</td>",
		    (unsigned long long)s->label[class]);
}

/* Is it a class of one of the first n streams? */
static bool
came_before(const struct cd_values *of, int n, const struct cd_value *v)
{
	int i;

	for (i = 0; i < n; i++)
		if (cd_values_find(&of[i], v->s, v->len) >= 0)
			return true;
	return false;
}

/* Rows of the classes, by name, in the order in which they first come. */
static void
put_classes(struct cd_page *p)
{
	struct cd_values of[CD_PAGE_MAX];
	struct cd_err e = { "" };
	int i, k, c, n = p->nsamples;

	for (i = 0; i < n; i++)
		if (cd_values_list(&of[i], &p->samples[i].head, "class", &e) <
		    0)
			cd_die("%s", e.msg);
	for (i = 0; i < n; i++)
		for (c = 0; c < of[i].n; c++) {
			const struct cd_value *v = &of[i].at[c];

			if (came_before(of, i, v))
				continue;
			put_row(p->f, p->samples[i].class_name[c]);
			for (k = 0; k < n; k++)
				put_count(p->f, &p->samples[k].stat,
				    cd_values_find(&of[k], v->s, v->len));
			fputs("</tr>\n", p->f);
		}
	for (i = 0; i < n; i++)
		cd_values_free(&of[i]);
}

/* A row of whole numbers; left out where all are 0 and it says so. */
static void
put_numbers(struct cd_page *p, const char *name, const uint64_t *v,
    bool unless_zero)
{
	uint64_t any = 0;
	int i;

	for (i = 0; i < p->nsamples; i++)
		any |= v[i];
	if (any == 0 && unless_zero)
		return;
	put_row(p->f, name);
	for (i = 0; i < p->nsamples; i++)
		fprintf(p->f, "<td>%llu</td>", (unsigned long long)v[i]);
	fputs("</tr>\n", p->f);
}

/* "150x150", or from the smallest to the largest; channels. */
static void
put_dimensions(FILE *f, const struct cd_stat *s)
{
	if (s->pictures == 0) {
		fputs("<td>&ndash;</td>", f);
		return;
	}
	fprintf(f, "<td>%ux%u", s->smallest.w, s->smallest.h);
	if (s->nsizes > 1)
		fprintf(f, " to %ux%u", s->largest.w, s->largest.h);
	fprintf(f, ", %s</td>",
	    s->channels == 1	 ? "grey" :
		s->channels == 3 ? "colour" :
				   "other channels");
}

void
cd_page_data(struct cd_page *p)
{
	uint64_t all[CD_PAGE_MAX], bare[CD_PAGE_MAX], skipped[CD_PAGE_MAX];
	int i;

	if (p->nsamples == 0)
		return;
	fputs("<section id=\"data\">\n<h2>Data</h2>\n", p->f);
	begin_table(p->f, "Pictures by class", "class");
	for (i = 0; i < p->nsamples; i++) {
		cd_html_tag(p->f, "th scope=\"col\"", p->samples[i].file.name);
		all[i] = p->samples[i].stat.pictures;
		bare[i] = p->samples[i].stat.unlabelled;
		skipped[i] = p->samples[i].skipped;
	}
	fputs("</tr></thead><tbody>\n", p->f);
	put_classes(p);
	put_numbers(p, "without a label", bare, true);
	put_numbers(p, "all", all, false);
	put_numbers(p, "skipped as damaged", skipped, true);
	put_row(p->f, "size");
	for (i = 0; i < p->nsamples; i++)
		put_dimensions(p->f, &p->samples[i].stat);
	fputs("</tr>\n", p->f);
	end_table(p->f);
	for (i = 0; i < p->nsamples; i++)
		cd_page_drawn(p, i);
	fputs("</section>\n", p->f);
}
