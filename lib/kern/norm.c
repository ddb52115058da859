#include "kern/norm.h"

#include <stddef.h>

#include "kern/blocks.h"

extern const struct cd_norm_variant cd_norm_avx2, cd_norm_avx512, cd_norm_neon;

const struct cd_norm_row cd_norm_table[] = {
	{ &cd_norm_ref, CD_CPU_REF },
#if defined(__x86_64__)
	{ &cd_norm_avx2, CD_CPU_AVX2, { CD_NORM_PIXELS } },
	{ &cd_norm_avx512, CD_CPU_AVX512, { CD_NORM_PIXELS } },
#elif defined(__aarch64__)
	{ &cd_norm_neon, CD_CPU_NEON, { CD_NORM_PIXELS } },
#endif
	{ NULL, 0 },
};

const struct cd_norm_variant *
cd_norm_best(void)
{
	const struct cd_norm_row *row, *best = cd_norm_table;

	CD_EACH_VARIANT (row, cd_norm_table)
		best = row;
	return best->variant;
}
