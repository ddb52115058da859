/* Layers of a net. A kind of layer is a struct cd_layer_kind in a file of its
 * own: the lines of the net text that make it, its shapes, parameters and
 * operations, and the step that computes it. CD_LAYERS lists the kinds. */
#ifndef CD_LAYER_LAYER_H
#define CD_LAYER_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "layer/words.h"

/* All kinds: X(NAME) stands for cd_layer_NAME in layer/NAME.c, and for its
 * entry in cd_layer_kinds. */
#define CD_LAYERS(X) \
	X(conv)      \
	X(norm)      \
	X(relu)      \
	X(leaky)     \
	X(pool)      \
	X(excite)    \
	X(add)       \
	X(flatten)   \
	X(dropout)   \
	X(dense)

enum {
	CD_NET_PICTURE = -1, /* from, other: the picture itself */
	CD_LAYER_NONE = -2,  /* other: the layer takes one map only */

	CD_LAYER_PARAMS_MAX = 4,
	CD_LINE_LAYERS_MAX = 3, /* separable: depthwise, pointwise, norm */
	CD_KIND_LINES_MAX = 2,

	CD_OUT_MAX = 1 << 20, /* filters of a conv, outputs of a dense */
	CD_WINDOW_MAX = 64,   /* sides of a window, and strides */
};

/* Most numbers in a layer's output. */
#define CD_LAYER_OUTPUT_MAX ((uint64_t)1 << 28)

enum cd_pool_how {
	CD_POOL_MAX,
	CD_POOL_AVERAGE,
	CD_POOL_GLOBAL, /* average of the whole map */
};

struct cd_layer {
	const struct cd_layer_kind *kind;
	int line; /* in the text, from 1 */
	/* given by `as NAME`, else the line's word and a count (conv1, add1);
	 * where a line makes several layers, their names end in -norm,
	 * -depthwise, -pointwise */
	char name[CD_LAYER_NAME_MAX];
	int from;	   /* its input: a layer, or CD_NET_PICTURE */
	int other;	   /* its second input, or CD_LAYER_NONE */
	int in[3], out[3]; /* H, W, C; a vector is 1, 1, n */
	bool relu;	   /* conv, norm, add, dense: ReLU follows */

	int kh, kw, stride; /* conv; pool: kh = kw = its size; global pool:
			     * kh = kw = 0, stride 1 */
	/* conv: zeros on each side. pool: (size - 1) / 2 above and left, and
	 * below and right what OH = ceil(H / stride) needs; cells outside do
	 * not count */
	int pad;
	bool same;  /* pool: padded; else pad is 0 */
	int groups; /* conv: of the channels in and out */
	bool bias;  /* conv */
	enum cd_pool_how pool;
	int reduce;		  /* excite: hidden units */
	double rate;		  /* dropout */
	double alpha;		  /* leaky: the slope below 0 */
	double gamma;		  /* norm: gamma at the start */
	double momentum, epsilon; /* norm */
};

/* The role of a parameter. Weight decay acts on weights alone; statistics (mean
 * and variance) are running averages and have no gradient. */
enum cd_param_role {
	CD_PARAM_WEIGHT,
	CD_PARAM_BIAS, /* of a conv or dense, beta of a norm */
	CD_PARAM_GAMMA,
	CD_PARAM_MEAN,
	CD_PARAM_VARIANCE,
};

static inline bool
cd_param_is_statistic(enum cd_param_role r)
{
	return r == CD_PARAM_MEAN || r == CD_PARAM_VARIANCE;
}

struct cd_param_shape {
	const char *name; /* "weight", "bias"; unique in its layer */
	enum cd_param_role role;
	int rank;
	uint64_t dim[4];
	double fan_in, fan_out; /* weights */
	double start;		/* others: their first value */
};

/* The layers that a line makes, each the input of the next. suffix: appended to
 * the line's name for theirs ("-norm"). */
struct cd_layer_line {
	int n;
	struct cd_layer layer[CD_LINE_LAYERS_MAX];
	const char *suffix[CD_LINE_LAYERS_MAX];
};

struct cd_op;
struct cd_op_kind;

