/* Nets small enough to be run thousands of times a second. */
#ifndef CD_TESTS_FUZZ_NET_H
#define CD_TESTS_FUZZ_NET_H

#include "net/net.h"

static inline bool
is_small(const struct cd_net *net)
{
	double flops = 0, values = 0;
	int i;

	if (net->nlayers > 40 || net->in[0] > 32 || net->in[1] > 32 ||
	    net->in[2] > 8 || net->nclasses > 64)
		return false;
	for (i = 0; i < net->nlayers; i++) {
		const struct cd_layer *l = &net->layer[i];

		flops += cd_layer_flops(l);
		values += (double)l->out[0] * l->out[1] * l->out[2];
	}
	return flops < 2e6 && values < 2e5;
}

#endif
