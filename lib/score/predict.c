#include "score/predict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/aside.h"
#include "base/cpu.h"
#include "base/mem.h"
#include "base/num.h"
#include "img/resizer.h"
#include "net/match.h"
#include "plan/plan.h"
#include "rec/pictures.h"

enum {
	SIZES = 8, /* most plans, with how.size.own */
};

/* A picture that waits, or its prediction for those before it. */
struct waiting {
	char key[CD_KEY_MAX + 1];
	uint64_t epoch, seq;
	uint32_t view;
	int32_t label; /* -1: none */
	bool done;     /* its prediction is there */
};

/* Pictures of one size, and their places in the queue. */
struct batch {
	uint8_t *images; /* [batch,h,w,C] */
	int *at;	 /* [batch] */
	int n;
};

/* The pictures of one size that wait for their batch to fill. */
struct sized {
	int h, w;
	struct cd_plan *plan; /* NULL: not in use */
	struct batch filling, running;
	uint64_t used; /* when a picture was last put in */
};

struct cd_predictor {
	struct cd_model model;
	struct cd_predict_how how;
	struct cd_resizer *resizer; /* NULL: pictures are not resized */
	struct sized sized[SIZES];  /* without how.size.own only the first */
	uint64_t clock;
	struct cd_aside
	    *aside;	    /* runs batches while others are read, or NULL */
	struct sized *busy; /* whose batch runs, or NULL */
	float *p;	    /* [batch,nclasses] */
	/* what came and was not handed on, in order: a ring of `room` */
	struct waiting *waiting;
	float *value; /* [room,nclasses] */
	int room, first, n;
	int nlabels, *label; /* class of the stream -> of the model */
};

static void
free_sized(struct sized *s)
{
	cd_plan_free(s->plan);
	free(s->filling.images);
	free(s->filling.at);
	free(s->running.images);
	free(s->running.at);
	memset(s, 0, sizeof *s);
}

static int
make_batch(struct batch *b, int n, size_t size, struct cd_err *e)
{
	b->images = cd_calloc((size_t)n, size, e);
	b->at = cd_calloc((size_t)n, sizeof *b->at, e);
	return b->images && b->at ? 0 : -1;
}

/* Makes the plan for pictures of h x w. */
static int
make_sized(struct cd_predictor *p, struct sized *s, int h, int w,
    struct cd_err *e)
{
	const struct cd_predict_how *how = &p->how;
	size_t size = (size_t)h * (size_t)w * (size_t)p->model.net.in[2];
	int average = how->no_average ? -1 : cd_model_average(&p->model);

	free_sized(s);
	if (cd_plan_new(&s->plan, &p->model, h, w, how->batch, how->threads,
		false, e) < 0)
		return -1;
	cd_plan_read_slot(s->plan, average);
	s->h = h;
	s->w = w;
	if (make_batch(&s->filling, how->batch, size, e) == 0 &&
	    make_batch(&s->running, how->batch, size, e) == 0)
		return 0;
	free_sized(s);
	return -1;
}

/* Makes what does not depend on the pictures. */
static int
make_predictor(struct cd_predictor *p, struct cd_err *e)
{
	const struct cd_predict_how *how = &p->how;
	const int *in = p->model.net.in;
	size_t k = (size_t)p->model.net.nclasses, batch = (size_t)how->batch;

	(void)cd_cpu_level(); /* looked up once, before there are threads */
	if (how->size.h > 0 && cd_resizer_new(&p->resizer, 1, in[2], e) < 0)
		return -1;
	if (!how->size.own &&
	    make_sized(p, &p->sized[0], how->size.h > 0 ? how->size.h : in[0],
		how->size.w > 0 ? how->size.w : in[1], e) < 0)
		return -1;
	/* one picture at a time: whoever wants that waits for each */
	if (how->threads > 1 && how->batch > 1 && !(p->aside = cd_aside_new(e)))
		return -1;
	/* so that batches of SIZES sizes in turn can fill while one runs */
	p->room = (1 + (how->size.own ? SIZES : 1)) * how->batch;
	p->waiting = cd_calloc((size_t)p->room, sizeof *p->waiting, e);
	p->value = cd_calloc((size_t)p->room * k, sizeof *p->value, e);
	p->p = cd_calloc(batch * k, sizeof *p->p, e);
	return p->waiting && p->value && p->p ? 0 : -1;
}

