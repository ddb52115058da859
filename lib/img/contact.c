#include "img/contact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/rng.h"
#include "img/heat.h"
#include "rec/pictures.h"

enum {
	NAME = 80,		/* bytes of a class name shown */
	SHARES = 2 * NAME + 16, /* of two, with shares */
	TEXT = SHARES + 64,	/* bytes of a line of text */
	DRAWN = 5,		/* lines for what was drawn */
	VALUES = 1 << 24,	/* pictures times classes, 128 MB of sums */
};

int
cd_contact_new(struct cd_contact *c, const struct cd_head *head,
    const struct cd_head *predicted, bool drawn, int room, int columns,
    int cell_w, int cell_h, struct cd_err *e)
{
	size_t n = (size_t)room;

	memset(c, 0, sizeof *c);
	c->epochs = cd_head_count(head, "epochs") > 0;
	if (cd_values_list(&c->own, head, "class", e) < 0 ||
	    (predicted &&
		cd_values_list(&c->predicted, predicted, "class", e) < 0))
		return -1;
	c->room = room;
	if (cd_sheet_new(&c->sheet, room, columns, cell_w, cell_h,
		2 + (predicted != NULL) + (drawn ? DRAWN : 0), e) < 0)
		return -1;
	c->cells = cd_calloc(n, sizeof *c->cells, e);
	if (predicted) {
		c->classes = c->predicted.n;
		if (c->classes == 0)
			return cd_fail(e, "predictions without classes");
		if (c->classes > VALUES / room)
			return cd_fail(e,
			    "%d classes are too many for %d pictures",
			    c->classes, room);
		c->sum = cd_calloc(n * (size_t)c->classes, sizeof *c->sum, e);
	}
	return c->cells && (c->sum || !predicted) ? 0 : -1;
}

void
cd_contact_free(struct cd_contact *c)
{
	cd_sheet_free(&c->sheet);
	free(c->cells);
	free(c->sum);
	cd_buf_free(&c->blend);
	cd_values_free(&c->own);
	cd_values_free(&c->predicted);
}

/* The name of a class, escaped. */
static const char *
class_name(const struct cd_values *classes, int label, char buf[NAME])
{
	const struct cd_value *v = &classes->at[label];

	return cd_escape(buf, NAME, v->s, v->len);
}

/* ".62" */
static const char *
share_text(double share, char buf[8])
{
	snprintf(buf, 8, "%.2f", share);
	return buf + (buf[0] == '0');
}

/* "cat .62 dog .38": a class with its share and, where that is not all, the
 * largest other one. */
static void
name_shares(const struct cd_values *h, int label, double share,
    const float *target, char buf[SHARES])
{
	int k, n = h->n, next = -1;
	char name[NAME], other[NAME], a[8], b[8];

	class_name(h, label, name);
	for (k = 0; k < n && share < .995; k++)
		if (k != label && (next < 0 || target[k] > target[next]))
			next = k;
	if (share >= .995)
		snprintf(buf, SHARES, "%s", name);
	else if (next < 0 || (double)target[next] < .005)
		snprintf(buf, SHARES, "%s %s", name, share_text(share, a));
	else
		snprintf(buf, SHARES, "%s %s %s %s", name, share_text(share, a),
		    class_name(h, next, other),
		    share_text((double)target[next], b));
}

/* Writes the second line: "cat epoch 2 view 1". share: the label's. */
static void
describe(struct cd_contact *c, int i, const struct cd_picture *p, double share,
    const struct cd_rec *r)
{
	char name[SHARES], more[2][32] = { "", "" }, text[TEXT];
	int label = c->cells[i].label;

	if (r->epoch > 0 || c->epochs)
		snprintf(more[0], sizeof more[0], " epoch %llu",
		    (unsigned long long)r->epoch);
	if (r->view > 0)
		snprintf(more[1], sizeof more[1], " view %lu",
		    (unsigned long)r->view);
	if (label < 0)
		name[0] = '\0';
	else
		name_shares(&c->own, label, share, p->target, name);
	snprintf(text, sizeof text, "%s%s%s", name, more[0], more[1]);
	cd_sheet_text(&c->sheet, i, 1, text + (text[0] == ' '), CD_INK_GREY,
	    false);
}

