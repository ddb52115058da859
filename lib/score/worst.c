#include "score/worst.h"

#include <stdlib.h>
#include <string.h>

#include "rec/copy.h"
#include "rec/pictures.h"
#include "rec/stack.h"
#include "rec/values.h"
#include "score/tally.h"

/* A picture that is held. */
struct held {
	double p; /* of its label */
	struct cd_rec rec;
	struct cd_rec_copy memory;
	float *mean; /* [nclasses]: its prediction */
};

struct cd_worst {
	struct cd_tally *tally;
	struct cd_values pictures, predicted; /* their classes */
	int nclasses;			      /* of the predictions */
	double *mean;			      /* [nclasses], of one picture */
	uint64_t came;
	int n, most;
	struct held **held; /* [most], sorted; those behind n are spare */
};

int
cd_worst_new(struct cd_worst **out, const struct cd_head *pictures,
    const struct cd_head *predicted, int most, struct cd_err *e)
{
	struct cd_worst *w = cd_calloc(1, sizeof *w, e);

	*out = NULL;
	if (!w)
		return -1;
	w->most = most;
	if (cd_values_list(&w->pictures, pictures, "class", e) < 0 ||
	    cd_values_list(&w->predicted, predicted, "class", e) < 0) {
		cd_worst_free(w);
		return -1;
	}
	w->nclasses = w->predicted.n;
	w->tally = cd_tally_new(w->nclasses, false, e);
	w->mean = cd_calloc((size_t)w->nclasses, sizeof *w->mean, e);
	w->held = cd_calloc((size_t)most, sizeof *w->held, e);
	if (!w->tally || !w->mean || !w->held) {
		cd_worst_free(w);
		return -1;
	}
	*out = w;
	return 0;
}

static void
free_held(struct held *h)
{
	if (!h)
		return;
	cd_rec_copy_free(&h->memory);
	free(h->mean);
	free(h);
}

void
cd_worst_free(struct cd_worst *w)
{
	int i;

	if (!w)
		return;
	for (i = 0; w->held && i < w->most; i++)
		free_held(w->held[i]);
	cd_values_free(&w->pictures);
	cd_values_free(&w->predicted);
	cd_tally_free(w->tally);
	free(w->mean);
	free(w->held);
	free(w);
}

int
cd_worst_predict(struct cd_worst *w, const struct cd_rec *r, struct cd_err *e)
{
	return r->kind == CD_PREDICTION ?
	    cd_tally_record(w->tally, r, NULL, e) :
	    0;
}

/* The place of a picture among those held. */
static int
place_of(const struct cd_worst *w, double p, const char *key)
{
	int lo = 0, hi = w->n;

	while (lo < hi) {
		int i = lo + (hi - lo) / 2;
		const struct held *h = w->held[i];

		if (p < h->p || (p <= h->p && strcmp(key, h->rec.key) < 0))
			hi = i;
		else
			lo = i + 1;
	}
	return lo;
}

static int
fill(struct cd_worst *w, struct held *h, double p, const struct cd_rec *r,
    struct cd_err *e)
{
	int k;

	h->p = p;
	for (k = 0; k < w->nclasses; k++)
		h->mean[k] = (float)w->mean[k];
	return cd_rec_copy(&h->rec, &h->memory, r, 0, e);
}

/* Holds the picture at its place, in the memory of the last, which goes. */
static int
hold(struct cd_worst *w, double p, const struct cd_rec *r, struct cd_err *e)
{
	int at = place_of(w, p, r->key);
	int last = w->n < w->most ? w->n : w->most - 1;
	struct held *h = w->held[last];

	if (at == w->most)
		return 0;
	if (!h) {
		h = w->held[last] = cd_calloc(1, sizeof *h, e);
		if (!h)
			return -1;
		h->mean = cd_calloc((size_t)w->nclasses, sizeof *h->mean, e);
		if (!h->mean)
			return -1;
	}
	if (fill(w, h, p, r, e) < 0)
		return -1;
	memmove(w->held + at + 1, w->held + at,
	    (size_t)(last - at) * sizeof *w->held);
	w->held[at] = h;
	w->n = last + 1;
	return 0;
}

/* The predictions' class of a label; -1: error. */
static int
class_of(const struct cd_worst *w, int label, struct cd_err *e)
{
	const struct cd_value *v;
	char shown[160];
	int class;

	if (label < 0)
		return cd_fail(e,
		    "no label: nothing to compare the prediction "
		    "with");
	v = &w->pictures.at[label];
	class = cd_values_find(&w->predicted, v->s, v->len);
	if (class >= 0)
		return class;
	return cd_fail(e, "class '%s' is unknown to the predictions",
	    cd_escape(shown, sizeof shown, v->s, v->len));
}

int
cd_worst_add(struct cd_worst *w, const struct cd_rec *r, struct cd_err *e)
{
	struct cd_pictures all;
	struct cd_picture one;
	struct cd_rec row;
	char key[160];
	uint64_t i;
	int class;

	if (r->kind != CD_SAMPLE && r->kind != CD_BATCH)
		return 0;
	if (cd_pictures_of(&all, r, w->pictures.n, true, e) < 0)
		return -1;
	for (i = 0; cd_pictures_next(&all, &one); i++) {
		w->came++;
		class = class_of(w, one.label, e);
		if (class < 0 && r->kind == CD_BATCH)
			return cd_fail_at(e, "%s",
			    cd_escape(key, sizeof key, one.key,
				strlen(one.key)));
		if (class < 0)
			return -1;
		if (!cd_tally_mean(w->tally, one.key, w->mean))
			continue;
		if (r->kind == CD_BATCH)
			cd_stack_row(&row, r, all.n, i, one.key);
		if (hold(w, w->mean[class], r->kind == CD_BATCH ? &row : r, e) <
		    0)
			return -1;
	}
	return 0;
}

uint64_t
cd_worst_came(const struct cd_worst *w)
{
	return w->came;
}

int
cd_worst_count(const struct cd_worst *w)
{
	return w->n;
}

const struct cd_rec *
cd_worst_picture(const struct cd_worst *w, int i)
{
	return &w->held[i]->rec;
}

void
cd_worst_prediction(const struct cd_worst *w, int i, struct cd_rec *r)
{
	uint64_t k = (uint64_t)w->nclasses;

	memset(r, 0, offsetof(struct cd_rec, tensor));
	r->payload = NULL;
	r->kind = CD_PREDICTION;
	r->key = w->held[i]->rec.key;
	cd_rec_add(r, "value", CD_F32, 1, &k, w->held[i]->mean);
}
