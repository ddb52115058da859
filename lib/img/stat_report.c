#include "img/stat_report.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

enum {
	KEYS = 8, /* at most so many on the line of a group */
	SIZE_TEXT = 48,
};

static char *
size_text(const struct cd_stat_size *z, char buf[SIZE_TEXT])
{
	snprintf(buf, SIZE_TEXT, "%" PRIu32 "x%" PRIu32, z->w, z->h);
	return buf;
}

/* A name and its count. */
static void
put_count(FILE *f, const char *name, uint64_t n)
{
	fprintf(f, "  %-16s %10" PRIu64, name, n);
}

static void
put_range(FILE *f, const char *before, const struct cd_stat_range *r,
    const char *after)
{
	fprintf(f, "%s%" PRIu64, before, r->least);
	if (r->most != r->least)
		fprintf(f, " to %" PRIu64, r->most);
	fputs(after, f);
}

/* The last line of a list that shows fewer than n. */
static void
put_more(FILE *f, uint64_t n, uint64_t shown)
{
	if (n > shown)
		fprintf(f, "  %" PRIu64 " more\n", n - shown);
}

/* ---- for people ---- */

static void
text_counts(const struct cd_stat_report *r)
{
	const struct cd_stat *s = r->stat;

	fprintf(r->f, "records    %" PRIu64 " %s", s->records, r->holds);
	if (s->batch.n)
		put_range(r->f, " of ", &s->batch, "");
	if (s->marks)
		fprintf(r->f, ", %" PRIu64 " mark%s", s->marks,
		    s->marks == 1 ? "" : "s");
	if (s->others)
		fprintf(r->f, ", %" PRIu64 " unknown", s->others);
	fprintf(r->f, "\npictures   %" PRIu64 "; skipped before: %" PRIu64 "\n",
	    s->pictures, r->skipped);
	if (s->epoch.most > 0)
		put_range(r->f, "epochs     ", &s->epoch, "\n");
	if (s->view.most > 0)
		put_range(r->f, "views      ", &s->view, "\n");
}

static void
text_sizes(const struct cd_stat_report *r)
{
	const struct cd_stat *s = r->stat;
	char a[SIZE_TEXT], b[SIZE_TEXT];
	uint64_t i;

	fprintf(r->f, "sizes      %zu", s->nsizes);
	if (s->nsizes > 1) {
		fprintf(r->f, ", smallest %s, largest %s",
		    size_text(&s->smallest, a), size_text(&s->largest, b));
		put_range(r->f, "; ", &s->width, " wide");
		put_range(r->f, ", ", &s->height, " high");
	}
	fputc('\n', r->f);
	for (i = 0; i < s->nsizes && i < r->list; i++) {
		put_count(r->f, size_text(&s->size[i], a), s->size[i].n);
		fputc('\n', r->f);
	}
	put_more(r->f, s->nsizes, i);
}

static void
text_classes(const struct cd_stat_report *r)
{
	const struct cd_stat *s = r->stat;
	int k;

	fprintf(r->f, "classes    %d\n", s->nclasses);
	for (k = 0; k < s->nclasses; k++) {
		put_count(r->f, r->class_name[k], s->label[k]);
		if (s->targets)
			fprintf(r->f, "  targets: %.2f", s->target[k]);
		fputc('\n', r->f);
	}
	if (s->unlabelled) {
		put_count(r->f, "(no label)", s->unlabelled);
		fputc('\n', r->f);
	}
	if (s->targets) {
		put_count(r->f, "(targets)", s->targets);
		fputc('\n', r->f);
	}
}

static void
text_each(const struct cd_stat_report *r, const char *name,
    double (*of)(const struct cd_stat *, int))
{
	int c;

	fputs(name, r->f);
	for (c = 0; c < r->stat->channels; c++)
		fprintf(r->f, " %.4g", r->scale * of(r->stat, c));
}

static void
text_channels(const struct cd_stat_report *r)
{
	const struct cd_stat *s = r->stat;
	bool constant = false;
	int c;

	fprintf(r->f, "channels   %d\n", s->channels);
	if (s->pictures == 0)
		return;
	for (c = 0; c < s->channels; c++)
		constant |= cd_stat_deviation(s, c) == 0;
	fputs("  ", r->f);
	if (s->nsizes == 1)
		fprintf(r->f, "input %" PRIu32 " %" PRIu32 " %d  ",
		    s->size[0].h, s->size[0].w, s->channels);
	fprintf(r->f, "scale %s", r->scale_text);
	text_each(r, "  mean", cd_stat_mean);
	text_each(r, "  deviation", cd_stat_deviation);
	fputc('\n', r->f);
	if (constant)
		fputs("  (a deviation is 0: no net divides by it)\n", r->f);
}

