/* Shapes and sizes of layers. Private to lib/net. */
#ifndef CD_NET_TEXT_SHAPE_H
#define CD_NET_TEXT_SHAPE_H

#include "net/text.h"

enum {
	CD_SHAPE_TEXT = 48, /* bytes of "150x150x3" */
};

/* What a net comes to so far. */
struct cd_net_size {
	uint64_t params, activations;
};

/* "150x150x3": height, width, channels. Returns buf. */
char *cd_shape_text(const int shape[3], char buf[CD_SHAPE_TEXT]);

/* Is it a vector (1, 1, n)? */
bool cd_shape_is_vector(const int shape[3]);

/* Fills l->out from l->in and the rest, and adds the layer to size. The error
 * names both shapes; or it says which limit of formats/net.md is passed. */
int cd_layer_shape(struct cd_layer *l, struct cd_net_size *size,
    struct cd_err *) CD_MUST_CHECK;

#endif
