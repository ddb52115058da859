#include "net/net.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "layer/shape.h"

void
cd_net_free(struct cd_net *net)
{
	free(net->text);
	free(net->mean);
	free(net->deviation);
	free(net->layer);
	memset(net, 0, sizeof *net);
}

/* ---- another size ---- */

/* At another size, the shapes of parameters and of the net's output must not
 * change. */
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

/* ---- as a table ---- */

/* " < NAME" where a layer does not take the one above it, " < NAME + NAME"
 * where it takes two. */
static void
print_from(const struct cd_net *net, int i, FILE *f)
{
	const struct cd_layer *l = &net->layer[i];
	int from[2] = { l->from, l->other }, k;
	bool two = l->other != CD_LAYER_NONE;

	if (l->from == i - 1 && !two)
		return;
	for (k = 0; k <= two; k++)
		fprintf(f, " %s %s", k ? "+" : "<",
		    from[k] == CD_NET_PICTURE ? "input" :
						net->layer[from[k]].name);
}

void
cd_net_summary(const struct cd_net *net, FILE *f)
{
	static const char row[] = "%-22s %-11s %13s %10" PRIu64 " %10.3f";
	char shape[CD_SHAPE_TEXT];
	uint64_t params = 0, trained = 0;
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
		fprintf(f, row, l->name, cd_layer_table_name(l),
		    cd_shape_text(l->out, shape), n, cd_layer_flops(l) / 1e6);
		print_from(net, i, f);
		params += n;
		trained += cd_layer_ntrained(l);
		flops += cd_layer_flops(l);
	}
	snprintf(shape, sizeof shape, "%d", net->noutputs);
	fprintf(f, "\n");
	fprintf(f, row, "total",
	    net->loss == CD_LOSS_LOGISTIC ? "logistic" : "softmax", shape,
	    params, flops / 1e6);
	fprintf(f, "\n");
	if (trained < params)
		fprintf(f, "%-22s %-11s %13s %10" PRIu64 "\n", "trained", "",
		    "", trained);
}
