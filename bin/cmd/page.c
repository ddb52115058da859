#include "cmd/page.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/chart.h"
#include "cmd/html.h"
#include "cmd/msg.h"
#include "cmd/sniff.h"
#include "rec/pictures.h"

enum {
	CHART_W = 480,
	CHART_H = 380,
};

static void
take_file(struct cd_page_file *file, int *n, const char *path,
    const char *ending)
{
	if (*n == CD_PAGE_MAX)
		cd_die("%s: more than %d files of its kind", path, CD_PAGE_MAX);
	file->path = path;
	cd_short_name(file->name, path, ending);
	++*n;
}

/* A stream of samples: its pictures are read by cd_page_match. */
static void
take_samples(struct cd_page *p, const char *path, const struct cd_head *head)
{
	struct cd_page_samples *s = &p->samples[p->nsamples];
	struct cd_err e = { "" };
	int n;

	take_file(&s->file, &p->nsamples, path, ".trs");
	if (cd_head_copy(&s->head, head, &e) < 0)
		cd_die("%s", e.msg);
	s->class_name = cd_class_names(&s->head, &n, &e);
	if (!s->class_name || cd_stat_open(&s->stat, n, false, &e) < 0)
		cd_die("%s", e.msg);
}

static void
take_stream(struct cd_page *p, const char *path)
{
	char *paths[1] = { (char *)(uintptr_t)path }; /* not changed */
	struct cd_page_scored *scored = &p->scored[p->nscored];
	struct cd_page_model *m = &p->model[p->nmodels];
	struct cd_err e = { "" };
	const struct cd_head *h;
	struct cd_reader *in;

	if (cd_reader_open(&in, paths, 1, &e) < 0)
		cd_die("%s", e.msg);
	h = cd_reader_head(in);
	if (cd_head_is(h, "holds", "model")) {
		take_file(&m->file, &p->nmodels, path, ".trs");
		if (cd_model_load(&m->model, path, &e) < 0)
			cd_die("%s", e.msg);
	} else if (cd_head_is(h, "holds", "predictions")) {
		take_file(&scored->file, &p->nscored, path, ".trs");
		cd_scored_read(&scored->scored, path);
	} else if (cd_head_is(h, "holds", "samples")) {
		take_samples(p, path, h);
	} else {
		cd_die("%s: neither a model nor samples nor predictions", path);
	}
	cd_reader_close(in);
}

void
cd_page_read(struct cd_page *p, const char *path)
{
	struct cd_page_history *h = &p->history[p->nhistories];
	struct cd_err e = { "" };

	if (cd_sniff_records(path, "it is read more than once")) {
		take_stream(p, path);
		return;
	}
	take_file(&h->file, &p->nhistories, path, ".tsv");
	if (cd_past_read(&h->past, path, &e) < 0)
		cd_die("%s", e.msg);
}

/* Counts what is in a stream of samples and, in hits, how many of its pictures
 * each of the predictions is for. */
static void
read_samples(struct cd_page *p, struct cd_page_samples *s, uint64_t *hits)
{
	char *paths[1] = { (char *)(uintptr_t)s->file.path };
	struct cd_err e = { "" };
	const struct cd_rec *r;
	struct cd_reader *in;
	size_t at;
	int got, i;

	if (cd_reader_open(&in, paths, 1, &e) < 0)
		cd_die("%s", e.msg);
	while ((got = cd_reader_next(in, &r, &e)) == 1) {
		if (cd_stat_record(&s->stat, r, &e) < 0) {
			cd_reader_blame(in, &e);
			cd_die("%s", e.msg);
		}
		for (i = 0; r->kind == CD_SAMPLE && i < p->nscored; i++)
			hits[i] += cd_tally_find(p->scored[i].scored.all.tally,
			    r->key, &at);
	}
	if (got < 0 || cd_stat_finish(&s->stat, &e) < 0)
		cd_die("%s", e.msg);
	s->skipped = cd_reader_skipped(in);
	cd_reader_close(in);
}

void
cd_page_match(struct cd_page *p)
{
	int i, k;

	for (i = 0; i < p->nscored; i++)
		p->scored[i].samples = -1;
	for (k = 0; k < p->nsamples; k++) {
		uint64_t hits[CD_PAGE_MAX] = { 0 };

		read_samples(p, &p->samples[k], hits);
		for (i = 0; i < p->nscored; i++)
			if (hits[i] > p->scored[i].matched) {
				p->scored[i].matched = hits[i];
				p->scored[i].samples = k;
			}
	}
}

void
cd_page_free(struct cd_page *p)
{
	int i;

	for (i = 0; i < p->nmodels; i++)
		cd_model_free(&p->model[i].model);
	for (i = 0; i < p->nhistories; i++)
		cd_past_free(&p->history[i].past);
	for (i = 0; i < p->nscored; i++)
		cd_scored_free(&p->scored[i].scored);
	for (i = 0; i < p->nsamples; i++) {
		cd_head_free(&p->samples[i].head);
		cd_stat_free(&p->samples[i].stat);
		free(p->samples[i].class_name);
	}
}

void
cd_page_chart(struct cd_page *p, struct cd_chart *c, const char *id,
    const char *title)
{
	struct cd_buf svg = { 0 };
	struct cd_err e = { "" };
	int h;

	if (!cd_chart_empty(c)) {
		h = cd_chart_height(c, 1, CHART_H);
		cd_chart_draw(c, 1, CD_CHART_SVG, CHART_W, h, &svg);
		fputs("<figure>\n", p->f);
		if (cd_html_svg(p->f, (const char *)svg.data, svg.len, CHART_W,
			h, id, title, &e) < 0)
			cd_die("%s", e.msg);
		fputs("</figure>\n", p->f);
	}
	cd_buf_free(&svg);
	cd_chart_free(c);
}
