/* The net text (formats/net.md): parsed, with every shape worked out. */
#ifndef CD_NET_TEXT_H
#define CD_NET_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum {
	CD_NET_TEXT_MAX = 64 << 10, /* bytes */
	CD_LAYERS_MAX = 1024,
	CD_LAYER_NAME_MAX = 64, /* its NUL included */
};

enum cd_layer_kind {
	CD_LAYER_CONV,
	CD_LAYER_NORM, /* batch norm */
	CD_LAYER_RELU,
	CD_LAYER_POOL,
	CD_LAYER_EXCITE, /* squeeze-and-excitation */
	CD_LAYER_ADD,	 /* where a block's two paths meet */
	CD_LAYER_FLATTEN,
	CD_LAYER_DROPOUT,
	CD_LAYER_DENSE,
	CD_LAYER_KINDS
};

enum cd_pool_kind {
	CD_POOL_MAX,
	CD_POOL_AVERAGE,
	CD_POOL_GLOBAL, /* average of the whole map */
};

enum cd_loss {
	CD_LOSS_LOGISTIC, /* one output, two classes */
	CD_LOSS_SOFTMAX,
};

enum cd_net_init {
	CD_INIT_GLOROT, /* uniform +-sqrt(6 / (fan in + fan out)) */
	CD_INIT_HE,	/* normal, sd sqrt(2 / fan in) */
};

enum {
	CD_NET_PICTURE = -1, /* from: the picture itself */
	CD_LAYER_PARAMS_MAX = 4,
	CD_INPUT_CHANNELS_MAX = 1024,
};

/* A layer takes the output of an earlier one. Statements that stand for
 * several layers (conv ... norm, separable, block) are several here. */
struct cd_layer {
	enum cd_layer_kind kind;
	int line; /* in the text, from 1 */
	/* given by `as NAME`, or the line's word and its count (conv1); those
	 * of a statement that is several end in -norm, -depthwise, -pointwise;
	 * a block's is add1 */
	char name[CD_LAYER_NAME_MAX];
	int from;	    /* the layer that it takes, or CD_NET_PICTURE */
	int other;	    /* add: the shortcut's end, likewise */
	int in[3], out[3];  /* H, W, C; a vector is 1, 1, n */
	int kh, kw, stride; /* conv; pool: kh = kw = its size, of a global
			     * one 0 (and its stride 1) */
	/* conv: zeros around. pool: as much that OH = ceil(H / stride),
	 * (size - 1) / 2 of it above and left; cells outside do not count */
	int pad;
	bool same;  /* pool: padded so; else pad is 0 */
	int groups; /* conv: channels in and out fall into so many */
	bool bias;  /* conv; dense has one always */
	bool relu;  /* conv, norm, add, dense: ReLU follows */
	enum cd_pool_kind pool;
	int reduce;		  /* excite: hidden units */
	double rate;		  /* dropout */
	double gamma;		  /* norm: what gamma starts at */
	double momentum, epsilon; /* norm */
};

struct cd_net {
	char *text; /* verbatim, NUL-terminated */
	size_t len;
	int in[3];    /* H, W, C of a picture */
	double scale; /* the input is (a byte times scale - mean) / deviation */
	float *mean, *deviation; /* [C] */
	enum cd_loss loss;
	enum cd_net_init init;
	int noutputs; /* of the last layer */
	int nclasses; /* 2 for logistic, else noutputs */
	int nlayers;
	struct cd_layer *layer;
};

/* Parses text (len bytes, copied). file: for messages only, which read "FILE:
 * line 7: ..." and name both shapes where shapes do not fit. On failure
 * nothing is held. */
int cd_net_parse(struct cd_net *, const char *text, size_t len,
    const char *file, struct cd_err *) CD_MUST_CHECK;
void cd_net_free(struct cd_net *);

/* Reads the file named (NULL: standard input) and parses it. */
int cd_net_load(struct cd_net *, const char *path,
    struct cd_err *) CD_MUST_CHECK;

/* The shapes of the net's layers for pictures of h x w instead of its own:
 * layer [nlayers], out, a copy but for in and out. An error names the layer
 * that cannot take it: a window larger than its map, paths of a block that do
 * not meet, a dense layer whose weights would have another shape. */
int cd_net_at_size(const struct cd_net *, int h, int w, struct cd_layer *layer,
    struct cd_err *) CD_MUST_CHECK;

/* What a parameter is for. Weight decay acts on weights alone; statistics are
 * averages of what training saw, which no gradient changes. */
enum cd_param_role {
	CD_PARAM_WEIGHT,
	CD_PARAM_BIAS, /* of a conv or dense, beta of a norm */
	CD_PARAM_GAMMA,
	CD_PARAM_MEAN,
	CD_PARAM_VARIANCE,
};

struct cd_param_shape {
	const char *name; /* "weight", "bias"; norm: "gamma", "beta", "mean",
			   * "variance"; excite: "reduce-weight",
			   * "reduce-bias", "expand-weight", "expand-bias" */
	enum cd_param_role role;
	int rank;
	uint64_t dim[4];
	double fan_in, fan_out; /* weights */
};

/* A layer's parameters, in the order above: conv weight
 * [kh,kw,cin/groups,cout], bias [cout]; dense weight [in,out], bias [out];
 * norm four of [c]; excite reduce-weight [c,reduce] and so on. Returns how
 * many, 0 to CD_LAYER_PARAMS_MAX. */
int cd_layer_params(const struct cd_layer *,
    struct cd_param_shape out[CD_LAYER_PARAMS_MAX]);

/* Multiplications and additions of one picture's forward pass through a layer;
 * comparisons (ReLU, max pooling) are free. */
double cd_layer_flops(const struct cd_layer *);

/* The table of layers, shapes, parameters and FLOPs, as text. */
void cd_net_summary(const struct cd_net *, FILE *);

#endif