/* The picture's class, -1: none: its label or, without one, that of its largest
 * target; *share: the class's target, 1 without targets. */
static int
label_of(const struct cd_picture *p, int classes, double *share)
{
	int best;

	*share = 1;
	if (!p->target)
		return p->label;
	best = p->label < 0 ? cd_largest(p->target, classes) : p->label;
	*share = (double)p->target[best];
	return best;
}

/* The maps of the record's pictures, each of the picture's size; or NULL. */
static const uint8_t *
maps_of(const struct cd_rec *r, const struct cd_pictures *all, struct cd_err *e)
{
	bool batch = r->kind == CD_BATCH;
	const struct cd_tensor *t;
	const uint64_t *d;
	char shape[CD_SHAPE_TEXT];

	t = cd_rec_want(r, "saliency", CD_U8, batch ? 4 : 3, e);
	if (!t)
		return NULL;
	d = t->dim + batch;
	if (d[0] == all->dim[0] && d[1] == all->dim[1] && d[2] == 1 &&
	    (!batch || t->dim[0] == all->n))
		return t->data;
	cd_fail(e,
	    "'saliency' is %s, not that of a picture of %llux%llu (height, "
	    "width)",
	    cd_tensor_text(t, shape), (unsigned long long)all->dim[0],
	    (unsigned long long)all->dim[1]);
	return NULL;
}

/* Mixes the picture with its map, in c->blend. */
static int
blend(struct cd_contact *c, struct cd_picture *p, uint64_t dim[3],
    const uint8_t *map, struct cd_err *e)
{
	size_t n = (size_t)(dim[0] * dim[1]);

	if (cd_buf_reserve(&c->blend, 3 * n, e) < 0)
		return -1;
	cd_heat_blend(n, (int)dim[2], p->image, map, c->blend.data);
	p->image = c->blend.data;
	dim[2] = 3;
	return 0;
}

/* Puts a picture of these dims into the next cell; map: mixed with it, or
 * NULL. */
static int
add_picture(struct cd_contact *c, struct cd_picture *p, const uint64_t dims[3],
    const uint8_t *map, const struct cd_rec *r, struct cd_err *e)
{
	uint64_t dim[3] = { dims[0], dims[1], dims[2] };
	char shown[CD_ESCAPED(CD_KEY_MAX)];
	double share;
	int i = c->n;

	cd_escape(shown, sizeof shown, p->key, strlen(p->key));
	if (dim[0] > 65535 || dim[1] > 65535 || (dim[2] != 1 && dim[2] != 3))
		return cd_fail(e,
		    "%s: a picture of [%llu,%llu,%llu] cannot "
		    "be shown",
		    shown, (unsigned long long)dim[0],
		    (unsigned long long)dim[1], (unsigned long long)dim[2]);
	if (map && blend(c, p, dim, map, e) < 0)
		return -1;
	c->cells[i] = (struct cd_contact_cell){
		.key = cd_hash(p->key, strlen(p->key)),
		.escaped = cd_hash(shown, strlen(shown)),
		.epoch = r->epoch,
		.view = r->view,
		.w = (int)dim[1],
		.h = (int)dim[0],
		.label = label_of(p, c->own.n, &share),
	};
	cd_sheet_picture(&c->sheet, i, p->image, (int)dim[1], (int)dim[0],
	    (int)dim[2]);
	cd_sheet_text(&c->sheet, i, 0, shown, CD_INK_BLACK, true);
	describe(c, i, p, share, r);
	c->n++;
	return 0;
}

int
cd_contact_add(struct cd_contact *c, const struct cd_rec *r, struct cd_err *e)
{
	int classes = c->own.n;
	const uint8_t *map = NULL;
	struct cd_pictures all;
	struct cd_picture one;

	if (c->n == c->room || (r->kind != CD_SAMPLE && r->kind != CD_BATCH))
		return 0;
	if (cd_pictures_of(&all, r, classes, true, e) < 0)
		return -1;
	if (c->saliency) {
		map = maps_of(r, &all, e);
		if (!map)
			return -1;
	}
	while (c->n < c->room && cd_pictures_next(&all, &one)) {
		if (add_picture(c, &one, all.dim, map, r, e) < 0)
			return -1;
		map = map ? map + all.dim[0] * all.dim[1] : NULL;
	}
	return 0;
}

