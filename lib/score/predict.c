#include "score/predict.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "net/match.h"
#include "plan/plan.h"
#include "img/resizer.h"

/* A picture whose batch is not full yet. */
struct waiting {
	char key[CD_KEY_MAX + 1];
	uint64_t epoch;
	uint32_t view;
	int32_t label; /* -1: none */
};

struct cd_predictor {
	struct cd_model model;
	struct cd_plan *plan;
	struct cd_resizer *resizer; /* NULL: pictures have the net's size */
	int h, w;		    /* the plan's pictures */
	int batch, n;		    /* n: that wait */
	size_t image_size;
	uint8_t *images;	 /* [batch,h,w,C] */
	float *p;		 /* [batch,nclasses] */
	struct waiting *waiting; /* [batch] */
	int nlabels, *label;	 /* the stream's class -> the model's */
};

/* Chooses the size at which the net runs, and plans for it. */
static int
make_plan(struct cd_predictor *p, const struct cd_predict_how *how,
    struct cd_err *e)
{
	const int *in = p->model.net.in;
	int average = how->no_average ? -1 : cd_model_average(&p->model);

	p->h = how->h > 0 ? how->h : in[0];
	p->w = how->w > 0 ? how->w : in[1];
	if (how->h > 0 && cd_resizer_new(&p->resizer, 1, in[2], e) < 0)
		return -1;
	if (cd_plan_new(&p->plan, &p->model, p->h, p->w, p->batch, how->threads,
		false, e) < 0)
		return -1;
	cd_plan_read_slot(p->plan, average);
	return 0;
}

int
cd_predictor_open(struct cd_predictor **out, const char *model,
    const struct cd_predict_how *how, struct cd_err *e)
{
	struct cd_predictor *p = cd_calloc(1, sizeof *p, e);

	*out = NULL;
	if (!p)
		return -1;
	if (cd_model_load(&p->model, model, e) < 0)
		goto fail;
	p->batch = how->batch;
	if (make_plan(p, how, e) < 0) {
		cd_fail_at(e, "%s", model);
		goto fail;
	}
	p->image_size = (size_t)p->h * (size_t)p->w *
	    (size_t)p->model.net.in[2];
	p->images = cd_calloc((size_t)p->batch, p->image_size, e);
	p->waiting = cd_calloc((size_t)p->batch, sizeof *p->waiting, e);
	p->p = cd_calloc((size_t)p->batch * (size_t)p->model.net.nclasses,
	    sizeof *p->p, e);
	if (!p->images || !p->waiting || !p->p)
		goto fail;
	*out = p;
	return 0;
fail:
	cd_predictor_close(p);
	return -1;
}

void
cd_predictor_close(struct cd_predictor *p)
{
	if (!p)
		return;
	cd_plan_free(p->plan);
	cd_resizer_free(p->resizer);
	cd_model_free(&p->model);
	free(p->images);
	free(p->p);
	free(p->waiting);
	free(p->label);
	free(p);
}

const struct cd_model *
cd_predictor_model(const struct cd_predictor *p)
{
	return &p->model;
}

int
cd_predictor_start(struct cd_predictor *p, const struct cd_head *h,
    struct cd_err *e)
{
	const char *v;
	size_t len;
	int i;

	if (cd_head_count(&p->model.head, "class") == 0 &&
	    cd_head_count(h, "class") == 0)
		return cd_fail(e,
		    "neither the model, which was never "
		    "trained, nor the pictures name classes");
	if (cd_model_match(&p->model, h, p->resizer != NULL, e) < 0)
		return -1;
	p->nlabels = cd_head_count(h, "class");
	p->label = cd_calloc((size_t)p->nlabels, sizeof *p->label, e);
	if (!p->label)
		return -1;
	for (i = 0; (v = cd_head_nth(h, "class", i, &len)); i++)
		p->label[i] = cd_head_class(&p->model.head, v, len);
	return 0;
}

static int
hand_on(struct cd_predictor *p, int i, cd_prediction_fn *fn, void *arg,
    struct cd_err *e)
{
	const struct waiting *w = &p->waiting[i];
	uint64_t k = (uint64_t)p->model.net.nclasses;
	struct cd_rec r;

	memset(&r, 0, offsetof(struct cd_rec, tensor));
	r.payload = NULL;
	r.kind = CD_PREDICTION;
	r.key = w->key;
	r.epoch = w->epoch;
	r.view = w->view;
	cd_rec_add(&r, "value", CD_F32, 1, &k, p->p + (size_t)i * k);
	if (w->label >= 0)
		cd_rec_add(&r, "label", CD_I32, 0, NULL, &w->label);
	return fn(arg, &r, e);
}

int
cd_predictor_flush(struct cd_predictor *p, cd_prediction_fn *fn, void *arg,
    struct cd_err *e)
{
	int i, n = p->n;

	p->n = 0;
	if (n == 0)
		return 0;
	/* always as many: the rest is what an earlier batch left */
	cd_plan_predict(p->plan, p->images, p->batch, p->p);
	for (i = 0; i < n; i++)
		if (hand_on(p, i, fn, arg, e) < 0)
			return -1;
	return 0;
}

