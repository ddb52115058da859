#include "net/frame.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "layer/shape.h"

enum {
	CLASSES_MAX = 65536, /* that a header may name */
};

/* Takes WHAT and a number for each channel; without WHAT all are `first`. */
static int
want_channels(struct cd_parser *p, const char *what, double min, double first,
    float **out)
{
	int i, c = p->net->in[2];
	char name[64];
	double v;

	*out = cd_calloc((size_t)c, sizeof **out, p->w.e);
	if (!*out)
		return -1;
	for (i = 0; i < c; i++)
		(*out)[i] = (float)first;
	if (!cd_words_take(&p->w, what))
		return 0;
	for (i = 0; i < c; i++) {
		snprintf(name, sizeof name, "%s of channel %d", what, i);
		if (cd_words_real(&p->w, name, min, 1e6, &v) < 0)
			return -1;
		(*out)[i] = (float)v;
	}
	return 0;
}

int
cd_frame_input(struct cd_parser *p)
{
	struct cd_net *net = p->net;

	if (p->have_input)
		return cd_words_fail(&p->w, "a second input");
	p->have_input = true;
	if (cd_words_int(&p->w, "height", 1, CD_SIDE_MAX, &net->in[0]) < 0 ||
	    cd_words_int(&p->w, "width", 1, CD_SIDE_MAX, &net->in[1]) < 0 ||
	    cd_words_int(&p->w, "channels", 1, CD_INPUT_CHANNELS_MAX,
		&net->in[2]) < 0)
		return -1;
	net->scale = 1;
	if (cd_words_take(&p->w, "scale") &&
	    cd_words_real(&p->w, "scale", 1e-6, 1e6, &net->scale) < 0)
		return -1;
	if (want_channels(p, "mean", -1e6, 0, &net->mean) < 0 ||
	    want_channels(p, "deviation", 1e-6, 1, &net->deviation) < 0)
		return -1;
	return cd_words_end(&p->w);
}

int
cd_frame_init(struct cd_parser *p)
{
	const char *how = cd_words_next(&p->w, "'glorot' or 'he'");

	if (!how)
		return -1;
	if (p->have_init)
		return cd_words_fail(&p->w, "a second init");
	p->have_init = true;
	if (strcmp(how, "he") == 0)
		p->net->init = CD_INIT_HE;
	else if (strcmp(how, "glorot") != 0)
		return cd_words_reject(&p->w,
		    "neither 'glorot' nor 'he':", how);
	return cd_words_end(&p->w);
}

/* Checks the last layer's outputs against the loss. */
static int
check_outputs(struct cd_parser *p)
{
	struct cd_net *net = p->net;
	const int *out = net->layer[net->nlayers - 1].out;
	char shape[CD_SHAPE_TEXT];

	if (!cd_shape_is_vector(out))
		return cd_words_fail(&p->w,
		    "the input is a map of %s, a vector "
		    "(1x1xn) is wanted",
		    cd_shape_text(out, shape));
	net->noutputs = net->nclasses = out[2];
	if (net->loss == CD_LOSS_LOGISTIC) {
		if (out[2] != 1)
			return cd_words_fail(&p->w,
			    "the input is %s, logistic "
			    "wants one output (1x1x1)",
			    cd_shape_text(out, shape));
		net->nclasses = 2;
	} else if (out[2] < 2 || out[2] > CLASSES_MAX) {
		return cd_words_fail(&p->w,
		    "the input is %s, softmax wants 2 to "
		    "%d outputs (1x1xn)",
		    cd_shape_text(out, shape), CLASSES_MAX);
	}
	return 0;
}

int
cd_frame_loss(struct cd_parser *p)
{
	const char *how = cd_words_next(&p->w, "'logistic' or 'softmax'");

	if (!how)
		return -1;
	if (strcmp(how, "logistic") == 0)
		p->net->loss = CD_LOSS_LOGISTIC;
	else if (strcmp(how, "softmax") == 0)
		p->net->loss = CD_LOSS_SOFTMAX;
	else
		return cd_words_reject(&p->w,
		    "neither 'logistic' nor 'softmax':", how);
	p->have_loss = true;
	if (p->nblocks > 0)
		return cd_words_fail(&p->w,
		    "the block of line %d is not closed",
		    p->block[p->nblocks - 1].line);
	if (p->size.params == 0)
		return cd_words_fail(&p->w,
		    "no layer before it has parameters");
	if (cd_words_end(&p->w) < 0)
		return -1;
	return check_outputs(p);
}
