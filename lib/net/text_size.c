/* A net at another size, and what it costs. */
#include <inttypes.h>
#include <string.h>

#include "net/text_shape.h"

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

static double
numbers(const int s[3])
{
	return (double)s[0] * s[1] * s[2];
}

static double
pool_flops(const struct cd_layer *l)
{
	if (l->pool == CD_POOL_MAX)
		return 0;
	if (l->pool == CD_POOL_GLOBAL)
		return numbers(l->in);
	return numbers(l->out) * l->kh * l->kw;
}

double
cd_layer_flops(const struct cd_layer *l)
{
	double n = numbers(l->out);

	switch (l->kind) {
	case CD_LAYER_CONV:
		return 2 * n * l->kh * l->kw * (l->in[2] / l->groups);
	case CD_LAYER_DENSE:
		return 2 * n * l->in[2];
	case CD_LAYER_NORM:
		return 2 * n;
	case CD_LAYER_POOL:
		return pool_flops(l);
	case CD_LAYER_EXCITE:
		/* the average, both dense layers, the scaling */
		return 2 * n + 4.0 * l->in[2] * l->reduce;
	case CD_LAYER_ADD:
		return n;
	default:
		return 0;
	}
}

static const char *
kind_name(const struct cd_layer *l)
{
	static const char *const kinds[] = {
		[CD_LAYER_CONV] = "conv",
		[CD_LAYER_NORM] = "norm",
		[CD_LAYER_RELU] = "relu",
		[CD_LAYER_EXCITE] = "excite",
		[CD_LAYER_ADD] = "add",
		[CD_LAYER_FLATTEN] = "flatten",
		[CD_LAYER_DROPOUT] = "dropout",
		[CD_LAYER_DENSE] = "dense",
	};
	static const char *const pools[] = {
		[CD_POOL_MAX] = "pool-max",
		[CD_POOL_AVERAGE] = "pool-avg",
		[CD_POOL_GLOBAL] = "pool-global",
	};

	if (l->kind == CD_LAYER_POOL)
		return pools[l->pool];
	if (l->kind == CD_LAYER_CONV && l->groups > 1 && l->groups == l->in[2])
		return "depthwise";
	return kinds[l->kind];
}

/* " < NAME" where a layer does not take the one above it; an add's two. */
static void
print_from(const struct cd_net *net, int i, FILE *f)
{
	const struct cd_layer *l = &net->layer[i];
	int from[2] = { l->from, l->other }, k;

	if (l->from == i - 1 && l->kind != CD_LAYER_ADD)
		return;
	for (k = 0; k <= (l->kind == CD_LAYER_ADD); k++)
		fprintf(f, " %s %s", k ? "+" : "<",
		    from[k] == CD_NET_PICTURE ? "input" :
						net->layer[from[k]].name);
}

void
cd_net_summary(const struct cd_net *net, FILE *f)
{
	static const char row[] = "%-22s %-11s %13s %10" PRIu64 " %10.3f";
	char shape[CD_SHAPE_TEXT];
	uint64_t params = 0, statistics = 0;
	double flops = 0;
	int i;

	fprintf(f, "%-22s %-11s %13s %10s %10s\n", "layer", "kind", "output",
	    "parameters", "MFLOP");
	fprintf(f, row, "input", "", cd_shape_text(net->in, shape), (uint64_t)0,
	    0.0);
	for (i = 0; i < net->nlayers; i++) {
		const struct cd_layer *l = &net->layer[i];
		uint64_t n = cd_layer_nparams(l);

		fprintf(f, "\n");
		fprintf(f, row, l->name, kind_name(l),
		    cd_shape_text(l->out, shape), n, cd_layer_flops(l) / 1e6);
		print_from(net, i, f);
		params += n;
		if (l->kind == CD_LAYER_NORM)
			statistics += n / 2;
		flops += cd_layer_flops(l);
	}
	snprintf(shape, sizeof shape, "%d", net->noutputs);
	fprintf(f, "\n");
	fprintf(f, row, "total",
	    net->loss == CD_LOSS_LOGISTIC ? "logistic" : "softmax", shape,
	    params, flops / 1e6);
	fprintf(f, "\n");
	if (statistics > 0)
		fprintf(f, "%-22s %-11s %13s %10" PRIu64 "\n", "trained", "",
		    "", params - statistics);
}
