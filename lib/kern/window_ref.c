#include "kern/window.h"

#include <math.h>
#include <stddef.h>

#include "kern/conv.h"

static void
forward(int n, const float *z0, const float *z1, const float *b, bool relu,
    float *y, uint8_t *which)
{
	int i, k;

	for (i = 0; i < n; i++) {
		float bias = b ? b[i] : 0;
		float v[4] = { z0[i] + bias, z0[n + i] + bias, z1[i] + bias,
			z1[n + i] + bias };
		int best = 0;
		bool closed;

		for (k = 1; k < 4; k++)
			if (!(v[k] <= v[best] || isnan(v[best])))
				best = k; /* the first NaN wins */
		closed = relu && v[best] <= 0;
		y[i] = closed ? 0 : v[best];
		if (which)
			which[i] = (uint8_t)(closed ? CD_CONV_CLOSED : best);
	}
}

static void
backward(int n, const uint8_t *which, const float *dy, float *dz0, float *dz1,
    float *db)
{
	int i;

	for (i = 0; i < n; i++) {
		dz0[i] = which[i] == 0 ? dy[i] : 0;
		dz0[n + i] = which[i] == 1 ? dy[i] : 0;
		dz1[i] = which[i] == 2 ? dy[i] : 0;
		dz1[n + i] = which[i] == 3 ? dy[i] : 0;
		if (db && which[i] != CD_CONV_CLOSED)
			db[i] += dy[i];
	}
}

const struct cd_window_variant cd_window_ref = { "ref", forward, backward };
