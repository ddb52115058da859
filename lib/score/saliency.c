#include "score/saliency.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "img/resizer.h"
#include "net/match.h"
#include "plan/plan.h"
#include "rec/pictures.h"
#include "score/metrics.h"

enum {
	PREDICTED = -1, /* saliency.class */
	LABEL = -2,
};

struct cd_saliency {
	const struct cd_saliency_how *how;
	struct cd_model model;
	struct cd_plan *plan; /* for one picture of h x w */
	int h, w;
	int map[3];		    /* shape of the layer's map */
	struct cd_resizer *resizer; /* NULL: the net runs at other sizes not,
				     * or at any */
	int class, nlabels, *label; /* class of the stream -> of the model */
	float *p;		    /* [nclasses] */
	/* the picture at h x w; the map at its own size, at the picture's, and
	 * that in bytes */
	struct cd_buf resized, rough, smooth, out;
};

/* ---- the layer and its plan ---- */

/* The layer meant by how->layer; CD_LAYER_NONE where it means the last with a
 * map. */
static int
find_layer(const struct cd_saliency *s, int *layer, struct cd_err *e)
{
	const struct cd_net *net = &s->model.net;
	const char *name = s->how->layer;
	char shown[160];
	int64_t number;
	int i;

	*layer = CD_LAYER_NONE;
	if (!name)
		return 0;
	for (i = 0; i < net->nlayers; i++)
		if (strcmp(net->layer[i].name, name) == 0) {
			*layer = i;
			return 0;
		}
	if (cd_parse_int(name, 1, net->nlayers, &number, NULL) < 0)
		return cd_fail(e,
		    "no layer has the name or, of 1 to %d, the number '%s'",
		    net->nlayers,
		    cd_escape(shown, sizeof shown, name, strlen(name)));
	*layer = (int)number - 1;
	return 0;
}

static bool
is_map(const struct cd_layer *l)
{
	return l->out[0] > 1 || l->out[1] > 1;
}

/* Chooses the layer at this size, and notes its shape. */
static int
choose_layer(struct cd_saliency *s, int h, int w, int *chosen, struct cd_err *e)
{
	const struct cd_net *net = &s->model.net;
	struct cd_layer *at = cd_calloc((size_t)net->nlayers, sizeof *at, e);
	int i, r = -1;

	if (!at || cd_net_at_size(net, h, w, at, e) < 0 ||
	    find_layer(s, &i, e) < 0)
		goto out;
	if (i != CD_LAYER_NONE && !is_map(&at[i])) {
		cd_fail(e,
		    "the map of layer '%s' is 1x1 for pictures of %dx%d, "
		    "which shows no place",
		    at[i].name, h, w);
		goto out;
	}
	if (i == CD_LAYER_NONE)
		for (i = net->nlayers - 1; i >= 0 && !is_map(&at[i]); i--)
			;
	if (i < 0) {
		cd_fail(e,
		    "no layer of the net gives a map larger than 1x1 for "
		    "pictures of %dx%d",
		    h, w);
		goto out;
	}
	memcpy(s->map, at[i].out, sizeof s->map);
	*chosen = i;
	r = 0;
out:
	free(at);
	return r;
}

/* Makes the plan for pictures of h x w, unless it is there. */
static int
plan_for(struct cd_saliency *s, int h, int w, struct cd_err *e)
{
	int layer;

	if (s->plan && s->h == h && s->w == w)
		return 0;
	cd_plan_free(s->plan);
	s->plan = NULL;
	if (choose_layer(s, h, w, &layer, e) < 0 ||
	    cd_plan_new_map(&s->plan, &s->model, h, w, 1, s->how->threads,
		layer, e) < 0)
		return -1;
	cd_plan_read_slot(s->plan,
	    s->how->no_average ? -1 : cd_model_average(&s->model));
	s->h = h;
	s->w = w;
	return cd_buf_reserve(&s->rough,
	    (size_t)s->map[0] * s->map[1] * sizeof(float), e);
}

int
cd_saliency_open(struct cd_saliency **out, const char *model,
    const struct cd_saliency_how *how, struct cd_err *e)
{
	struct cd_saliency *s = cd_calloc(1, sizeof *s, e);
	const int *in;

	*out = NULL;
	if (!s)
		return -1;
	s->how = how;
	if (cd_model_load(&s->model, model, e) < 0)
		goto fail;
	in = s->model.net.in;
	s->p = cd_calloc((size_t)s->model.net.nclasses, sizeof *s->p, e);
	if (!s->p)
		goto fail;
	if ((how->size.h > 0 && cd_resizer_new(&s->resizer, 1, in[2], e) < 0) ||
	    plan_for(s, how->size.h > 0 ? how->size.h : in[0],
		how->size.h > 0 ? how->size.w : in[1], e) < 0) {
		cd_fail_at(e, "%s", model);
		goto fail;
	}
	*out = s;
	return 0;
fail:
	cd_saliency_close(s);
	return -1;
}

void
cd_saliency_close(struct cd_saliency *s)
{
	if (!s)
		return;
	cd_plan_free(s->plan);
	cd_resizer_free(s->resizer);
	cd_model_free(&s->model);
	free(s->p);
	free(s->label);
	cd_buf_free(&s->resized);
	cd_buf_free(&s->rough);
	cd_buf_free(&s->smooth);
	cd_buf_free(&s->out);
	free(s);
}