int
cd_contact_predict(struct cd_contact *c, const struct cd_rec *r,
    struct cd_err *e)
{
	const struct cd_tensor *t;
	uint64_t key;
	const float *f;
	double *sum;
	int i, k;

	if (r->kind != CD_PREDICTION)
		return 0;
	t = cd_rec_want(r, "value", CD_F32, 1, e);
	if (!t)
		return -1;
	if (t->dim[0] != (uint64_t)c->classes)
		return cd_fail(e, "%llu values for %d classes",
		    (unsigned long long)t->dim[0], c->classes);
	key = cd_hash(r->key, strlen(r->key));
	for (i = 0, f = t->data; i < c->n; i++) {
		if (c->cells[i].key != key)
			continue;
		sum = c->sum + (size_t)i * (size_t)c->classes;
		for (k = 0; k < c->classes; k++)
			sum[k] += (double)f[k];
		c->cells[i].views++;
	}
	return 0;
}

/* Writes the items from line on, as many to a line as there is room for. */
static void
write_items(struct cd_contact *c, int i, int line, const struct cd_drawn *d)
{
	int room = cd_sheet_room(&c->sheet), last = c->sheet.lines - 1, k;
	char text[CD_DRAWN_ITEMS * (CD_DRAWN_ITEM + 2)] = "",
						    whole[CD_DRAWN_ITEM];
	size_t n = 0;

	snprintf(whole, sizeof whole, "crop %dx%d+0+0", c->cells[i].w,
	    c->cells[i].h);
	for (k = 0; k < d->n; k++) {
		const char *item = d->item[k];

		if (strcmp(item, whole) == 0)
			continue;
		if (n > 0 && line < last &&
		    n + 2 + strlen(item) > (size_t)room) {
			cd_sheet_text(&c->sheet, i, line++, text, CD_INK_GREY,
			    false);
			n = 0;
		}
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s",
		    n ? ", " : "", item);
	}
	if (n > 0)
		cd_sheet_text(&c->sheet, i, line, text, CD_INK_GREY, false);
}

int
cd_contact_drawn(struct cd_contact *c, const struct cd_drawn *d)
{
	int i, found = 0;

	for (i = 0; i < c->n; i++) {
		const struct cd_contact_cell *cell = &c->cells[i];

		if (cell->escaped != d->key || cell->epoch != d->epoch ||
		    cell->view != d->view)
			continue;
		write_items(c, i, c->sheet.lines - DRAWN, d);
		found++;
	}
	return found;
}

static void
show_prediction(struct cd_contact *c, int i)
{
	const struct cd_contact_cell *cell = &c->cells[i];
	const double *sum = c->sum + (size_t)i * (size_t)c->classes;
	char name[NAME], label[NAME], text[TEXT];
	enum cd_ink ink = CD_INK_GREY;
	int k, best = 0;

	for (k = 1; k < c->classes; k++)
		if (sum[k] > sum[best])
			best = k;
	class_name(&c->predicted, best, name);
	if (cell->label >= 0)
		ink = strcmp(name, class_name(&c->own, cell->label, label)) ?
		    CD_INK_RED :
		    CD_INK_GREEN;
	snprintf(text, sizeof text, "%s %.3f", name, sum[best] / cell->views);
	cd_sheet_text(&c->sheet, i, 2, text, ink, false);
	if (ink == CD_INK_RED)
		cd_sheet_frame(&c->sheet, i, ink);
}

int
cd_contact_finish(struct cd_contact *c)
{
	int i, found = 0;

	for (i = 0; i < c->n && c->sum; i++) {
		if (c->cells[i].views > 0) {
			show_prediction(c, i);
			found++;
		}
	}
	return found;
}
