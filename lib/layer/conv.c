/* Convolutions: the lines `conv` and `separable` (depthwise, then pointwise),
 * with the norm that they may include. */
#include <string.h>

#include "base/num.h"
#include "layer/conv_step.h"
#include "layer/norm.h"
#include "layer/shape.h"

/* HEIGHTxWIDTH, a window. */
static int
take_window(struct cd_words *w, struct cd_layer *l)
{
	const char *word = cd_words_next(w, "the window (3x3)");

	if (!word)
		return -1;
	if (cd_parse_wxh(word, 1, CD_WINDOW_MAX, &l->kh, &l->kw, NULL) < 0)
		return cd_words_reject(w,
		    "a window is HEIGHTxWIDTH, each "
		    "1 to 64, not",
		    word);
	return 0;
}

static int
take_pad(struct cd_words *w, struct cd_layer *l)
{
	int least = l->kh < l->kw ? l->kh : l->kw;

	if (!cd_words_take(w, "pad"))
		return 0;
	if (!cd_words_take(w, "same"))
		return cd_words_int(w, "pad", 0, least - 1, &l->pad);
	if (l->kh != l->kw || l->kh % 2 == 0)
		return cd_words_fail(w,
		    "'pad same' wants a square window of "
		    "odd size, not %dx%d",
		    l->kh, l->kw);
	l->pad = (l->kh - 1) / 2;
	return 0;
}

/* The words that conv and separable share: N HxW [norm [gamma G]] [relu]
 * [stride S] [pad P]. *with_norm: is there a norm? */
static int
take_filters(struct cd_words *w, struct cd_layer *l, struct cd_layer *norm,
    bool *with_norm)
{
	*l = (struct cd_layer){ .kind = &cd_layer_conv,
		.stride = 1,
		.groups = 1 };
	*norm = cd_norm_layer();
	if (cd_words_int(w, "the number of filters", 1, CD_OUT_MAX,
		&l->out[2]) < 0 ||
	    take_window(w, l) < 0)
		return -1;
	*with_norm = cd_words_take(w, "norm");
	if (*with_norm && cd_norm_gamma(w, norm) < 0)
		return -1;
	/* ReLU follows the last of the two */
	*(*with_norm ? &norm->relu : &l->relu) = cd_words_take(w, "relu");
	if (cd_layer_take_stride(w, l) < 0)
		return -1;
	return take_pad(w, l);
}

static int
parse_conv(struct cd_words *w, const int in[3], struct cd_layer_line *line)
{
	struct cd_layer *l = &line->layer[0];
	bool with_norm;

	(void)in;
	if (take_filters(w, l, &line->layer[1], &with_norm) < 0)
		return -1;
	if (cd_words_take(w, "groups") &&
	    cd_words_int(w, "groups", 1, CD_OUT_MAX, &l->groups) < 0)
		return -1;
	l->bias = !cd_words_take(w, "nobias") && !with_norm;
	line->n = 1 + with_norm;
	line->suffix[1] = "-norm";
	return cd_layer_window_end(w);
}

static int
parse_separable(struct cd_words *w, const int in[3], struct cd_layer_line *line)
{
	struct cd_layer *depth = &line->layer[0], *point = &line->layer[1];
	bool with_norm;

	if (take_filters(w, depth, &line->layer[2], &with_norm) < 0)
		return -1;
	*point = (struct cd_layer){ .kind = &cd_layer_conv,
		.stride = 1,
		.groups = 1,
		.kh = 1,
		.kw = 1,
		.relu = depth->relu };
	point->out[2] = depth->out[2];
	point->bias = !cd_words_take(w, "nobias") && !with_norm;
	depth->relu = false;
	depth->groups = depth->out[2] = in[2];
	line->n = 2 + with_norm;
	line->suffix[0] = "-depthwise";
	line->suffix[1] = "-pointwise";
	line->suffix[2] = "-norm";
	return cd_layer_window_end(w);
}

static int
shape(struct cd_layer *l, const int other[3], struct cd_err *e)
{
	(void)other;
	if (l->in[2] % l->groups != 0 || l->out[2] % l->groups != 0)
		return cd_fail(e,
		    "%d groups do not divide both the %d channels of the input "
		    "and the %d filters",
		    l->groups, l->in[2], l->out[2]);
	return cd_layer_slide(l, e);
}

static int
params(const struct cd_layer *l, struct cd_param_shape *out)
{
	double area = (double)l->kh * l->kw;

	out[0] = cd_layer_param("weight", CD_PARAM_WEIGHT, l->kh, l->kw,
	    l->in[2] / l->groups, l->out[2]);
	out[0].fan_in = area * l->in[2] / l->groups;
	out[0].fan_out = area * l->out[2] / l->groups;
	out[1] = cd_layer_param("bias", CD_PARAM_BIAS, l->out[2], 0, 0, 0);
	return l->bias ? 2 : 1;
}

static double
flops(const struct cd_layer *l)
{
	double n = (double)cd_shape_volume(l->out);

	return 2 * n * l->kh * l->kw * (l->in[2] / l->groups);
}

static const char *
table_name(const struct cd_layer *l)
{
	return l->groups > 1 && l->groups == l->in[2] ? "depthwise" : "conv";
}

const struct cd_layer_kind cd_layer_conv = {
	.name = "conv",
	.line = { { "conv", parse_conv }, { "separable", parse_separable } },
	.shape = shape,
	.params = params,
	.flops = flops,
	.table_name = table_name,
	.join = cd_conv_step_join,
	.step = &cd_conv_step,
};
