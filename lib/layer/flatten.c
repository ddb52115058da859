/* A map as a vector: the same numbers in the same order, so nothing is
 * computed. */
#include <inttypes.h>

#include "layer/layer.h"
#include "layer/shape.h"

static int
parse(struct cd_words *w, const int in[3], struct cd_layer_line *line)
{
	(void)in;
	line->layer[0] = (struct cd_layer){ .kind = &cd_layer_flatten };
	line->n = 1;
	return cd_words_end(w);
}

static int
shape(struct cd_layer *l, const int other[3], struct cd_err *e)
{
	uint64_t n = cd_shape_volume(l->in);
	char in[CD_SHAPE_TEXT];

	(void)other;
	if (n > CD_LAYER_OUTPUT_MAX)
		return cd_fail(e, "%s is more than %" PRIu64 " numbers",
		    cd_shape_text(l->in, in), CD_LAYER_OUTPUT_MAX);
	l->out[0] = l->out[1] = 1;
	l->out[2] = (int)n;
	return 0;
}

const struct cd_layer_kind cd_layer_flatten = {
	.name = "flatten",
	.line = { { "flatten", parse } },
	.shape = shape,
	.params = cd_layer_params_none,
	.flops = cd_layer_flops_none,
};
