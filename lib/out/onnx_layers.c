/* A map HxWxC is [N,C,H,W] here, a vector [N,C]. */
#include "out/onnx_layers.h"

#include <stdlib.h>
#include <string.h>

#include "layer/shape.h"

/* What a layer gives. */
struct value {
	const char *name;
	bool vector; /* [N,C], not [N,C,1,1] */
};

struct layers {
	struct cd_onnx *g;
	const struct cd_model *model;
	int slot;
	struct cd_layer *layer; /* [nlayers], at the size wanted */
	struct value *value;	/* [1 + nlayers], the picture first */
};

#define INPUTS(...) ((const char *const[CD_ONNX_INPUTS]){ __VA_ARGS__ })
#define INTS(...) ((const int[CD_ONNX_RANK]){ __VA_ARGS__ })
#define STEPS(...) ((const size_t[CD_ONNX_RANK]){ __VA_ARGS__ })

/* Adds a node that is named as its operator. */
static struct value
apply(struct layers *s, const char *op, const struct cd_layer *l,
    struct value x)
{
	x.name = cd_onnx_node(s->g, op, l->name, op, INPUTS(x.name));
	return x;
}

static struct value
relu(struct layers *s, const struct cd_layer *l, struct value x)
{
	return l->relu ? apply(s, "Relu", l, x) : x;
}

static struct value
as_map(struct layers *s, const struct cd_layer *l, struct value x)
{
	if (!x.vector)
		return x;
	/* one by one, as OpenCV 4.6 wants it */
	x = apply(s, "Unsqueeze", l, x);
	cd_onnx_ints(s->g, "axes", 1, INTS(2));
	x.name = cd_onnx_node(s->g, "Unsqueeze", l->name, "map",
	    INPUTS(x.name));
	cd_onnx_ints(s->g, "axes", 1, INTS(3));
	x.vector = false;
	return x;
}

static struct value
as_vector(struct layers *s, const struct cd_layer *l, struct value x)
{
	if (x.vector)
		return x;
	x = apply(s, "Flatten", l, x);
	cd_onnx_int(s->g, "axis", 1);
	x.vector = true;
	return x;
}

/* The numbers of the layer's parameter of this name. */
static const float *
numbers(const struct layers *s, const struct cd_layer *l, const char *name)
{
	const struct cd_param *p = s->model->param;
	size_t n = strlen(l->name);

	while (&s->layer[p->layer] != l || strcmp(p->name + n + 1, name) != 0)
		p++;
	return s->slot >= 0 ? p->slot[s->slot] : p->value;
}

/* A parameter with one number for each of c channels. */
static const char *
channels(struct layers *s, const struct cd_layer *l, const char *name, int c)
{
	return cd_onnx_tensor(s->g, l->name, name, 1, INTS(c), STEPS(1),
	    numbers(s, l, name));
}

/* A dense layer's weight [in,out] as [out,in], or as a conv's [out,in,1,1]. */
static const char *
transposed(struct layers *s, const struct cd_layer *l, const char *name, int in,
    int out, int rank)
{
	return cd_onnx_tensor(s->g, l->name, name, rank, INTS(out, in, 1, 1),
	    STEPS(1, (size_t)out, 0, 0), numbers(s, l, name));
}

static struct value
put_conv(struct layers *s, const struct cd_layer *l, struct value x,
    struct value other)
{
	int c = l->in[2] / l->groups, n = l->out[2], p = l->pad;
	size_t cell = (size_t)c * (size_t)n;
	const char *w, *b;

	(void)other;
	x = as_map(s, l, x);
	w = cd_onnx_tensor(s->g, l->name, "weight", 4, INTS(n, c, l->kh, l->kw),
	    STEPS(1, (size_t)n, (size_t)l->kw * cell, cell),
	    numbers(s, l, "weight"));
	b = l->bias ? channels(s, l, "bias", n) : NULL;
	x.name = cd_onnx_node(s->g, "Conv", l->name, "Conv",
	    INPUTS(x.name, w, b));
	cd_onnx_ints(s->g, "kernel_shape", 2, INTS(l->kh, l->kw));
	cd_onnx_ints(s->g, "strides", 2, INTS(l->stride, l->stride));
	cd_onnx_ints(s->g, "pads", 4, INTS(p, p, p, p));
	cd_onnx_int(s->g, "group", l->groups);
	return relu(s, l, x);
}

static struct value
put_norm(struct layers *s, const struct cd_layer *l, struct value x,
    struct value other)
{
	int c = l->in[2];
	const char *gamma = channels(s, l, "gamma", c);
	const char *beta = channels(s, l, "beta", c);
	const char *mean = channels(s, l, "mean", c);
	const char *variance = channels(s, l, "variance", c);

	(void)other;
	x.name = cd_onnx_node(s->g, "BatchNormalization", l->name,
	    "BatchNormalization", INPUTS(x.name, gamma, beta, mean, variance));
	cd_onnx_real(s->g, "epsilon", l->epsilon);
	return relu(s, l, x);
}

