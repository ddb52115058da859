/* What a layer makes of a shape, and what it costs. */
#include "net/text_shape.h"

#include <inttypes.h>
#include <string.h>

/* So that a model's record of a value and three more tensors of its shape
 * stays within CD_PAYLOAD_MAX. */
#define PARAMS_MAX ((uint64_t)1 << 28)
/* A layer's output and all together, in numbers. */
#define OUTPUT_MAX ((uint64_t)1 << 28)
#define ACTIVATIONS_MAX ((uint64_t)1 << 30)

char *
cd_shape_text(const int s[3], char buf[CD_SHAPE_TEXT])
{
	snprintf(buf, CD_SHAPE_TEXT, "%dx%dx%d", s[0], s[1], s[2]);
	return buf;
}

bool
cd_shape_is_vector(const int s[3])
{
	return s[0] == 1 && s[1] == 1;
}

const int *
cd_shape_from(const struct cd_layer *layer, const int picture[3], int from)
{
	return from == CD_NET_PICTURE ? picture : layer[from].out;
}

static uint64_t
product(const int s[3])
{
	/* 2^18 by 2^18 by 2^20 at most: padding adds 63 a layer */
	return (uint64_t)s[0] * (uint64_t)s[1] * (uint64_t)s[2];
}

/* Windows that lie within the padded map. */
static int
slide(struct cd_layer *l, struct cd_err *e)
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

static int
shape_conv(struct cd_layer *l, struct cd_err *e)
{
	if (l->in[2] % l->groups != 0 || l->out[2] % l->groups != 0)
		return cd_fail(e,
		    "%d groups do not divide both the %d channels of the input "
		    "and the %d filters",
		    l->groups, l->in[2], l->out[2]);
	return slide(l, e);
}

static int
shape_pool(struct cd_layer *l, struct cd_err *e)
{
	l->out[2] = l->in[2];
	if (l->pool == CD_POOL_GLOBAL) {
		l->out[0] = l->out[1] = 1;
		return 0;
	}
	if (!l->same)
		return slide(l, e);
	l->out[0] = (l->in[0] - 1) / l->stride + 1;
	l->out[1] = (l->in[1] - 1) / l->stride + 1;
	return 0;
}

static int
shape_add(struct cd_layer *l, const int other[3], struct cd_err *e)
{
	char a[CD_SHAPE_TEXT], b[CD_SHAPE_TEXT];

	memcpy(l->out, l->in, sizeof l->out);
	if (memcmp(l->in, other, sizeof l->in) == 0)
		return 0;
	return cd_fail(e,
	    "the block's paths do not meet: its layers give %s, its shortcut "
	    "%s",
	    cd_shape_text(l->in, a), cd_shape_text(other, b));
}

static int
shape_dense(struct cd_layer *l, struct cd_err *e)
{
	char in[CD_SHAPE_TEXT];

	if (!cd_shape_is_vector(l->in))
		return cd_fail(e,
		    "the input is a map of %s, a vector (1x1xn) "
		    "is wanted: write 'flatten' before it",
		    cd_shape_text(l->in, in));
	l->out[0] = l->out[1] = 1;
	return 0;
}

static int
shape_flatten(struct cd_layer *l, struct cd_err *e)
{
	char in[CD_SHAPE_TEXT];

	if (product(l->in) > OUTPUT_MAX)
		return cd_fail(e, "%s is more than %" PRIu64 " numbers",
		    cd_shape_text(l->in, in), OUTPUT_MAX);
	l->out[0] = l->out[1] = 1;
	l->out[2] = (int)product(l->in);
	return 0;
}

uint64_t
cd_layer_nparams(const struct cd_layer *l)
{
	struct cd_param_shape p[CD_LAYER_PARAMS_MAX];
	int t, i, n = cd_layer_params(l, p);
	uint64_t sum = 0, size;

	for (t = 0; t < n; t++) {
		/* 2^6 by 2^6 by 2^20 by 2^20 or 2^28 by 2^20 at most */
		for (size = 1, i = 0; i < p[t].rank; i++)
			size *= p[t].dim[i];
		sum += size;
	}
	return sum;
}

