#include "kern/conv.h"

#include <stddef.h>

#include "base/cpu.h"

/* From the plainest to the best. */
const struct cd_conv_variant *const cd_conv_variants[] = {
	&cd_conv_ref,
	&cd_conv_im2col,
	&cd_conv_depth,
#if defined(__x86_64__)
	&cd_conv_depth_avx2,
	&cd_conv_direct_avx2,
	&cd_conv_direct_avx512,
	&cd_conv_wino_avx2,
	&cd_conv_wino_avx512,
#endif
	NULL,
};

const struct cd_conv_variant *
cd_conv_best(const struct cd_conv *c)
{
	const struct cd_conv_variant *best = &cd_conv_ref;
	int i;

	if (cd_cpu_level() == CD_CPU_REF)
		return best;
	for (i = 0; cd_conv_variants[i]; i++)
		if (cd_conv_variants[i]->fits(c))
			best = cd_conv_variants[i];
	return best;
}
