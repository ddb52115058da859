/* A net: layers in order, with their shapes, and a loss. */
#ifndef CD_NET_NET_H
#define CD_NET_NET_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "layer/layer.h"

enum {
	CD_SIDE_MAX = 8192, /* height and width of a picture */
	CD_LAYERS_MAX = 1024,
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

void cd_net_free(struct cd_net *);

/* The net's layers at pictures of h x w: layer [nlayers], out, copies with
 * other in and out. The error names the layer that cannot have this size: a
 * window larger than its map, paths of a block that do not meet, a dense layer
 * whose weights would have another shape. */
int cd_net_at_size(const struct cd_net *, int h, int w, struct cd_layer *layer,
    struct cd_err *) CD_MUST_CHECK;

/* The table of layers, shapes, parameters and FLOPs, as text. */
void cd_net_summary(const struct cd_net *, FILE *);

#endif