struct cd_layer_kind {
	const char *name;
	/* The lines that make it: their first word, and a parser of the words
	 * after it, given the input's shape. The parser fills in the layers
	 * except line, name, from and other; in and out only as far as shape()
	 * needs them. */
	struct {
		const char *word;
		int (*parse)(struct cd_words *, const int in[3],
		    struct cd_layer_line *);
	} line[CD_KIND_LINES_MAX];
	/* Fills l->out from l->in and the rest; other: the second input's
	 * shape, where there is one. The error names the shapes. */
	int (*shape)(struct cd_layer *l, const int other[3], struct cd_err *);
	/* Fills in the parameters' shapes; returns how many, at most
	 * CD_LAYER_PARAMS_MAX. */
	int (*params)(const struct cd_layer *, struct cd_param_shape *);
	/* Multiplications and additions of one picture's forward pass;
	 * comparisons (ReLU, max pooling) are not counted. */
	double (*flops)(const struct cd_layer *);
	/* Its name in tables where `name` is not enough; or NULL. */
	const char *(*table_name)(const struct cd_layer *);
	/* Makes the step op compute this layer too, which is the only one that
	 * takes op's output; other: the value of the second input
	 * (layer/op.h). False where op cannot. NULL: none can. */
	bool (*join)(struct cd_op *op, const struct cd_layer *, int other);
	/* Computes it; NULL: the output is the input's numbers. */
	const struct cd_op_kind *step;
};

#define CD_LAYER_EXTERN(name) extern const struct cd_layer_kind cd_layer_##name;
CD_LAYERS(CD_LAYER_EXTERN)
#undef CD_LAYER_EXTERN

/* For kinds: the output has the input's shape; no parameters; no operations. */
int cd_layer_shape_same(struct cd_layer *, const int other[3], struct cd_err *);
int cd_layer_params_none(const struct cd_layer *, struct cd_param_shape *);
double cd_layer_flops_none(const struct cd_layer *);

/* For kinds: takes "stride S", if it comes next. */
int cd_layer_take_stride(struct cd_words *, struct cd_layer *) CD_MUST_CHECK;
/* For kinds with a window: as cd_words_end, but of known words out of their
 * order says what comes before what. */
int cd_layer_window_end(struct cd_words *) CD_MUST_CHECK;
/* For kinds: sets l->out[0..1], the number of kh x kw windows within the padded
 * map. */
int cd_layer_slide(struct cd_layer *l, struct cd_err *) CD_MUST_CHECK;
/* For kinds: a parameter with this name, role and those dims that are not 0. */
struct cd_param_shape cd_layer_param(const char *name, enum cd_param_role,
    int a, int b, int c, int d);
/* For kinds: weight [inputs,outputs] and bias [outputs] of a dense layer.
 * Returns 2. */
int cd_layer_dense_params(int inputs, int outputs, const char *weight,
    const char *bias, struct cd_param_shape out[2]);

/* The output shape of layer[from]; the picture's for CD_NET_PICTURE. */
const int *cd_layer_shape_from(const struct cd_layer *layer,
    const int picture[3], int from);

/* Totals of a net so far, in numbers (floats). */
struct cd_net_size {
	uint64_t params, activations;
};

/* Sets l->in and l->out from the layers before it (layer) and its other fields,
 * and adds it to size. The error names both shapes, or the limit of
 * formats/net.md that is exceeded. */
int cd_layer_shape(struct cd_layer *l, const struct cd_layer *layer,
    const int picture[3], struct cd_net_size *size,
    struct cd_err *) CD_MUST_CHECK;

/* Fills in its parameters' shapes; returns how many. */
int cd_layer_params(const struct cd_layer *,
    struct cd_param_shape out[CD_LAYER_PARAMS_MAX]);
/* See flops of struct cd_layer_kind. */
double cd_layer_flops(const struct cd_layer *);

/* Its name in tables: "conv", "depthwise". */
const char *cd_layer_table_name(const struct cd_layer *);

/* How many numbers its parameters have; how many of them are trained. */
uint64_t cd_layer_nparams(const struct cd_layer *);
uint64_t cd_layer_ntrained(const struct cd_layer *);

#endif
