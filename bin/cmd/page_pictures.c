/* Pictures on the page, each with what it is and what it was taken for. */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/rng.h"
#include "cmd/html.h"
#include "cmd/msg.h"
#include "cmd/page.h"
#include "cmd/whole.h"
#include "img/png.h"
#include "img/sheet.h"
#include "rec/pictures.h"
#include "score/worst.h"

enum {
	CELL = 128, /* pixels, of width and of height, at most */
};

/* What is said below a picture. */
struct caption {
	const char *class;     /* its own, printable; NULL: no label */
	const char *predicted; /* NULL: it was not predicted */
	double p;	       /* of the predicted class */
};

/* The side of a cell: that of the picture where it is neither shrunk nor
 * magnified. */
static int
cell_of(const uint64_t dim[3], int side)
{
	bool own = (dim[0] > CELL / 2 || dim[1] > CELL / 2) && dim[0] <= CELL &&
	    dim[1] <= CELL;

	return own ? (int)dim[side] : CELL;
}

/* The picture as a PNG file, in a cell of a sheet. */
static void
put_png(FILE *f, const struct cd_picture *one, const uint64_t dim[3])
{
	struct cd_sheet sheet;
	struct cd_memory png;
	struct cd_err e = { "" };

	cd_memory_open(&png);
	if (cd_sheet_new(&sheet, 1, 1, cell_of(dim, 1), cell_of(dim, 0), 0,
		&e) < 0)
		cd_die("%s", e.msg);
	cd_sheet_picture(&sheet, 0, one->image, (int)dim[1], (int)dim[0],
	    (int)dim[2]);
	if (cd_png_write(png.f, sheet.rgb, sheet.w, sheet.h, 3,
		3 * (size_t)sheet.w, &e) < 0)
		cd_die("%s", e.msg);
	cd_memory_close(&png);
	fprintf(f,
	    "<img width=\"%d\" height=\"%d\" src=\"data:image/png;base64,",
	    sheet.w, sheet.h);
	cd_html_base64(f, png.data, png.size);
	cd_sheet_free(&sheet);
	free(png.data);
}

/* "cat, predicted dog 0.93 (wrong)" */
static void
put_words(FILE *f, const struct caption *c, const char *between)
{
	cd_html_plain(f, c->class ? c->class : "no label");
	if (!c->predicted)
		return;
	fputs(between, f);
	fputs("predicted ", f);
	cd_html_plain(f, c->predicted);
	fprintf(f, " %.3f", c->p);
	if (c->class)
		fputs(strcmp(c->class, c->predicted) ? " (wrong)" : " (right)",
		    f);
}

/* A sample's picture; its class too, that of the largest target where it has no
 * label. */
static void
open_picture(struct cd_pictures *all, struct cd_picture *one, struct caption *c,
    const struct cd_rec *r, const struct cd_page_samples *of)
{
	struct cd_err e = { "" };
	int n = of->stat.nclasses, label;

	if (cd_pictures_of(all, r, n, true, &e) < 0 ||
	    !cd_pictures_next(all, one))
		cd_die("%s: %s", of->file.path, e.msg);
	label = one->label < 0 && one->target ? cd_largest(one->target, n) :
						one->label;
	c->class = label < 0 ? NULL : of->class_name[label];
}

static void
put_picture(FILE *f, const struct cd_pictures *all,
    const struct cd_picture *one, const struct caption *c)
{
	const char *mark = "";

	if (c->class && c->predicted)
		mark = strcmp(c->class, c->predicted) ? " class=\"wrong\"" :
							" class=\"right\"";
	fprintf(f, "<figure%s>", mark);
	put_png(f, one, all->dim);
	fputs("\" alt=\"", f);
	cd_html_text(f, one->key);
	fputs(": ", f);
	put_words(f, c, ", ");
	fputs("\"><figcaption>", f);
	cd_html_text(f, one->key);
	fputs("<br>", f);
	put_words(f, c, "<br>");
	fputs("</figcaption></figure>\n", f);
}

/* Can they be shown? */
static bool
shown(const struct cd_stat *s)
{
	return s->pictures > 0 && (s->channels == 1 || s->channels == 3) &&
	    s->width.most <= CD_WXH_MAX && s->height.most <= CD_WXH_MAX;
}

static struct cd_reader *
open_again(const char *path)
{
	char *paths[1] = { (char *)(uintptr_t)path };
	struct cd_err e = { "" };
	struct cd_reader *in;

	if (cd_reader_open(&in, paths, 1, &e) < 0)
		cd_die("%s", e.msg);
	return in;
}

