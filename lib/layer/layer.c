/* What all kinds of layers share: limits of shapes, sums over parameters. */
#include "layer/layer.h"

#include <inttypes.h>
#include <string.h>

#include "layer/shape.h"

/* A parameter's record, its value and three slots, stays within
 * CD_PAYLOAD_MAX. */
#define PARAMS_MAX ((uint64_t)1 << 28)
/* Numbers in the outputs of all layers. */
#define ACTIVATIONS_MAX ((uint64_t)1 << 30)

int
cd_layer_shape_same(struct cd_layer *l, const int other[3], struct cd_err *e)
{
	(void)other, (void)e;
	memcpy(l->out, l->in, sizeof l->out);
	return 0;
}

int
cd_layer_params_none(const struct cd_layer *l, struct cd_param_shape *out)
{
	(void)l, (void)out;
	return 0;
}

double
cd_layer_flops_none(const struct cd_layer *l)
{
	(void)l;
	return 0;
}

int
cd_layer_take_stride(struct cd_words *w, struct cd_layer *l)
{
	if (cd_words_take(w, "stride"))
		return cd_words_int(w, "stride", 1, CD_WINDOW_MAX, &l->stride);
	return 0;
}

/* The place of a word in the lines of convolutions and pools; -1: not there. */
static int
place(const char *word)
{
	static const char *const order[] = { "norm", "gamma", "relu", "stride",
		"pad", "groups", "nobias" };
	int i;

	for (i = 0; i < (int)(sizeof order / sizeof *order); i++)
		if (strcmp(order[i], word) == 0)
			return i;
	return -1;
}

int
cd_layer_window_end(struct cd_words *w)
{
	const char *word = w->at < w->n ? w->word[w->at] : "";
	int at = place(word), i;

	for (i = 1; at >= 0 && i < w->at; i++)
		if (place(w->word[i]) > at)
			return cd_words_fail(w, "'%s' comes before '%s'", word,
			    w->word[i]);
	return cd_words_end(w);
}

int
cd_layer_slide(struct cd_layer *l, struct cd_err *e)
{
	char shape[CD_SHAPE_TEXT];
	int h = l->in[0] + 2 * l->pad, w = l->in[1] + 2 * l->pad;

	if (l->kh > h || l->kw > w)
		return cd_fail(e,
		    "a window of %dx%d does not fit on the "
		    "input of %s (padding %d)",
		    l->kh, l->kw, cd_shape_text(l->in, shape), l->pad);
	l->out[0] = (h - l->kh) / l->stride + 1;
	l->out[1] = (w - l->kw) / l->stride + 1;
	return 0;
}

struct cd_param_shape
cd_layer_param(const char *name, enum cd_param_role role, int a, int b, int c,
    int d)
{
	struct cd_param_shape p = { .name = name, .role = role };
	int dim[4] = { a, b, c, d }, i;

	for (i = 0; i < 4; i++)
		if (dim[i])
			p.dim[p.rank++] = (uint64_t)dim[i];
	return p;
}

int
cd_layer_dense_params(int inputs, int outputs, const char *weight,
    const char *bias, struct cd_param_shape out[2])
{
	out[0] = cd_layer_param(weight, CD_PARAM_WEIGHT, inputs, outputs, 0, 0);
	out[0].fan_in = inputs;
	out[0].fan_out = outputs;
	out[1] = cd_layer_param(bias, CD_PARAM_BIAS, outputs, 0, 0, 0);
	return 2;
}

const int *
cd_layer_shape_from(const struct cd_layer *layer, const int picture[3],
    int from)
{
	return from == CD_NET_PICTURE ? picture : layer[from].out;
}

int
cd_layer_params(const struct cd_layer *l,
    struct cd_param_shape out[CD_LAYER_PARAMS_MAX])
{
	return l->kind->params(l, out);
}

double
cd_layer_flops(const struct cd_layer *l)
{
	return l->kind->flops(l);
}

const char *
cd_layer_table_name(const struct cd_layer *l)
{
	return l->kind->table_name ? l->kind->table_name(l) : l->kind->name;
}

static uint64_t
count_params(const struct cd_layer *l, bool trained)
{
	struct cd_param_shape p[CD_LAYER_PARAMS_MAX];
	int t, i, n = cd_layer_params(l, p);
	uint64_t sum = 0, size;

	for (t = 0; t < n; t++) {
		/* 2^6 by 2^6 by 2^20 by 2^20 or 2^28 by 2^20 at most */
		for (size = 1, i = 0; i < p[t].rank; i++)
			size *= p[t].dim[i];
		if (!trained || !cd_param_is_statistic(p[t].role))
			sum += size;
	}
	return sum;
}

uint64_t
cd_layer_nparams(const struct cd_layer *l)
{
	return count_params(l, false);
}

uint64_t
cd_layer_ntrained(const struct cd_layer *l)
{
	return count_params(l, true);
}

static int
add_size(const struct cd_layer *l, struct cd_net_size *size, struct cd_err *e)
{
	char shape[CD_SHAPE_TEXT];
	uint64_t out = cd_shape_volume(l->out);

	if (out > CD_LAYER_OUTPUT_MAX ||
	    (size->activations += out) > ACTIVATIONS_MAX)
		return cd_fail(e,
		    "with an output of %s the net has more than "
		    "%" PRIu64 " numbers a layer or %" PRIu64 " in all",
		    cd_shape_text(l->out, shape), CD_LAYER_OUTPUT_MAX,
		    ACTIVATIONS_MAX);
	size->params += cd_layer_nparams(l);
	if (size->params > PARAMS_MAX)
		return cd_fail(e,
		    "with an input of %s the net has more than "
		    "%" PRIu64 " parameters",
		    cd_shape_text(l->in, shape), PARAMS_MAX);
	return 0;
}

int
cd_layer_shape(struct cd_layer *l, const struct cd_layer *layer,
    const int picture[3], struct cd_net_size *size, struct cd_err *e)
{
	const int *other = NULL;

	memcpy(l->in, cd_layer_shape_from(layer, picture, l->from),
	    sizeof l->in);
	if (l->other != CD_LAYER_NONE)
		other = cd_layer_shape_from(layer, picture, l->other);
	if (l->kind->shape(l, other, e) < 0)
		return -1;
	return add_size(l, size, e);
}
