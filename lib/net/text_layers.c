#include "net/text_layers.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"

enum {
	OUT_MAX = 1 << 20, /* filters of a conv, outputs of a dense */
	WINDOW_MAX = 64,
	POOL_MAX = 15, /* kern/pool.h */
};

#define GAMMA_MAX 1e6

static int
name_layer(struct parser *p, struct cd_layer *l, const char *suffix)
{
	const struct cd_layer *o = p->net->layer;
	int i;

	if (snprintf(l->name, sizeof l->name, "%s%s", p->name, suffix) >=
	    (int)sizeof l->name)
		return cd_words_fail(p,
		    "the name %s%s has more than %d characters", p->name,
		    suffix, CD_LAYER_NAME_MAX - 1);
	for (i = 0; i < p->net->nlayers; i++)
		if (strcmp(o[i].name, l->name) == 0)
			return cd_words_fail(p,
			    "the layer of line %d has the name %s already",
			    o[i].line, l->name);
	return 0;
}

/* Adds a layer that takes what the last one gave; its name is the line's and
 * suffix. */
static int
add_layer(struct parser *p, struct cd_layer *l, const char *suffix)
{
	struct cd_net *net = p->net;
	struct cd_layer *more;
	int room;

	if (net->nlayers == CD_LAYERS_MAX)
		return cd_words_fail(p, "more than %d layers", CD_LAYERS_MAX);
	if (name_layer(p, l, suffix) < 0)
		return -1;
	l->line = p->line;
	l->from = p->from;
	if (cd_layer_shape(l, net->layer, net->in, &p->size, p->e) < 0)
		return cd_words_blame(p);
	if (net->nlayers == p->room) {
		room = p->room ? 2 * p->room : 16;
		more = realloc(net->layer, (size_t)room * sizeof *more);
		if (!more)
			return cd_words_fail(p, "out of memory");
		net->layer = more;
		p->room = room;
	}
	p->from = net->nlayers;
	net->layer[net->nlayers++] = *l;
	return 0;
}

/* For statements of one layer: nothing may follow. */
static int
add_last(struct parser *p, struct cd_layer *l)
{
	return cd_words_end(p) < 0 ? -1 : add_layer(p, l, "");
}

static int
channels(const struct parser *p)
{
	return cd_shape_from(p->net->layer, p->net->in, p->from)[2];
}

static struct cd_layer
blank(enum cd_layer_kind kind)
{
	return (struct cd_layer){ .kind = kind,
		.other = CD_NET_PICTURE,
		.stride = 1,
		.groups = 1,
		.gamma = 1,
		.momentum = 0.9,
		.epsilon = 1e-5 };
}

static int
want_stride(struct parser *p, struct cd_layer *l)
{
	if (cd_words_take(p, "stride"))
		return cd_words_int(p, "stride", 1, WINDOW_MAX, &l->stride);
	return 0;
}

static int
want_gamma(struct parser *p, struct cd_layer *norm)
{
	if (cd_words_take(p, "gamma"))
		return cd_words_real(p, "gamma", -GAMMA_MAX, GAMMA_MAX,
		    &norm->gamma);
	return 0;
}

/* HEIGHTxWIDTH of a window. */
static int
want_window(struct parser *p, struct cd_layer *l)
{
	const char *w = cd_words_next(p, "the window (3x3)");

	if (!w)
		return -1;
	if (cd_parse_wxh(w, 1, WINDOW_MAX, &l->kh, &l->kw, NULL) < 0)
		return cd_words_reject(p,
		    "a window is HEIGHTxWIDTH, each "
		    "1 to 64, not",
		    w);
	return 0;
}