static void
text_group(const struct cd_stat_report *r, const struct cd_duplicates_group *g)
{
	const struct cd_duplicates *same = &r->stat->duplicates;
	char key[CD_ESCAPED(CD_KEY_MAX)];
	size_t k;

	for (k = 0; k < g->n && k < KEYS; k++) {
		const struct cd_duplicates_picture
		    *p = cd_duplicates_picture(same, g, k);
		const char *s = cd_duplicates_key(same, p);

		fprintf(r->f, "  %s", cd_escape(key, sizeof key, s, strlen(s)));
		if (!g->labels)
			continue;
		if (p->label >= 0)
			fprintf(r->f, " (%s)", r->class_name[p->label]);
		else
			fputs(p->label == CD_STAT_TARGET ? " (targets)" :
							   " (no label)",
			    r->f);
	}
	fputc('\n', r->f);
	if (g->n > k)
		fprintf(r->f, "    and %zu more\n", g->n - k);
}

static void
text_equal(const struct cd_stat_report *r)
{
	const struct cd_duplicates *same = &r->stat->duplicates;
	size_t i, differ = 0;

	for (i = 0; i < same->ngroups; i++)
		differ += cd_duplicates_group(same, i)->labels;
	fprintf(r->f, "equal      %zu pictures in %zu group%s", same->equal,
	    same->ngroups, same->ngroups == 1 ? "" : "s");
	if (differ)
		fprintf(r->f, "; in %zu the labels differ", differ);
	fputc('\n', r->f);
	for (i = 0; i < same->ngroups && i < r->list; i++)
		text_group(r, cd_duplicates_group(same, i));
	put_more(r->f, same->ngroups, i);
}

void
cd_stat_report_text(const struct cd_stat_report *r)
{
	text_counts(r);
	text_sizes(r);
	text_classes(r);
	text_channels(r);
	if (r->stat->equal)
		text_equal(r);
}

/* ---- for programs ---- */

static void
row(const struct cd_stat_report *r, const char *name, uint64_t value)
{
	fprintf(r->f, "%s\t%" PRIu64 "\n", name, value);
}

static void
rows_range(const struct cd_stat_report *r, const char *name,
    const struct cd_stat_range *v)
{
	if (v->n)
		fprintf(r->f, "%s_least\t%" PRIu64 "\n%s_most\t%" PRIu64 "\n",
		    name, v->least, name, v->most);
}

static void
rows_sizes(const struct cd_stat_report *r)
{
	const struct cd_stat *s = r->stat;
	char z[SIZE_TEXT];
	uint64_t i;

	rows_range(r, "width", &s->width);
	rows_range(r, "height", &s->height);
	row(r, "sizes", s->nsizes);
	if (s->nsizes) {
		fprintf(r->f, "smallest\t%s\n", size_text(&s->smallest, z));
		fprintf(r->f, "largest\t%s\n", size_text(&s->largest, z));
	}
	for (i = 0; i < s->nsizes && i < r->list; i++)
		fprintf(r->f, "size/%s\t%" PRIu64 "\n",
		    size_text(&s->size[i], z), s->size[i].n);
}

static void
rows_classes(const struct cd_stat_report *r)
{
	const struct cd_stat *s = r->stat;
	int k;

	for (k = 0; k < s->nclasses; k++)
		fprintf(r->f, "class/%s\t%" PRIu64 "\n", r->class_name[k],
		    s->label[k]);
	row(r, "unlabelled", s->unlabelled);
	row(r, "targets", s->targets);
	for (k = 0; k < s->nclasses && s->targets; k++)
		fprintf(r->f, "target/%s\t%.15g\n", r->class_name[k],
		    s->target[k]);
}

static void
rows_equal(const struct cd_stat_report *r)
{
	const struct cd_duplicates *same = &r->stat->duplicates;
	char key[CD_ESCAPED(CD_KEY_MAX)];
	size_t i, k;

	row(r, "equal_groups", same->ngroups);
	row(r, "equal_pictures", same->equal);
	for (i = 0; i < same->ngroups && i < r->list; i++) {
		const struct cd_duplicates_group *g = cd_duplicates_group(same,
		    i);

		for (k = 0; k < g->n; k++) {
			const char *s = cd_duplicates_key(same,
			    cd_duplicates_picture(same, g, k));

			fprintf(r->f, "equal/%zu\t%s\n", i,
			    cd_escape(key, sizeof key, s, strlen(s)));
		}
	}
}

void
cd_stat_report_tsv(const struct cd_stat_report *r)
{
	const struct cd_stat *s = r->stat;
	int c;

	row(r, "records", s->records);
	row(r, "marks", s->marks);
	row(r, "unknown", s->others);
	row(r, "pictures", s->pictures);
	row(r, "skipped", r->skipped);
	rows_range(r, "batch", &s->batch);
	rows_range(r, "epoch", &s->epoch);
	rows_range(r, "view", &s->view);
	rows_sizes(r);
	rows_classes(r);
	row(r, "channels", (uint64_t)s->channels);
	for (c = 0; c < s->channels && s->pictures; c++)
		fprintf(r->f, "mean/%d\t%.15g\ndeviation/%d\t%.15g\n", c,
		    r->scale * cd_stat_mean(s, c), c,
		    r->scale * cd_stat_deviation(s, c));
	if (s->equal)
		rows_equal(r);
}