/* ---- samples ---- */

static int
choose_class(struct cd_saliency *s, struct cd_err *e)
{
	const char *name = s->how->class;
	char shown[160];

	s->class = PREDICTED;
	if (strcmp(name, "predicted") == 0)
		return 0;
	s->class = LABEL;
	if (strcmp(name, "label") == 0)
		return 0;
	s->class = cd_head_class(&s->model.head, name, strlen(name));
	if (s->class >= 0)
		return 0;
	return cd_fail(e, "the model has no class '%s'",
	    cd_escape(shown, sizeof shown, name, strlen(name)));
}

int
cd_saliency_start(struct cd_saliency *s, const struct cd_head *h,
    struct cd_err *e)
{
	if (cd_head_count(&s->model.head, "class") == 0 &&
	    cd_head_count(h, "class") == 0)
		return cd_fail(e,
		    "neither the model, which was never "
		    "trained, nor the pictures name classes");
	if (cd_model_match(&s->model, h, s->resizer || s->how->size.own, e) <
		0 ||
	    choose_class(s, e) < 0)
		return -1;
	s->label = cd_model_classes(&s->model, h, &s->nlabels, e);
	return s->label ? 0 : -1;
}

/* The picture at the size at which the net runs, for which there is a plan
 * then. NULL: the net does not take it. */
static const uint8_t *
at_size(struct cd_saliency *s, const struct cd_pictures *p, struct cd_err *e)
{
	const int *in = s->model.net.in;
	const uint64_t *d = p->dim;
	bool fits = d[2] == (uint64_t)in[2] && d[0] <= UINT16_MAX &&
	    d[1] <= UINT16_MAX;
	int h = (int)d[0], w = (int)d[1];

	if (!s->resizer && !s->how->size.own)
		fits = fits && h == s->h && w == s->w;
	if (!fits) {
		cd_fail(e,
		    "picture of %llux%llux%llu (height, width, channels), the "
		    "net's input is %dx%dx%d",
		    (unsigned long long)d[0], (unsigned long long)d[1],
		    (unsigned long long)d[2], in[0], in[1], in[2]);
		return NULL;
	}
	if (!s->resizer)
		return plan_for(s, h, w, e) < 0 ? NULL : p->image;
	if (h == s->h && w == s->w)
		return p->image;
	if (cd_buf_reserve(&s->resized, (size_t)s->h * s->w * in[2], e) < 0 ||
	    cd_resizer_one(s->resizer, p->image, h, w, s->resized.data, s->h,
		s->w, e) < 0)
		return NULL;
	return s->resized.data;
}

/* The class whose map is wanted, after the prediction s->p; -1: error. */
static int
class_of(const struct cd_saliency *s, int label, struct cd_err *e)
{
	int k, best = 0;

	if (s->class >= 0)
		return s->class;
	if (s->class == LABEL)
		return label >= 0 ? s->label[label] :
				    cd_fail(e, "the sample has no label");
	for (k = 1; k < s->model.net.nclasses; k++)
		if (s->p[k] > s->p[best])
			best = k;
	return best;
}

/* Sets s->out to the map of a picture of h x w, which is image at the net's
 * size. */
static int
compute(struct cd_saliency *s, const uint8_t *image, int label, int h, int w,
    struct cd_err *e)
{
	const float *a, *da;
	size_t n = (size_t)h * w;
	int class;

	if (cd_buf_reserve(&s->smooth, n * sizeof(float), e) < 0 ||
	    cd_buf_reserve(&s->out, n, e) < 0)
		return -1;
	cd_plan_predict(s->plan, image, 1, s->p);
	class = class_of(s, label, e);
	if (class < 0)
		return -1;
	cd_plan_score_gradient(s->plan, 1, &class, &a, &da);
	return cd_saliency_map(a, da, s->map[0], s->map[1], s->map[2],
	    (float *)s->rough.data, (float *)s->smooth.data, s->out.data, h, w,
	    e);
}

int
cd_saliency_add(struct cd_saliency *s, const struct cd_rec *r,
    struct cd_rec *out, struct cd_err *e)
{
	const struct cd_tensor *old = cd_rec_find(r, "saliency");
	int n = old ? r->ntensors : r->ntensors + 1;
	struct cd_pictures p;
	struct cd_picture one;
	const uint8_t *image;
	uint64_t dim[3];

	if (n > CD_TENSORS_MAX)
		return cd_fail(e,
		    "the sample has %d tensors, as many as may be",
		    CD_TENSORS_MAX);
	if (cd_pictures_of(&p, r, s->nlabels, true, e) < 0)
		return -1;
	image = at_size(s, &p, e);
	if (!image || !cd_pictures_next(&p, &one) ||
	    compute(s, image, one.label, (int)p.dim[0], (int)p.dim[1], e) < 0)
		return -1;
	dim[0] = p.dim[0];
	dim[1] = p.dim[1];
	dim[2] = 1;
	*out = *r;
	out->payload = NULL; /* the tensors no longer match it */
	out->ntensors = old ? (int)(old - r->tensor) : r->ntensors;
	cd_rec_add(out, "saliency", CD_U8, 3, dim, s->out.data);
	out->ntensors = n;
	return 0;
}