int
cd_predictor_open(struct cd_predictor **out, const char *model,
    const struct cd_predict_how *how, struct cd_err *e)
{
	struct cd_predictor *p = cd_calloc(1, sizeof *p, e);

	*out = NULL;
	if (!p)
		return -1;
	p->how = *how;
	if (cd_model_load(&p->model, model, e) < 0)
		goto fail;
	if (make_predictor(p, e) < 0) {
		cd_fail_at(e, "%s", model);
		goto fail;
	}
	*out = p;
	return 0;
fail:
	cd_predictor_close(p);
	return -1;
}

void
cd_predictor_close(struct cd_predictor *p)
{
	int i;

	if (!p)
		return;
	cd_aside_free(p->aside); /* first: it uses the rest */
	for (i = 0; i < SIZES; i++)
		free_sized(&p->sized[i]);
	cd_resizer_free(p->resizer);
	cd_model_free(&p->model);
	free(p->p);
	free(p->value);
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
	if (cd_model_match(&p->model, h, p->resizer || p->how.size.own, e) < 0)
		return -1;
	p->label = cd_model_classes(&p->model, h, &p->nlabels, e);
	return p->label ? 0 : -1;
}

/* A net of finite numbers may still come to one that is not. */
static int
check_finite(const char *key, const float *value, uint64_t k, struct cd_err *e)
{
	char shown[160];
	uint64_t i;

	for (i = 0; i < k; i++)
		if (!isfinite(value[i]))
			return cd_fail(e, "the net's output for %s is %g",
			    cd_escape(shown, sizeof shown, key, strlen(key)),
			    (double)value[i]);
	return 0;
}

/* Calls the function with the first of the queue. */
static int
hand_on(struct cd_predictor *p, cd_prediction_fn *fn, void *arg,
    struct cd_err *e)
{
	const struct waiting *w = &p->waiting[p->first];
	uint64_t k = (uint64_t)p->model.net.nclasses;
	const float *value = p->value + (size_t)p->first * k;
	struct cd_rec r;

	if (check_finite(w->key, value, k, e) < 0)
		return -1;
	memset(&r, 0, offsetof(struct cd_rec, tensor));
	r.payload = NULL;
	r.kind = CD_PREDICTION;
	r.key = w->key;
	r.epoch = w->epoch;
	r.view = w->view;
	r.seq = w->seq;
	cd_rec_add(&r, "value", CD_F32, 1, &k, value);
	if (w->label >= 0)
		cd_rec_add(&r, "label", CD_I32, 0, NULL, &w->label);
	p->first = (p->first + 1) % p->room;
	p->n--;
	return fn(arg, &r, e);
}

static void
compute(void *arg)
{
	struct cd_predictor *p = arg;
	struct sized *s = p->busy;

	cd_plan_predict(s->plan, s->running.images, s->running.n, p->p);
}

/* Waits for the batch that runs; its predictions are then there. */
static void
settle(struct cd_predictor *p)
{
	size_t k = (size_t)p->model.net.nclasses;
	const struct batch *b;
	int i;

	if (!p->busy)
		return;
	if (p->aside)
		cd_aside_wait(p->aside);
	b = &p->busy->running;
	for (i = 0; i < b->n; i++) {
		memcpy(p->value + (size_t)b->at[i] * k, p->p + (size_t)i * k,
		    k * sizeof *p->p);
		p->waiting[b->at[i]].done = true;
	}
	p->busy = NULL;
}

/* Hands on what is there and no picture before it holds up. */
static int
drain(struct cd_predictor *p, cd_prediction_fn *fn, void *arg, struct cd_err *e)
{
	if (p->aside && cd_aside_idle(p->aside))
		settle(p);
	while (p->n > 0 && p->waiting[p->first].done)
		if (hand_on(p, fn, arg, e) < 0)
			return -1;
	return 0;
}

/* Has the pictures of a size that wait predicted, when the batch before has
 * been. */
static void
run(struct cd_predictor *p, struct sized *s)
{
	struct batch full = s->filling;

	if (s->filling.n == 0)
		return;
	settle(p);
	s->filling = s->running;
	s->filling.n = 0;
	s->running = full;
	p->busy = s;
	if (p->aside)
		cd_aside_begin(p->aside, compute, p);
	else
		compute(p);
}

int
cd_predictor_flush(struct cd_predictor *p, cd_prediction_fn *fn, void *arg,
    struct cd_err *e)
{
	int i;

