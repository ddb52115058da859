#include "img/contact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

enum {
	NAME = 80,	  /* bytes of a class's name shown */
	TEXT = 160,	  /* bytes of a line of text */
	VALUES = 1 << 24, /* pictures times classes, 128 MB of sums */
};

int
cd_contact_new(struct cd_contact *c, const struct cd_head *head,
    const struct cd_head *predicted, int room, int columns, int cell_w,
    int cell_h, struct cd_err *e)
{
	size_t n = (size_t)room;

	memset(c, 0, sizeof *c);
	c->head = head;
	c->predicted = predicted;
	c->room = room;
	if (cd_sheet_new(&c->sheet, room, columns, cell_w, cell_h,
		predicted ? 3 : 2, e) < 0)
		return -1;
	c->cells = cd_calloc(n, sizeof *c->cells, e);
	if (predicted) {
		c->classes = cd_head_count(predicted, "class");
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
}

/* The class's name, escaped; its number where the stream names none. */
static const char *
class_name(const struct cd_head *h, int label, char buf[NAME])
{
	size_t len;
	const char *name = cd_head_nth(h, "class", label, &len);

	if (name)
		return cd_escape(buf, NAME, name, len);
	snprintf(buf, NAME, "class %d", label);
	return buf;
}

/* Writes the second line: "cat epoch 2 view 1". */
static void
describe(struct cd_contact *c, int i, double share, const struct cd_rec *r)
{
	char name[NAME], more[3][32] = { "", "", "" }, text[TEXT];
	int label = c->cells[i].label;

	if (share < .995)
		snprintf(more[0], sizeof more[0], " %.2f", share);
	if (r->epoch > 0 || cd_head_count(c->head, "epochs"))
		snprintf(more[1], sizeof more[1], " epoch %llu",
		    (unsigned long long)r->epoch);
	if (r->view > 0)
		snprintf(more[2], sizeof more[2], " view %lu",
		    (unsigned long)r->view);
	snprintf(text, sizeof text, "%s%s%s%s",
	    label < 0 ? "no label" : class_name(c->head, label, name), more[0],
	    more[1], more[2]);
	cd_sheet_text(&c->sheet, i, 1, text, CD_INK_GREY, false);
}

/* One picture, u8 [dim[0],dim[1],dim[2]], into the next cell. share: of the
 * label, below 1 where labels are mixed. */
static int
add_picture(struct cd_contact *c, const unsigned char *px,
    const uint64_t dim[3], const char *key, int label, double share,
    const struct cd_rec *r, struct cd_err *e)
{
	char shown[TEXT];
	int i = c->n;

	cd_escape(shown, sizeof shown, key, strlen(key));
	if (dim[0] < 1 || dim[1] < 1 || dim[0] > 65535 || dim[1] > 65535 ||
	    (dim[2] != 1 && dim[2] != 3))
		return cd_fail(e,
		    "%s: a picture of [%llu,%llu,%llu] cannot "
		    "be shown",
		    shown, (unsigned long long)dim[0],
		    (unsigned long long)dim[1], (unsigned long long)dim[2]);
	c->cells[i].key = cd_hash(key, strlen(key));
	c->cells[i].label = label;
	cd_sheet_picture(&c->sheet, i, px, (int)dim[1], (int)dim[0],
	    (int)dim[2]);
	cd_sheet_text(&c->sheet, i, 0, shown, CD_INK_BLACK, true);
	describe(c, i, share, r);
	c->n++;
	return 0;
}

static int
add_sample(struct cd_contact *c, const struct cd_rec *r, struct cd_err *e)
{
	const struct cd_tensor *t = cd_rec_want(r, "image", CD_U8, 3, e);
	int classes = cd_head_count(c->head, "class");
	int label = t ? cd_rec_label(r, classes ? classes : CD_CLASSES_MAX, e) :
			-2;

	return label < -1 ?
	    -1 :
	    add_picture(c, t->data, t->dim, r->key, label, 1, r, e);
}

/* The class of picture i of a batch, and its share; -1: none. */
static int
batch_label(const struct cd_rec *r, uint64_t i, double *share)
{
	const struct cd_tensor *t = cd_rec_find(r, "label");
	const int32_t *label;
	const float *f;
	uint64_t k, best = 0;

	*share = 1;
	if (t) {
		label = t->data;
		return label[i] < 0 ? -1 : label[i];
	}
	t = cd_rec_find(r, "target");
	if (!t || t->dim[1] == 0)
		return -1;
	f = (const float *)t->data + i * t->dim[1];
	for (k = 1; k < t->dim[1]; k++)
		if (f[k] > f[best])
			best = k;
	*share = (double)f[best];
	return (int)best;
}

/* The pictures of a batch, or NULL where its tensors do not fit together. */
static const struct cd_tensor *
check_batch(const struct cd_rec *r, struct cd_err *e)
{
	const struct cd_tensor *t = cd_rec_want(r, "image", CD_U8, 4, e);
	const struct cd_tensor *keys = cd_rec_want(r, "keys", CD_U8, 1, e);
	const struct cd_tensor *l = cd_rec_find(r, "label");
	const struct cd_tensor *g = cd_rec_find(r, "target");
	const char *s;
	uint64_t n = 0, i;

	if (!t || !keys || (l && !cd_rec_want(r, "label", CD_I32, 1, e)) ||
	    (g && !cd_rec_want(r, "target", CD_F32, 2, e)))
		return NULL;
	for (i = 0, s = keys->data; i < keys->dim[0]; i++)
		n += s[i] == '\0';
	if (i > 0 && s[i - 1] == '\0' && n == t->dim[0] &&
	    (!l || l->dim[0] == n) && (!g || g->dim[0] == n))
		return t;
	cd_fail(e, "the batch's pictures, labels and keys differ in number");
	return NULL;
}

static int
add_batch(struct cd_contact *c, const struct cd_rec *r, struct cd_err *e)
{
	const struct cd_tensor *t = check_batch(r, e);
	const unsigned char *px;
	const char *key;
	double share;
	uint64_t i;
	int label;

	if (!t)
		return -1;
	px = t->data;
	key = cd_rec_find(r, "keys")->data;
	for (i = 0; i < t->dim[0] && c->n < c->room; i++) {
		label = batch_label(r, i, &share);
		if (add_picture(c, px, t->dim + 1, key, label, share, r, e) < 0)
			return -1;
		px += t->size / t->dim[0];
		key += strlen(key) + 1;
	}
	return 0;
}

int
cd_contact_add(struct cd_contact *c, const struct cd_rec *r, struct cd_err *e)
{
	if (c->n < c->room && r->kind == CD_SAMPLE)
		return add_sample(c, r, e);
	if (c->n < c->room && r->kind == CD_BATCH)
		return add_batch(c, r, e);
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
	class_name(c->predicted, best, name);
	if (cell->label >= 0)
		ink = strcmp(name, class_name(c->head, cell->label, label)) ?
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

	for (i = 0; i < c->n && c->predicted; i++) {
		if (c->cells[i].views > 0) {
			show_prediction(c, i);
			found++;
		} else {
			cd_sheet_text(&c->sheet, i, 2, "not predicted",
			    CD_INK_GREY, false);
		}
	}
	return found;
}
