/* The net text (formats/net.md): parsed, with every shape worked out. */
#ifndef CD_NET_TEXT_H
#define CD_NET_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "layer/layer.h"

enum {
	CD_NET_TEXT_MAX = 64 << 10, /* bytes */
	CD_LAYERS_MAX = 1024,
	CD_INPUT_CHANNELS_MAX = 1024,
	CD_SIDE_MAX = 8192, /* a picture's height and width */
};

enum cd_loss {
	CD_LOSS_LOGISTIC, /* one output, two classes */
	CD_LOSS_SOFTMAX,
};

enum cd_net_init {
	CD_INIT_GLOROT, /* uniform +-sqrt(6 / (fan in + fan out)) */
	CD_INIT_HE,	/* normal, sd sqrt(2 / fan in) */
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

/* The table of layers, shapes, parameters and FLOPs, as text. */
void cd_net_summary(const struct cd_net *, FILE *);

#endif