/* Can the net take pictures of d, three dims? */
static int
check_shape(const struct cd_predictor *p, const uint64_t *d, const char *key,
    struct cd_err *e)
{
	const int *in = p->model.net.in;
	bool fits = d[2] == (uint64_t)in[2];
	char shown[160];

	if (p->resizer)
		fits = fits && d[0] - 1 < UINT16_MAX && d[1] - 1 < UINT16_MAX;
	else
		fits = fits && d[0] == (uint64_t)p->h && d[1] == (uint64_t)p->w;
	if (fits)
		return 0;
	cd_fail(e,
	    "picture of %llux%llux%llu (height, width, channels), the "
	    "net's input is %dx%dx%d",
	    (unsigned long long)d[0], (unsigned long long)d[1],
	    (unsigned long long)d[2], in[0], in[1], in[2]);
	return *key ? cd_fail_at(e, "%s",
			  cd_escape(shown, sizeof shown, key, strlen(key))) :
		      -1;
}

/* One picture of the dims d, with a label of the stream's or -1. */
static int
put_picture(struct cd_predictor *p, const struct cd_rec *r, const char *key,
    const void *image, const uint64_t *d, int label, cd_prediction_fn *fn,
    void *arg, struct cd_err *e)
{
	uint8_t *to = p->images + (size_t)p->n * p->image_size;
	struct waiting *w = &p->waiting[p->n];
	int ih = (int)d[0], iw = (int)d[1];

	if (ih == p->h && iw == p->w)
		memcpy(to, image, p->image_size);
	else if (cd_resizer_one(p->resizer, image, ih, iw, to, p->h, p->w, e) <
	    0)
		return -1;
	memcpy(w->key, key, strlen(key) + 1);
	w->epoch = r->epoch;
	w->view = r->view;
	w->label = label < 0 ? -1 : p->label[label];
	if (++p->n < p->batch)
		return 0;
	return cd_predictor_flush(p, fn, arg, e);
}

static int
put_sample(struct cd_predictor *p, const struct cd_rec *r, cd_prediction_fn *fn,
    void *arg, struct cd_err *e)
{
	const struct cd_tensor *t = cd_rec_want(r, "image", CD_U8, 3, e);
	int label;

	if (!t || check_shape(p, t->dim, "", e) < 0)
		return -1;
	label = cd_rec_label(r, p->nlabels, e);
	if (label < -1)
		return -1;
	return put_picture(p, r, r->key, t->data, t->dim, label, fn, arg, e);
}

/* The labels of a batch of n, or NULL; < 0: malformed. */
static int
batch_labels(const struct cd_predictor *p, const struct cd_rec *r, uint64_t n,
    const int32_t **out, struct cd_err *e)
{
	const struct cd_tensor *t;
	uint64_t i;

	*out = NULL;
	if (cd_rec_find(r, "target"))
		return cd_fail(e, "the batch has targets, not labels");
	if (!cd_rec_find(r, "label"))
		return 0;
	t = cd_rec_want(r, "label", CD_I32, 1, e);
	if (!t)
		return -1;
	if (t->dim[0] != n)
		return cd_fail(e, "%llu labels for %llu pictures",
		    (unsigned long long)t->dim[0], (unsigned long long)n);
	*out = t->data;
	for (i = 0; i < n; i++)
		if ((*out)[i] < 0 || (*out)[i] >= p->nlabels)
			return cd_fail(e,
			    "label %d, but the header has %d "
			    "classes",
			    (*out)[i], p->nlabels);
	return 0;
}

/* The next of a batch's keys, which end at end; moves *at behind it. */
static const char *
next_key(const char **at, const char *end, struct cd_err *e)
{
	const char *key = *at;
	const char *nul = key < end ? memchr(key, '\0', (size_t)(end - key)) :
				      NULL;

	if (!nul || nul - key > CD_KEY_MAX) {
		cd_fail(e, "the keys do not fit the pictures");
		return NULL;
	}
	*at = nul + 1;
	return key;
}

static int
put_batch(struct cd_predictor *p, const struct cd_rec *r, cd_prediction_fn *fn,
    void *arg, struct cd_err *e)
{
	const struct cd_tensor *t = cd_rec_want(r, "image", CD_U8, 4, e);
	const struct cd_tensor *keys = cd_rec_want(r, "keys", CD_U8, 1, e);
	const int32_t *label;
	const char *at, *key;
	uint64_t i, n, size;

	if (!t || !keys)
		return -1;
	n = t->dim[0];
	size = n > 0 ? t->size / n : 0; /* of a picture */
	if (batch_labels(p, r, n, &label, e) < 0)
		return -1;
	at = keys->data;
	for (i = 0; i < n; i++) {
		key = next_key(&at, (const char *)keys->data + keys->size, e);
		if (!key || check_shape(p, t->dim + 1, key, e) < 0 ||
		    put_picture(p, r, key, (const uint8_t *)t->data + i * size,
			t->dim + 1, label ? label[i] : -1, fn, arg, e) < 0)
			return -1;
	}
	return 0;
}

int
cd_predictor_put(struct cd_predictor *p, const struct cd_rec *r,
    cd_prediction_fn *fn, void *arg, struct cd_err *e)
{
	if (r->kind == CD_SAMPLE)
		return put_sample(p, r, fn, arg, e);
	if (r->kind == CD_BATCH)
		return put_batch(p, r, fn, arg, e);
	return 0;
}
