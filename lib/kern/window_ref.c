#include "kern/window.h"

#include <stddef.h>

#include "base/cpu.h"
#include "kern/conv.h"

void
cd_window_forward_ref(int n, const float *z0, const float *z1, const float *b,
    bool relu, float *y, uint8_t *which)
{
	int i, k;

	for (i = 0; i < n; i++) {
		float bias = b ? b[i] : 0;
		float v[4] = { z0[i] + bias, z0[n + i] + bias, z1[i] + bias,
			z1[n + i] + bias };
		int best = 0;
		bool closed;

		for (k = 1; k < 4; k++)
			if (v[k] > v[best])
				best = k;
		closed = relu && v[best] <= 0;
		y[i] = closed ? 0 : v[best];
		if (which)
			which[i] = (uint8_t)(closed ? CD_CONV_CLOSED : best);
	}
}

void
cd_window_backward_ref(int n, const uint8_t *which, const float *dy, float *dz0,
    float *dz1, float *db)
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

static const struct cd_window_variant variants[] = {
	{ "ref", cd_window_forward_ref, cd_window_backward_ref },
#if defined(__x86_64__)
	{ "avx2", cd_window_forward_avx2, cd_window_backward_avx2 },
#endif
	{ NULL, NULL, NULL },
};

static const struct cd_window_variant only_ref[] = {
	{ "ref", cd_window_forward_ref, cd_window_backward_ref },
	{ NULL, NULL, NULL },
};

const struct cd_window_variant *
cd_window_variants(void)
{
	return cd_cpu_level() >= CD_CPU_AVX2 ? variants : only_ref;
}

const struct cd_window_variant *
cd_window_best(void)
{
	const struct cd_window_variant *v = cd_window_variants();

	while (v[1].name)
		v++;
	return v;
}
