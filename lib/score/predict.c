#include "score/predict.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "img/resizer.h"
#include "net/match.h"
#include "plan/plan.h"
#include "rec/pictures.h"

/* A picture that waits for its batch to fill. */
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
	int h, w;		    /* of the plan's pictures */
	int batch, n;		    /* n: pictures that wait */
	size_t image_size;
	uint8_t *images;	 /* [batch,h,w,C] */
	float *p;		 /* [batch,nclasses] */
	struct waiting *waiting; /* [batch] */
	int nlabels, *label;	 /* class of the stream -> of the model */
};

/* Makes the plan for the size at which the net runs. */
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
	if (cd_head_count(&p->model.head, "class") == 0 &&
	    cd_head_count(h, "class") == 0)
		return cd_fail(e,
		    "neither the model, which was never "
		    "trained, nor the pictures name classes");
	if (cd_model_match(&p->model, h, p->resizer != NULL, e) < 0)
		return -1;
	p->label = cd_model_classes(&p->model, h, &p->nlabels, e);
	return p->label ? 0 : -1;
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
	/* a full batch is run; the stale tail is ignored */
	cd_plan_predict(p->plan, p->images, p->batch, p->p);
	for (i = 0; i < n; i++)
		if (hand_on(p, i, fn, arg, e) < 0)
			return -1;
	return 0;
}

/* Can the net take pictures of d (height, width, channels)? */
static int
check_shape(const struct cd_predictor *p, const uint64_t *d, struct cd_err *e)
{
	const int *in = p->model.net.in;
	bool fits = d[2] == (uint64_t)in[2];

	if (p->resizer)
		fits = fits && d[0] - 1 < UINT16_MAX && d[1] - 1 < UINT16_MAX;
	else
		fits = fits && d[0] == (uint64_t)p->h && d[1] == (uint64_t)p->w;
	if (fits)
		return 0;
	return cd_fail(e,
	    "picture of %llux%llux%llu (height, width, channels), the "
	    "net's input is %dx%dx%d",
	    (unsigned long long)d[0], (unsigned long long)d[1],
	    (unsigned long long)d[2], in[0], in[1], in[2]);
}

static int
put_picture(struct cd_predictor *p, const struct cd_rec *r, const uint64_t *d,
    const struct cd_picture *one, cd_prediction_fn *fn, void *arg,
    struct cd_err *e)
{
	uint8_t *to = p->images + (size_t)p->n * p->image_size;
	struct waiting *w = &p->waiting[p->n];
	int ih = (int)d[0], iw = (int)d[1];

	if (ih == p->h && iw == p->w)
		memcpy(to, one->image, p->image_size);
	else if (cd_resizer_one(p->resizer, one->image, ih, iw, to, p->h, p->w,
		     e) < 0)
		return -1;
	memcpy(w->key, one->key, strlen(one->key) + 1);
	w->epoch = r->epoch;
	w->view = r->view;
	w->label = one->label < 0 ? -1 : p->label[one->label];
	if (++p->n < p->batch)
		return 0;
	return cd_predictor_flush(p, fn, arg, e);
}

int
cd_predictor_put(struct cd_predictor *p, const struct cd_rec *r,
    cd_prediction_fn *fn, void *arg, struct cd_err *e)
{
	struct cd_pictures all;
	struct cd_picture one;
	char shown[160];

	if (r->kind != CD_SAMPLE && r->kind != CD_BATCH)
		return 0;
	if (cd_pictures_of(&all, r, p->nlabels, true, e) < 0)
		return -1;
	if (r->kind == CD_BATCH && all.target && !all.label)
		return cd_fail(e, "the batch has targets, not labels");
	if (check_shape(p, all.dim, e) < 0) {
		/* a batch's own key, which the caller names, is empty */
		if (r->kind == CD_BATCH && *all.keys)
			cd_fail_at(e, "%s",
			    cd_escape(shown, sizeof shown, all.keys,
				strlen(all.keys)));
		return -1;
	}
	while (cd_pictures_next(&all, &one))
		if (put_picture(p, r, all.dim, &one, fn, arg, e) < 0)
			return -1;
	return 0;
}