	for (i = 0; i < SIZES; i++)
		run(p, &p->sized[i]);
	settle(p);
	return drain(p, fn, arg, e);
}

/* Can the net take pictures of d (height, width, channels)? */
static int
check_shape(const struct cd_predictor *p, const uint64_t *d, struct cd_err *e)
{
	const int *in = p->model.net.in;
	const struct sized *s = &p->sized[0];
	bool fits = d[2] == (uint64_t)in[2];

	if (p->resizer || p->how.size.own)
		fits = fits && d[0] - 1 < UINT16_MAX && d[1] - 1 < UINT16_MAX;
	else
		fits = fits && d[0] == (uint64_t)s->h && d[1] == (uint64_t)s->w;
	if (fits)
		return 0;
	return cd_fail(e,
	    "picture of %llux%llux%llu (height, width, channels), the "
	    "net's input is %dx%dx%d",
	    (unsigned long long)d[0], (unsigned long long)d[1],
	    (unsigned long long)d[2], in[0], in[1], in[2]);
}

/* Where pictures of h x w are gathered; a new size takes the place of the one
 * that was not needed for longest. NULL: the net cannot take it. */
static struct sized *
sized_for(struct cd_predictor *p, int h, int w, struct cd_err *e)
{
	struct sized *s = &p->sized[0];
	int i;

	for (i = 0; i < SIZES && p->how.size.own; i++) {
		if (p->sized[i].plan && p->sized[i].h == h &&
		    p->sized[i].w == w)
			return &p->sized[i];
		if (p->sized[i].used < s->used)
			s = &p->sized[i];
	}
	if (!p->how.size.own)
		return s;
	run(p, s);
	settle(p);
	return make_sized(p, s, h, w, e) < 0 ? NULL : s;
}

static int
put_picture(struct cd_predictor *p, struct sized *s, const struct cd_rec *r,
    const uint64_t *d, const struct cd_picture *one, struct cd_err *e)
{
	int at = (p->first + p->n) % p->room, ih = (int)d[0], iw = (int)d[1];
	size_t size = (size_t)s->h * (size_t)s->w * (size_t)d[2];
	struct batch *b = &s->filling;
	uint8_t *to = b->images + (size_t)b->n * size;
	struct waiting *w = &p->waiting[at];

	if (ih == s->h && iw == s->w)
		memcpy(to, one->image, size);
	else if (cd_resizer_one(p->resizer, one->image, ih, iw, to, s->h, s->w,
		     e) < 0)
		return -1;
	memcpy(w->key, one->key, strlen(one->key) + 1);
	w->epoch = r->epoch;
	w->view = r->view;
	w->seq = r->seq;
	w->label = one->label < 0 ? -1 : p->label[one->label];
	w->done = false;
	s->used = ++p->clock;
	b->at[b->n++] = at;
	p->n++;
	if (b->n == p->how.batch)
		run(p, s);
	if (!p->aside)
		settle(p);
	return 0;
}

/* Makes room in the queue, if it is full, by waiting for the batch that its
 * first picture is in, or running that, full or not. */
static int
make_room(struct cd_predictor *p, cd_prediction_fn *fn, void *arg,
    struct cd_err *e)
{
	struct sized *s = p->sized;

	if (p->n < p->room)
		return 0;
	settle(p);
	if (!p->waiting[p->first].done) {
		while (s->filling.n == 0 || s->filling.at[0] != p->first)
			s++;
		run(p, s);
		settle(p);
	}
	return drain(p, fn, arg, e);
}

/* Puts all pictures of a record, of d (height, width, channels). */
static int
put_all(struct cd_predictor *p, const struct cd_rec *r, struct cd_pictures *all,
    cd_prediction_fn *fn, void *arg, struct cd_err *e)
{
	const uint64_t *d = all->dim;
	struct sized *s = sized_for(p, (int)d[0], (int)d[1], e);
	struct cd_picture one;

	if (!s || drain(p, fn, arg, e) < 0)
		return -1;
	while (cd_pictures_next(all, &one))
		if (make_room(p, fn, arg, e) < 0 ||
		    put_picture(p, s, r, d, &one, e) < 0 ||
		    drain(p, fn, arg, e) < 0)
			return -1;
	return 0;
}

int
cd_predictor_put(struct cd_predictor *p, const struct cd_rec *r,
    cd_prediction_fn *fn, void *arg, struct cd_err *e)
{
	struct cd_pictures all;
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
	return put_all(p, r, &all, fn, arg, e);
}
