#include "kern/pool.h"

#include <stddef.h>

extern const struct cd_pool_variant cd_pool_avx2, cd_pool_avx512, cd_pool_neon;

const struct cd_pool_row cd_pool_table[] = {
	{ &cd_pool_ref, CD_CPU_REF },
#if defined(__x86_64__)
	{ &cd_pool_avx2, CD_CPU_AVX2 },
	{ &cd_pool_avx512, CD_CPU_AVX512 },
#elif defined(__aarch64__)
	{ &cd_pool_neon, CD_CPU_NEON },
#endif
	{ NULL, 0 },
};

const struct cd_pool_variant *
cd_pool_best(void)
{
	const struct cd_pool_row *row, *best = cd_pool_table;

	CD_EACH_VARIANT (row, cd_pool_table)
		best = row;
	return best->variant;
}
