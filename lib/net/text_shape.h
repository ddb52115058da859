/* Shapes and sizes of layers. Private to lib/net. */
#ifndef CD_NET_TEXT_SHAPE_H
#define CD_NET_TEXT_SHAPE_H

#include "net/text.h"

enum {
	CD_SHAPE_TEXT = 48, /* bytes of "150x150x3" */
	CD_SIDE_MAX = 8192, /* a picture's height and width */
};

/* What a net comes to so far. */
struct cd_net_size {
	uint64_t params, activations;
};

/* "150x150x3": height, width, channels. Returns buf. */
char *cd_shape_text(const int shape[3], char buf[CD_SHAPE_TEXT]);

/* Is it a vector (1, 1, n)? */
bool cd_shape_is_vector(const int shape[3]);

/* The shape that layer[from] gives; the picture's for CD_NET_PICTURE. */
const int *cd_shape_from(const struct cd_layer *layer, const int picture[3],
    int from);

/* Fills l->in and l->out from the layers before it (layer) and the rest of it,
 * and adds it to size. The error names both shapes; or it says which limit of
 * formats/net.md is passed. */
int cd_layer_shape(struct cd_layer *l, const struct cd_layer *layer,
    const int picture[3], struct cd_net_size *size,
    struct cd_err *) CD_MUST_CHECK;

/* How many numbers a layer's parameters have. */
uint64_t cd_layer_nparams(const struct cd_layer *);

#endif
