/* A net as a table. */
#include <inttypes.h>

#include "layer/shape.h"
#include "net/text.h"

/* " < NAME" where a layer does not take the one above it; or " < NAME + NAME". */
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