/* Gives all records of a file to add. */
static void
feed(struct cd_worst *w, const char *path,
    int (*add)(struct cd_worst *, const struct cd_rec *, struct cd_err *))
{
	struct cd_reader *in = open_again(path);
	const struct cd_rec *r;
	struct cd_err e = { "" };
	int got;

	while ((got = cd_reader_next(in, &r, &e)) == 1)
		if (add(w, r, &e) < 0) {
			cd_reader_blame(in, &e);
			cd_die("%s", e.msg);
		}
	if (got < 0)
		cd_die("%s", e.msg);
	cd_reader_close(in);
}

void
cd_page_worst(struct cd_page *p, int i)
{
	struct cd_page_scored *s = &p->scored[i];
	struct cd_page_samples *of;
	struct cd_err e = { "" };
	struct cd_worst *w;
	int k, best;

	if (s->samples < 0 || !shown(&p->samples[s->samples].stat))
		return;
	of = &p->samples[s->samples];
	if (cd_worst_new(&w, &of->head, &s->scored.all.head, p->count, &e) < 0)
		cd_die("%s", e.msg);
	feed(w, s->file.path, cd_worst_predict);
	feed(w, of->file.path, cd_worst_add);
	fprintf(p->f, "<h3>Most wrong</h3>\n<p>The %d pictures of ",
	    cd_worst_count(w));
	cd_html_plain(p->f, of->file.name);
	fputs(" to whose own class the model gives the least probability, the "
	      "worst first.</p>\n<div class=\"pictures\">\n",
	    p->f);
	for (k = 0; k < cd_worst_count(w); k++) {
		struct caption c = { NULL, NULL, 0 };
		struct cd_pictures all;
		struct cd_picture one;
		struct cd_rec said;
		const float *v;

		cd_worst_prediction(w, k, &said);
		v = said.tensor[0].data;
		best = cd_largest(v, s->scored.nclasses);
		c.predicted = s->scored.class_name[best];
		c.p = (double)v[best];
		open_picture(&all, &one, &c, cd_worst_picture(w, k), of);
		put_picture(p->f, &all, &one, &c);
	}
	fputs("</div>\n", p->f);
	cd_worst_free(w);
}

/* What the first predictions of these samples say of one. */
static void
find_prediction(const struct cd_page *p, int samples, const char *key,
    struct caption *c)
{
	const struct cd_scored *s;
	const double *v;
	size_t at;
	int i, best;

	for (i = 0; i < p->nscored; i++) {
		s = &p->scored[i].scored;
		if (p->scored[i].samples != samples ||
		    !cd_tally_find(s->all.tally, key, &at))
			continue;
		v = cd_tally_p(s->all.tally) + at * (size_t)s->nclasses;
		best = cd_predicted(v, s->nclasses);
		c->predicted = s->class_name[best];
		c->p = v[best];
		return;
	}
}

void
cd_page_drawn(struct cd_page *p, int i)
{
	struct cd_page_samples *s = &p->samples[i];
	uint64_t left = s->stat.pictures, want = (uint64_t)p->count;
	struct cd_reader *in;
	const struct cd_rec *r;
	struct cd_err e = { "" };
	struct cd_rng rng;
	int got;

	if (!shown(&s->stat))
		return;
	want = want < left ? want : left;
	fprintf(p->f, "<h3>%llu pictures of ", (unsigned long long)want);
	cd_html_plain(p->f, s->file.name);
	fputs(", drawn by chance</h3>\n<div class=\"pictures\">\n", p->f);
	cd_rng_start(&rng, 0, 0, (uint64_t)i, CD_RNG_REPORT);
	in = open_again(s->file.path);
	while ((got = cd_reader_next(in, &r, &e)) == 1) {
		struct caption c = { NULL, NULL, 0 };
		struct cd_pictures all;
		struct cd_picture one;

		/* each choice of so many is as likely (Knuth, TAOCP 2, 3.4.2,
		 * algorithm S) */
		if (r->kind != CD_SAMPLE || want == 0 ||
		    cd_rng_unit(&rng) * (double)left-- >= (double)want)
			continue;
		want--;
		find_prediction(p, i, r->key, &c);
		open_picture(&all, &one, &c, r, s);
		put_picture(p->f, &all, &one, &c);
	}
	if (got < 0)
		cd_die("%s", e.msg);
	cd_reader_close(in);
	fputs("</div>\n", p->f);
}
