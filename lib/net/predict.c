#include "net/predict.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "net/feed.h"
#include "net/plan.h"

/* A picture that waits. */
struct waiting {
	char key[CD_KEY_MAX + 1];
	uint64_t epoch;
	uint32_t view;
	int32_t label; /* -1: none */
};

struct cd_predictor {
	struct cd_model model;
	struct cd_plan *plan;
	int batch, n; /* n: that wait */
	size_t image_size;
	uint8_t *images;	 /* [batch,H,W,C] */
	float *p;		 /* [batch,nclasses] */
	struct waiting *waiting; /* [batch] */
	int nlabels, *label;	 /* the stream's class -> the model's */
};

int
cd_predictor_open(struct cd_predictor **out, const char *model, int batch,
    int threads, struct cd_err *e)
{
	struct cd_predictor *p = cd_calloc(1, sizeof *p, e);
	const int *in;

	*out = NULL;
	if (!p)
		return -1;
	if (cd_model_load(&p->model, model, e) < 0)
		goto fail;
	p->batch = batch;
	in = p->model.net.in;
	p->image_size = (size_t)in[0] * (size_t)in[1] * (size_t)in[2];
	p->images = cd_calloc((size_t)batch, p->image_size, e);
	p->waiting = cd_calloc((size_t)batch, sizeof *p->waiting, e);
	p->p = cd_calloc((size_t)batch * (size_t)p->model.net.nclasses,
	    sizeof *p->p, e);
	if (!p->images || !p->waiting || !p->p ||
	    cd_plan_new(&p->plan, &p->model, 0, 0, batch, threads, false, e) <
		0)
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
	if (cd_feed_match(&p->model, h, e) < 0)
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

/* Are d, three dims, the net's input? */
static int
check_shape(const struct cd_predictor *p, const uint64_t *d, const char *key,
    struct cd_err *e)
{
	const int *in = p->model.net.in;
	char shown[160];

	if (d[0] == (uint64_t)in[0] && d[1] == (uint64_t)in[1] &&
	    d[2] == (uint64_t)in[2])
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

/* One picture, of the net's shape, with a label of the stream's or -1. */
static int
put_picture(struct cd_predictor *p, const struct cd_rec *r, const char *key,
    const void *image, int label, cd_prediction_fn *fn, void *arg,
    struct cd_err *e)
{
	struct waiting *w = &p->waiting[p->n];

	memcpy(p->images + (size_t)p->n * p->image_size, image, p->image_size);
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
	return put_picture(p, r, r->key, t->data, label, fn, arg, e);
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
	uint64_t i, n;

	if (!t || !keys)
		return -1;
	n = t->dim[0];
	if (batch_labels(p, r, n, &label, e) < 0)
		return -1;
	at = keys->data;
	for (i = 0; i < n; i++) {
		key = next_key(&at, (const char *)keys->data + keys->size, e);
		if (!key || check_shape(p, t->dim + 1, key, e) < 0 ||
		    put_picture(p, r, key,
			(const uint8_t *)t->data + i * p->image_size,
			label ? label[i] : -1, fn, arg, e) < 0)
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
