#include "rec/pictures.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Tolerance of the sum of a picture's targets, which must be 1. */
#define SUM_SLACK 1e-3

/* The tensor of that name, of this rank for each picture, or NULL with e
 * filled. A batch's has the pictures as its leading dimension. */
static const struct cd_tensor *
of_each(const struct cd_rec *r, const char *name, enum cd_dtype dtype, int rank,
    bool batch, uint64_t n, struct cd_err *e)
{
	const struct cd_tensor *t;
	char shape[CD_SHAPE_TEXT];

	t = cd_rec_want(r, name, dtype, rank + batch, e);
	if (!t || !batch || t->dim[0] == n)
		return t;
	cd_fail(e, "'%s' is %s, for %" PRIu64 " pictures", name,
	    cd_tensor_text(t, shape), n);
	return NULL;
}

static int
get_images(struct cd_pictures *p, const struct cd_rec *r, bool batch,
    struct cd_err *e)
{
	const struct cd_tensor *t;

	t = cd_rec_want(r, "image", CD_U8, batch ? 4 : 3, e);
	if (!t)
		return -1;
	p->n = batch ? t->dim[0] : 1;
	p->dim = t->dim + batch;
	/* the payload would not bound the number of empty pictures */
	if (p->dim[0] == 0 || p->dim[1] == 0 || p->dim[2] == 0)
		return cd_fail(e,
		    "picture of %" PRIu64 "x%" PRIu64 "x%" PRIu64
		    " (height, width, channels): it has no pixels",
		    p->dim[0], p->dim[1], p->dim[2]);
	if (p->n == 0)
		return cd_fail(e, "a batch of no pictures");
	p->size = t->size / p->n;
	p->image = t->data;
	return 0;
}

static int
get_labels(struct cd_pictures *p, const struct cd_rec *r, bool batch,
    struct cd_err *e)
{
	const struct cd_tensor *t;
	uint64_t i;

	if (!cd_rec_find(r, "label"))
		return 0;
	t = of_each(r, "label", CD_I32, 0, batch, p->n, e);
	if (!t)
		return -1;
	p->label = t->data;
	for (i = 0; i < p->n; i++)
		if (cd_label_check(p->label[i], p->nclasses, e) < 0)
			return -1;
	return 0;
}

static int
check_targets(const float *row, uint64_t n, int nclasses, struct cd_err *e)
{
	double sum;
	uint64_t i;
	int k;

	for (i = 0; i < n; i++, row += nclasses) {
		for (k = 0, sum = 0; k < nclasses; k++) {
			if (!(row[k] >= 0 && row[k] <= 1))
				return cd_fail(e,
				    "target %g of picture %" PRIu64
				    " is not in 0 to 1",
				    (double)row[k], i);
			sum += (double)row[k];
		}
		if (fabs(sum - 1) > SUM_SLACK)
			return cd_fail(e,
			    "the targets of picture %" PRIu64
			    " add up to %g, not 1",
			    i, sum);
	}
	return 0;
}

static int
get_targets(struct cd_pictures *p, const struct cd_rec *r, bool batch,
    struct cd_err *e)
{
	const struct cd_tensor *t;

	if (!cd_rec_find(r, "target"))
		return 0;
	t = of_each(r, "target", CD_F32, 1, batch, p->n, e);
	if (!t)
		return -1;
	if (t->dim[batch] != (uint64_t)p->nclasses)
		return cd_fail(e,
		    "%" PRIu64 " targets a picture, but the header has %d "
		    "classes",
		    t->dim[batch], p->nclasses);
	p->target = t->data;
	return check_targets(p->target, p->n, p->nclasses, e);
}

static int
get_keys(struct cd_pictures *p, const struct cd_rec *r, bool want,
    struct cd_err *e)
{
	const struct cd_tensor *t;
	const char *nul;
	uint64_t n;
	size_t at, len;

	if (!want && !cd_rec_find(r, "keys"))
		return 0;
	t = cd_rec_want(r, "keys", CD_U8, 1, e);
	if (!t)
		return -1;
	p->keys = t->data;
	for (n = 0, at = 0; at < t->size; n++, at += len + 1) {
		nul = memchr(p->keys + at, '\0', t->size - at);
		if (!nul)
			return cd_fail(e, "the last key has no NUL behind it");
		len = (size_t)(nul - p->keys) - at;
		if (len > CD_KEY_MAX)
			return cd_fail(e, "a key of %zu bytes, most %d", len,
			    CD_KEY_MAX);
	}
	if (n != p->n)
		return cd_fail(e, "%" PRIu64 " keys for %" PRIu64 " pictures",
		    n, p->n);
	return 0;
}

int
cd_pictures_of(struct cd_pictures *p, const struct cd_rec *r, int nclasses,
    bool want_keys, struct cd_err *e)
{
	bool batch = r->kind == CD_BATCH;

	memset(p, 0, sizeof *p);
	p->nclasses = nclasses;
	p->keys = r->key;
	if (get_images(p, r, batch, e) < 0 || get_labels(p, r, batch, e) < 0 ||
	    get_targets(p, r, batch, e) < 0)
		return -1;
	if (batch) {
		p->keys = NULL;
		if (get_keys(p, r, want_keys, e) < 0)
			return -1;
	}
	p->next_key = p->keys;
	return 0;
}

bool
cd_pictures_next(struct cd_pictures *p, struct cd_picture *one)
{
	uint64_t i = p->next;

	if (i == p->n)
		return false;
	one->key = p->next_key;
	one->image = p->image + i * p->size;
	one->label = p->label ? p->label[i] : -1;
	one->target = p->target ? p->target + i * (uint64_t)p->nclasses : NULL;
	if (one->key)
		p->next_key += strlen(one->key) + 1;
	p->next++;
	return true;
}