static int
want_pad(struct parser *p, struct cd_layer *l)
{
	int least = l->kh < l->kw ? l->kh : l->kw;

	if (!cd_words_take(p, "pad"))
		return 0;
	if (!cd_words_take(p, "same"))
		return cd_words_int(p, "pad", 0, least - 1, &l->pad);
	if (l->kh != l->kw || l->kh % 2 == 0)
		return cd_words_fail(p,
		    "'pad same' wants a square window of "
		    "odd size, not %dx%d",
		    l->kh, l->kw);
	l->pad = (l->kh - 1) / 2;
	return 0;
}

/* What conv and separable share: N HxW [norm [gamma G]] [relu] [stride S]
 * [pad P]. *with_norm: is there one? */
static int
want_filters(struct parser *p, struct cd_layer *l, struct cd_layer *norm,
    bool *with_norm)
{
	if (cd_words_int(p, "the number of filters", 1, OUT_MAX, &l->out[2]) <
		0 ||
	    want_window(p, l) < 0)
		return -1;
	*with_norm = cd_words_take(p, "norm");
	if (*with_norm && want_gamma(p, norm) < 0)
		return -1;
	/* ReLU follows the last of the two */
	*(*with_norm ? &norm->relu : &l->relu) = cd_words_take(p, "relu");
	if (want_stride(p, l) < 0)
		return -1;
	return want_pad(p, l);
}

int
cd_line_conv(struct parser *p)
{
	struct cd_layer l = blank(CD_LAYER_CONV), norm = blank(CD_LAYER_NORM);
	bool with_norm;

	if (want_filters(p, &l, &norm, &with_norm) < 0)
		return -1;
	if (cd_words_take(p, "groups") &&
	    cd_words_int(p, "groups", 1, OUT_MAX, &l.groups) < 0)
		return -1;
	l.bias = !cd_words_take(p, "nobias") && !with_norm;
	if (cd_words_end(p) < 0 || add_layer(p, &l, "") < 0)
		return -1;
	return with_norm ? add_layer(p, &norm, "-norm") : 0;
}

int
cd_line_separable(struct parser *p)
{
	struct cd_layer l = blank(CD_LAYER_CONV), norm = blank(CD_LAYER_NORM);
	struct cd_layer point = blank(CD_LAYER_CONV);
	bool with_norm;

	if (want_filters(p, &l, &norm, &with_norm) < 0)
		return -1;
	point.kh = point.kw = 1;
	point.out[2] = l.out[2];
	point.relu = l.relu;
	point.bias = !cd_words_take(p, "nobias") && !with_norm;
	l.relu = false;
	l.groups = l.out[2] = channels(p);
	if (cd_words_end(p) < 0 || add_layer(p, &l, "-depthwise") < 0 ||
	    add_layer(p, &point, "-pointwise") < 0)
		return -1;
	return with_norm ? add_layer(p, &norm, "-norm") : 0;
}

int
cd_line_norm(struct parser *p)
{
	struct cd_layer l = blank(CD_LAYER_NORM);

	l.relu = cd_words_take(p, "relu");
	if (want_gamma(p, &l) < 0 ||
	    (cd_words_take(p, "momentum") &&
		cd_words_real(p, "momentum", 0, 0.9999, &l.momentum) < 0) ||
	    (cd_words_take(p, "epsilon") &&
		cd_words_real(p, "epsilon", 1e-10, 1, &l.epsilon) < 0))
		return -1;
	return add_last(p, &l);
}

int
cd_line_relu(struct parser *p)
{
	struct cd_layer l = blank(CD_LAYER_RELU);

	return add_last(p, &l);
}

/* K or global. */
static int
want_size(struct parser *p, struct cd_layer *l)
{
	if (l->pool == CD_POOL_AVERAGE && cd_words_take(p, "global")) {
		l->pool = CD_POOL_GLOBAL;
		return 0;
	}
	if (cd_words_int(p, "the window's size", 1, POOL_MAX, &l->kh) < 0)
		return -1;
	l->kw = l->stride = l->kh;
	if (want_stride(p, l) < 0)
		return -1;
	if (!cd_words_take(p, "pad"))
		return 0;
	if (!cd_words_take(p, "same"))
		return cd_words_fail(p, "the only padding of a pool is 'same'");
	l->same = true;
	l->pad = (l->kh - 1) / 2;
	return 0;
}

