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
	CD_LAYER_POOL,
	CD_LAYER_RELU,
	CD_LAYER_FLATTEN,
	CD_LAYER_DROPOUT,
	CD_LAYER_DENSE,
};

enum cd_loss {
	CD_LOSS_LOGISTIC, /* one output, two classes */
	CD_LOSS_SOFTMAX,
};

enum cd_net_init {
	CD_INIT_GLOROT, /* uniform +-sqrt(6 / (fan in + fan out)) */
	CD_INIT_HE,	/* normal, sd sqrt(2 / fan in) */
};

struct cd_layer {
	enum cd_layer_kind kind;
	int line;		      /* in the text, from 1 */
	char name[CD_LAYER_NAME_MAX]; /* given by `as NAME`, or conv1,
					 * dense2: the kind and its count */
	int in[3], out[3];	      /* H, W, C; a vector is 1, 1, n */
	int kh, kw, stride, pad;      /* conv; pool: kh = kw = its size */
	bool relu;		      /* conv, dense: ReLU follows */
	double rate;		      /* dropout */
};

struct cd_net {
	char *text; /* verbatim, NUL-terminated */
	size_t len;
	int in[3];    /* H, W, C of a picture */
	double scale; /* a byte times this is the input */
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

/* A layer's parameters: weights [kh,kw,cin,cout] (conv) or [in,out] (dense),
 * then bias [out]. Returns how many tensors (0 or 2); dims and ranks as the
 * model's records have them. */
int cd_layer_params(const struct cd_layer *, int rank[2], uint64_t dim[2][4]);

/* Multiply-adds times two of one picture's forward pass through a layer. */
double cd_layer_flops(const struct cd_layer *);

/* The table of layers, shapes, parameters and FLOPs, as text. */
void cd_net_summary(const struct cd_net *, FILE *);

#endif