static int
add_size(const struct cd_layer *l, struct cd_net_size *size, struct cd_err *e)
{
	char shape[CD_SHAPE_TEXT];
	uint64_t out = product(l->out);

	if (out > OUTPUT_MAX || (size->activations += out) > ACTIVATIONS_MAX)
		return cd_fail(e,
		    "with an output of %s the net has more than "
		    "%" PRIu64 " numbers a layer or %" PRIu64 " in all",
		    cd_shape_text(l->out, shape), OUTPUT_MAX, ACTIVATIONS_MAX);
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
	int r = 0;

	memcpy(l->in, cd_shape_from(layer, picture, l->from), sizeof l->in);
	switch (l->kind) {
	case CD_LAYER_CONV:
		r = shape_conv(l, e);
		break;
	case CD_LAYER_POOL:
		r = shape_pool(l, e);
		break;
	case CD_LAYER_ADD:
		r = shape_add(l, cd_shape_from(layer, picture, l->other), e);
		break;
	case CD_LAYER_DENSE:
		r = shape_dense(l, e);
		break;
	case CD_LAYER_FLATTEN:
		r = shape_flatten(l, e);
		break;
	default:
		memcpy(l->out, l->in, sizeof l->out);
		break;
	}
	return r < 0 ? r : add_size(l, size, e);
}

/* Fills in name, role and shape; dims 0 are left out. */
static struct cd_param_shape
param(const char *name, enum cd_param_role role, int a, int b, int c, int d)
{
	struct cd_param_shape p = { .name = name, .role = role };
	int dim[4] = { a, b, c, d }, i;

	for (i = 0; i < 4; i++)
		if (dim[i])
			p.dim[p.rank++] = (uint64_t)dim[i];
	return p;
}

static int
conv_params(const struct cd_layer *l, struct cd_param_shape *out)
{
	double area = (double)l->kh * l->kw;

	out[0] = param("weight", CD_PARAM_WEIGHT, l->kh, l->kw,
	    l->in[2] / l->groups, l->out[2]);
	out[0].fan_in = area * l->in[2] / l->groups;
	out[0].fan_out = area * l->out[2] / l->groups;
	out[1] = param("bias", CD_PARAM_BIAS, l->out[2], 0, 0, 0);
	return l->bias ? 2 : 1;
}

static int
dense_params(int in, int outputs, const char *weight, const char *bias,
    struct cd_param_shape *out)
{
	out[0] = param(weight, CD_PARAM_WEIGHT, in, outputs, 0, 0);
	out[0].fan_in = in;
	out[0].fan_out = outputs;
	out[1] = param(bias, CD_PARAM_BIAS, outputs, 0, 0, 0);
	return 2;
}

static int
norm_params(int c, struct cd_param_shape *out)
{
	out[0] = param("gamma", CD_PARAM_GAMMA, c, 0, 0, 0);
	out[1] = param("beta", CD_PARAM_BIAS, c, 0, 0, 0);
	out[2] = param("mean", CD_PARAM_MEAN, c, 0, 0, 0);
	out[3] = param("variance", CD_PARAM_VARIANCE, c, 0, 0, 0);
	return 4;
}

int
cd_layer_params(const struct cd_layer *l,
    struct cd_param_shape out[CD_LAYER_PARAMS_MAX])
{
	int c = l->in[2];

	switch (l->kind) {
	case CD_LAYER_CONV:
		return conv_params(l, out);
	case CD_LAYER_DENSE:
		return dense_params(c, l->out[2], "weight", "bias", out);
	case CD_LAYER_NORM:
		return norm_params(c, out);
	case CD_LAYER_EXCITE:
		dense_params(c, l->reduce, "reduce-weight", "reduce-bias", out);
		dense_params(l->reduce, c, "expand-weight", "expand-bias",
		    out + 2);
		return 4;
	default:
		return 0;
	}
}