int
cd_line_pool(struct parser *p)
{
	struct cd_layer l = blank(CD_LAYER_POOL);
	const char *how = cd_words_next(p, "'max' or 'avg'");

	if (!how)
		return -1;
	if (strcmp(how, "avg") == 0)
		l.pool = CD_POOL_AVERAGE;
	else if (strcmp(how, "max") != 0)
		return cd_words_reject(p, "neither 'max' nor 'avg':", how);
	if (want_size(p, &l) < 0)
		return -1;
	return add_last(p, &l);
}

int
cd_line_excite(struct parser *p)
{
	struct cd_layer l = blank(CD_LAYER_EXCITE);
	int by, c = channels(p);
	char in[CD_SHAPE_TEXT];

	if (cd_words_int(p, "the reduction", 1, OUT_MAX, &by) < 0)
		return -1;
	if (by > c)
		return cd_words_fail(p,
		    "a reduction by %d wants as many channels, the input is %s",
		    by,
		    cd_shape_text(cd_shape_from(p->net->layer, p->net->in,
				      p->from),
			in));
	l.reduce = c / by;
	return add_last(p, &l);
}

int
cd_line_flatten(struct parser *p)
{
	struct cd_layer l = blank(CD_LAYER_FLATTEN);

	return add_last(p, &l);
}

int
cd_line_dropout(struct parser *p)
{
	struct cd_layer l = blank(CD_LAYER_DROPOUT);

	if (cd_words_real(p, "the rate", 0, 0.99, &l.rate) < 0)
		return -1;
	return add_last(p, &l);
}

int
cd_line_dense(struct parser *p)
{
	struct cd_layer l = blank(CD_LAYER_DENSE);

	if (cd_words_int(p, "the number of outputs", 1, OUT_MAX, &l.out[2]) < 0)
		return -1;
	l.bias = true;
	l.relu = cd_words_take(p, "relu");
	return add_last(p, &l);
}

int
cd_line_block(struct parser *p)
{
	if (cd_words_end(p) < 0)
		return -1;
	if (p->nblocks == CD_DEPTH_MAX)
		return cd_words_fail(p, "blocks more than %d deep",
		    CD_DEPTH_MAX);
	p->block[p->nblocks++] = (struct cd_block){ .line = p->line,
		.input = p->from };
	return 0;
}

/* The innermost block, whose path that ends here has layers; or NULL. */
static struct cd_block *
open_block(struct parser *p)
{
	struct cd_block *b;

	if (p->nblocks == 0) {
		cd_words_fail(p, "no block is open");
		return NULL;
	}
	b = &p->block[p->nblocks - 1];
	if (p->from != b->input)
		return b;
	if (b->shortcut)
		cd_words_fail(p,
		    "the shortcut of the block of line %d has no layers: "
		    "without 'shortcut' it is the input itself",
		    b->line);
	else
		cd_words_fail(p, "the block of line %d has no layers", b->line);
	return NULL;
}

int
cd_line_shortcut(struct parser *p)
{
	struct cd_block *b = open_block(p);

	if (!b || cd_words_end(p) < 0)
		return -1;
	if (b->shortcut)
		return cd_words_fail(p,
		    "the block of line %d has a shortcut already", b->line);
	b->shortcut = true;
	b->main = p->from;
	p->from = b->input;
	return 0;
}

int
cd_line_end(struct parser *p)
{
	struct cd_layer l = blank(CD_LAYER_ADD);
	struct cd_block *b = open_block(p);

	if (!b)
		return -1;
	l.relu = cd_words_take(p, "relu");
	l.other = b->input;
	if (b->shortcut) {
		l.other = p->from;
		p->from = b->main;
	}
	p->nblocks--;
	return add_last(p, &l);
}