static struct value
put_relu(struct layers *s, const struct cd_layer *l, struct value x,
    struct value other)
{
	(void)other;
	return apply(s, "Relu", l, x);
}

static struct value
put_leaky(struct layers *s, const struct cd_layer *l, struct value x,
    struct value other)
{
	(void)other;
	x = apply(s, "LeakyRelu", l, x);
	cd_onnx_real(s->g, "alpha", l->alpha);
	return x;
}

/* Cells added after the last of h, as far as the last window reaches them. */
static int
pad_after(const struct cd_layer *l, int h, int oh)
{
	int n = (oh - 1) * l->stride + l->kh - l->pad - h;

	return n > 0 ? n : 0;
}

/* Padding counts neither for the maximum nor, by default, for the mean. */
static struct value
put_pool(struct layers *s, const struct cd_layer *l, struct value x,
    struct value other)
{
	int p = l->pad, down = pad_after(l, l->in[0], l->out[0]);
	int right = pad_after(l, l->in[1], l->out[1]);

	(void)other;
	x = as_map(s, l, x);
	if (l->pool == CD_POOL_GLOBAL)
		return apply(s, "GlobalAveragePool", l, x);
	x = apply(s, l->pool == CD_POOL_MAX ? "MaxPool" : "AveragePool", l, x);
	cd_onnx_ints(s->g, "kernel_shape", 2, INTS(l->kh, l->kw));
	cd_onnx_ints(s->g, "strides", 2, INTS(l->stride, l->stride));
	cd_onnx_ints(s->g, "pads", 4, INTS(p, p, down, right));
	return x;
}

/* One of the two dense layers of an excite, as a convolution: `reduce` or
 * `expand`. */
static struct value
excite_dense(struct layers *s, const struct cd_layer *l, const char *what,
    const char *weight, const char *bias, int in, int out, struct value x)
{
	const char *w = transposed(s, l, weight, in, out, 4);
	const char *b = channels(s, l, bias, out);

	x.name = cd_onnx_node(s->g, "Conv", l->name, what,
	    INPUTS(x.name, w, b));
	cd_onnx_ints(s->g, "kernel_shape", 2, INTS(1, 1));
	return x;
}

static struct value
put_excite(struct layers *s, const struct cd_layer *l, struct value x,
    struct value other)
{
	int c = l->in[2], r = l->reduce;
	struct value k;

	(void)other;
	x = as_map(s, l, x);
	k = apply(s, "GlobalAveragePool", l, x);
	k = excite_dense(s, l, "reduce", "reduce-weight", "reduce-bias", c, r,
	    k);
	k = apply(s, "Relu", l, k);
	k = excite_dense(s, l, "expand", "expand-weight", "expand-bias", r, c,
	    k);
	k = apply(s, "Sigmoid", l, k);
	x.name = cd_onnx_node(s->g, "Mul", l->name, "Mul",
	    INPUTS(x.name, k.name));
	return x;
}

static struct value
put_add(struct layers *s, const struct cd_layer *l, struct value x,
    struct value other)
{
	if (x.vector != other.vector) {
		x = as_map(s, l, x);
		other = as_map(s, l, other);
	}
	x.name = cd_onnx_node(s->g, "Add", l->name, "Add",
	    INPUTS(x.name, other.name));
	return relu(s, l, x);
}

/* The channel runs fastest in the vector: what follows keeps its order. */
static struct value
put_flatten(struct layers *s, const struct cd_layer *l, struct value x,
    struct value other)
{
	(void)other;
	if (!cd_shape_is_vector(l->in)) {
		x = apply(s, "Transpose", l, x);
		cd_onnx_ints(s->g, "perm", 4, INTS(0, 2, 3, 1));
	}
	return as_vector(s, l, x);
}

static struct value
put_dropout(struct layers *s, const struct cd_layer *l, struct value x,
    struct value other)
{
	(void)s;
	(void)l;
	(void)other;
	return x;
}

static struct value
put_dense(struct layers *s, const struct cd_layer *l, struct value x,
    struct value other)
{
	const char *w, *b;

	(void)other;
	x = as_vector(s, l, x);
	w = transposed(s, l, "weight", l->in[2], l->out[2], 2);
	b = channels(s, l, "bias", l->out[2]);
	x.name = cd_onnx_node(s->g, "Gemm", l->name, "Gemm",
	    INPUTS(x.name, w, b));
	cd_onnx_int(s->g, "transB", 1);
	return relu(s, l, x);
}

/* How each kind of layer is written: from its input, and its second one, to its
 * output. */
