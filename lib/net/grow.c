#include "net/grow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const int *
cd_grow_input(const struct cd_parser *p)
{
	return cd_layer_shape_from(p->net->layer, p->net->in, p->from);
}

static int
name_layer(struct cd_parser *p, struct cd_layer *l, const char *suffix)
{
	const struct cd_layer *o = p->net->layer;
	int i;

	if (snprintf(l->name, sizeof l->name, "%s%s", p->name, suffix) >=
	    (int)sizeof l->name)
		return cd_words_fail(&p->w,
		    "the name %s%s has more than %d characters", p->name,
		    suffix, CD_LAYER_NAME_MAX - 1);
	for (i = 0; i < p->net->nlayers; i++)
		if (strcmp(o[i].name, l->name) == 0)
			return cd_words_fail(&p->w,
			    "the layer of line %d has the name %s already",
			    o[i].line, l->name);
	return 0;
}

int
cd_grow(struct cd_parser *p, const struct cd_layer *layer, const char *suffix)
{
	struct cd_net *net = p->net;
	struct cd_layer l = *layer, *more;
	int room;

	if (net->nlayers == CD_LAYERS_MAX)
		return cd_words_fail(&p->w, "more than %d layers",
		    CD_LAYERS_MAX);
	if (name_layer(p, &l, suffix ? suffix : "") < 0)
		return -1;
	l.line = p->w.line;
	l.from = p->from;
	if (cd_layer_shape(&l, net->layer, net->in, &p->size, p->w.e) < 0)
		return cd_words_blame(&p->w);
	if (net->nlayers == p->room) {
		room = p->room ? 2 * p->room : 16;
		more = realloc(net->layer, (size_t)room * sizeof *more);
		if (!more)
			return cd_words_fail(&p->w, "out of memory");
		net->layer = more;
		p->room = room;
	}
	p->from = net->nlayers;
	net->layer[net->nlayers++] = l;
	return 0;
}
