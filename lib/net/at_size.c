/* A net on pictures of another size than its own. */
#include <string.h>

#include "layer/shape.h"
#include "net/text.h"

/* Do the layer's parameters have the shapes that they have at the net's own
 * size, and is the output that which the loss was checked for? */
static int
check_same(const struct cd_net *net, const struct cd_layer *l,
    const struct cd_layer *own, struct cd_err *e)
{
	char got[CD_SHAPE_TEXT], want[CD_SHAPE_TEXT];

	if (l->in[2] != own->in[2] && cd_layer_nparams(own) > 0)
		return cd_fail(e, "the input is %s, its parameters are for %s",
		    cd_shape_text(l->in, got), cd_shape_text(own->in, want));
	if (own == &net->layer[net->nlayers - 1] &&
	    memcmp(l->out, own->out, sizeof l->out) != 0)
		return cd_fail(e, "the output is %s, the loss wants %s",
		    cd_shape_text(l->out, got), cd_shape_text(own->out, want));
	return 0;
}

int
cd_net_at_size(const struct cd_net *net, int h, int w, struct cd_layer *layer,
    struct cd_err *e)
{
	int i, picture[3] = { h, w, net->in[2] };
	struct cd_net_size size = { 0, 0 };

	if (h < 1 || w < 1 || h > CD_SIDE_MAX || w > CD_SIDE_MAX)
		return cd_fail(e,
		    "pictures of %dx%d: height and width are 1 to %d", h, w,
		    CD_SIDE_MAX);
	for (i = 0; i < net->nlayers; i++) {
		layer[i] = net->layer[i];
		if (cd_layer_shape(&layer[i], layer, picture, &size, e) < 0 ||
		    check_same(net, &layer[i], &net->layer[i], e) < 0)
			return cd_fail_at(e, "pictures of %dx%d: line %d: %s",
			    h, w, layer[i].line, layer[i].name);
	}
	return 0;
}