static const struct {
	const struct cd_layer_kind *kind;
	struct value (*put)(struct layers *, const struct cd_layer *,
	    struct value x, struct value other);
} kinds[] = {
	{ &cd_layer_conv, put_conv },
	{ &cd_layer_norm, put_norm },
	{ &cd_layer_relu, put_relu },
	{ &cd_layer_leaky, put_leaky },
	{ &cd_layer_pool, put_pool },
	{ &cd_layer_excite, put_excite },
	{ &cd_layer_add, put_add },
	{ &cd_layer_flatten, put_flatten },
	{ &cd_layer_dropout, put_dropout },
	{ &cd_layer_dense, put_dense },
};

/* Layer i's input, or its second one. */
static struct value
from(const struct layers *s, int i)
{
	return i == CD_LAYER_NONE ? (struct value){ NULL } : s->value[1 + i];
}

static int
put_layer(struct layers *s, int i)
{
	const struct cd_layer *l = &s->layer[i];
	size_t k, n = sizeof kinds / sizeof kinds[0];

	for (k = 0; k < n; k++)
		if (kinds[k].kind == l->kind) {
			s->value[1 + i] = kinds[k].put(s, l, from(s, l->from),
			    from(s, l->other));
			return 0;
		}
	return cd_fail(s->g->e,
	    "layer %s: a layer '%s' cannot be written as "
	    "ONNX",
	    l->name, l->kind->name);
}

/* From bytes to the first layer's input, (byte * scale - mean) / deviation, as
 * plan/plan.c has it: a depthwise convolution of 1x1, because some runtimes
 * (OpenCV 4.6) add a number a channel wrongly to more than one picture. */
static int
put_input(struct layers *s)
{
	const struct cd_net *net = &s->model->net;
	int i, c = net->in[2];
	float *factor = cd_calloc(2 * (size_t)c, sizeof *factor, s->g->e);
	const char *w, *b, *x;
	float *term;

	if (!factor)
		return -1;
	term = factor + c;
	for (i = 0; i < c; i++) {
		double d = net->deviation[i];

		factor[i] = (float)(net->scale / d);
		term[i] = (float)(-net->mean[i] / d);
	}
	w = cd_onnx_tensor(s->g, CD_ONNX_PICTURES, "factor", 4,
	    INTS(c, 1, 1, 1), STEPS(1, 0, 0, 0), factor);
	b = cd_onnx_tensor(s->g, CD_ONNX_PICTURES, "term", 1, INTS(c), STEPS(1),
	    term);
	/* no layer's names end as these do */
	x = cd_onnx_node(s->g, "Conv", CD_ONNX_PICTURES, "scaled",
	    INPUTS(CD_ONNX_PICTURES, w, b));
	cd_onnx_ints(s->g, "kernel_shape", 2, INTS(1, 1));
	cd_onnx_int(s->g, "group", c);
	s->value[0] = (struct value){ x, false };
	free(factor);
	return 0;
}

/* A logistic net's two probabilities are sigmoid(-z) and sigmoid(z): 1 -
 * sigmoid(z) is 0 for any z above 17. */
static void
put_loss(struct layers *s)
{
	static const float sign[2] = { -1, 1 };
	const struct cd_net *net = &s->model->net;
	const struct cd_layer *last = &s->layer[net->nlayers - 1];
	struct value z = as_vector(s, last, s->value[net->nlayers]);
	const char *t;

	if (net->loss == CD_LOSS_SOFTMAX) {
		cd_onnx_node(s->g, "Softmax", NULL, CD_ONNX_PROBABILITIES,
		    INPUTS(z.name));
		cd_onnx_int(s->g, "axis", 1);
		return;
	}
	t = cd_onnx_tensor(s->g, CD_ONNX_PROBABILITIES, "signs", 2, INTS(2, 1),
	    STEPS(1, 0), sign);
	z.name = cd_onnx_node(s->g, "Gemm", CD_ONNX_PROBABILITIES, "both",
	    INPUTS(z.name, t));
	cd_onnx_int(s->g, "transB", 1);
	cd_onnx_node(s->g, "Sigmoid", NULL, CD_ONNX_PROBABILITIES,
	    INPUTS(z.name));
}

static int
put_all(struct layers *s, int h, int w)
{
	const struct cd_net *net = &s->model->net;
	int i;

	if (cd_net_at_size(net, h, w, s->layer, s->g->e) < 0 ||
	    put_input(s) < 0)
		return -1;
	for (i = 0; i < net->nlayers; i++)
		if (put_layer(s, i) < 0)
			return -1;
	put_loss(s);
	return s->g->failed ? -1 : 0;
}

int
cd_onnx_layers(struct cd_onnx *g, const struct cd_model *m, int slot, int h,
    int w)
{
	size_t n = (size_t)m->net.nlayers;
	struct layers s = { .g = g, .model = m, .slot = slot };
	int r = -1;

	s.layer = cd_calloc(n, sizeof *s.layer, g->e);
	s.value = cd_calloc(1 + n, sizeof *s.value, g->e);
	if (s.layer && s.value)
		r = put_all(&s, h, w);
	free(s.layer);
	free(s.value);
	return r;
}
