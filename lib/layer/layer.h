/* A net's layers. A kind of layer is a row, struct cd_layer_kind, in a file of
 * its own: the lines of the net text that make it, its shapes, parameters and
 * operations, and the step that computes it. CD_LAYERS lists the kinds. */
#ifndef CD_LAYER_LAYER_H
#define CD_LAYER_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "layer/words.h"

/* All kinds: X(NAME) stands for the row cd_layer_NAME in layer/NAME.c, and
 * for its entry in cd_layer_kinds. */
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
	CD_WINDOW_MAX = 64,   /* a window's sides, and strides */
};

/* Numbers of a layer's output, at most. */
#define CD_LAYER_OUTPUT_MAX ((uint64_t)1 << 28)

enum cd_pool_how {
	CD_POOL_MAX,
	CD_POOL_AVERAGE,
	CD_POOL_GLOBAL, /* average of the whole map */
};

struct cd_layer {
	const struct cd_layer_kind *kind;
	int line; /* in the text, from 1 */
	/* given by `as NAME`, or the line's word and its count (conv1); those
	 * of a statement that is several end in -norm, -depthwise, -pointwise;
	 * a block's is add1 */
	char name[CD_LAYER_NAME_MAX];
	int from;	   /* the layer that it takes, or CD_NET_PICTURE */
	int other;	   /* a second one, likewise, or CD_LAYER_NONE */
	int in[3], out[3]; /* H, W, C; a vector is 1, 1, n */
	bool relu;	   /* conv, norm, add, dense: ReLU follows */

	int kh, kw, stride; /* conv; pool: kh = kw = its size, of a global
			     * one 0 (and its stride 1) */
	/* conv: zeros around. pool: as much that OH = ceil(H / stride),
	 * (size - 1) / 2 of it above and left; cells outside do not count */
	int pad;
	bool same;  /* pool: padded so; else pad is 0 */
	int groups; /* conv: channels in and out fall into so many */
	bool bias;  /* conv */
	enum cd_pool_how pool;
	int reduce;		  /* excite: hidden units */
	double rate;		  /* dropout */
	double alpha;		  /* leaky: the slope below 0 */
	double gamma;		  /* norm: what gamma starts at */
	double momentum, epsilon; /* norm */
};

/* What a parameter is for. Weight decay acts on weights alone; statistics are
 * averages of what training saw, which no gradient changes. */
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
	double start;		/* others: what they are at first */
};

/* The layers that a line stands for: each takes what the one before it gives.
 * suffix: what their names have behind the line's own ("-norm"). */
struct cd_layer_line {
	int n;
	struct cd_layer layer[CD_LINE_LAYERS_MAX];
	const char *suffix[CD_LINE_LAYERS_MAX];
};

struct cd_op;
struct cd_op_kind;

struct cd_layer_kind {
	const char *name;
	/* The lines that make it: a first word, and what takes the words behind
	 * it, given the input's shape. It fills in the layers but for line,
	 * name, from and other; in and out only as far as shape() wants. */
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
	 * comparisons (ReLU, max pooling) are free. */
	double (*flops)(const struct cd_layer *);
	/* Its name in tables, where that tells more than `name`; or NULL. */
	const char *(*table_name)(const struct cd_layer *);
	/* Lets the step op compute this layer too, which alone takes its
	 * output; other: the value of the second input (layer/op.h). False
	 * where it cannot. NULL: never. */
	bool (*join)(struct cd_op *op, const struct cd_layer *, int other);
	/* What computes it; NULL: nothing has to, the numbers stay. */
	const struct cd_op_kind *step;
};

#define CD_LAYER_EXTERN(name) extern const struct cd_layer_kind cd_layer_##name;
CD_LAYERS(CD_LAYER_EXTERN)
#undef CD_LAYER_EXTERN

/* For rows: the output is as the input, no parameters, no operations. */
int cd_layer_shape_same(struct cd_layer *, const int other[3], struct cd_err *);
int cd_layer_params_none(const struct cd_layer *, struct cd_param_shape *);
double cd_layer_flops_none(const struct cd_layer *);

/* For rows: takes "stride S", where it is there. */
int cd_layer_take_stride(struct cd_words *, struct cd_layer *) CD_MUST_CHECK;
/* For rows: fills l->out[0..1], the windows kh x kw that lie within the padded
 * map. */
int cd_layer_slide(struct cd_layer *l, struct cd_err *) CD_MUST_CHECK;
/* For rows: a parameter's name, role and dims, those that are not 0. */
struct cd_param_shape cd_layer_param(const char *name, enum cd_param_role,
    int a, int b, int c, int d);
/* For rows: weight [inputs,outputs] and bias [outputs] of a dense layer.
 * Returns 2. */
int cd_layer_dense_params(int inputs, int outputs, const char *weight,
    const char *bias, struct cd_param_shape out[2]);

/* The shape that layer[from] gives; the picture's for CD_NET_PICTURE. */
const int *cd_layer_shape_from(const struct cd_layer *layer,
    const int picture[3], int from);

/* What a net comes to so far, in numbers. */
struct cd_net_size {
	uint64_t params, activations;
};

/* Fills l->in and l->out from the layers before it (layer) and the rest of it,
 * and adds it to size. The error names both shapes, or says which limit of
 * formats/net.md is passed. */
int cd_layer_shape(struct cd_layer *l, const struct cd_layer *layer,
    const int picture[3], struct cd_net_size *size,
    struct cd_err *) CD_MUST_CHECK;

/* Its parameters' shapes; how many there are. */
int cd_layer_params(const struct cd_layer *,
    struct cd_param_shape out[CD_LAYER_PARAMS_MAX]);
/* Its operations. */
double cd_layer_flops(const struct cd_layer *);

/* What tables call it: "conv", "depthwise". */
const char *cd_layer_table_name(const struct cd_layer *);

/* How many numbers its parameters have; those that are trained. */
uint64_t cd_layer_nparams(const struct cd_layer *);
uint64_t cd_layer_ntrained(const struct cd_layer *);

#endif
