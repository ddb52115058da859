#include "kern/excite.h"

#include <stddef.h>

extern const struct cd_excite_variant cd_excite_avx2, cd_excite_avx512,
    cd_excite_neon;

const struct cd_excite_row cd_excite_table[] = {
	{ &cd_excite_ref, CD_CPU_REF },
#if defined(__x86_64__)
	{ &cd_excite_avx2, CD_CPU_AVX2 },
	{ &cd_excite_avx512, CD_CPU_AVX512 },
#elif defined(__aarch64__)
	{ &cd_excite_neon, CD_CPU_NEON },
#endif
	{ NULL, 0 },
};

const struct cd_excite_variant *
cd_excite_best(void)
{
	const struct cd_excite_row *row, *best = cd_excite_table;

	CD_EACH_VARIANT (row, cd_excite_table)
		best = row;
	return best->variant;
}
