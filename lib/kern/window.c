#include "kern/window.h"

#include <stddef.h>

extern const struct cd_window_variant cd_window_avx2, cd_window_avx512,
    cd_window_neon;

const struct cd_window_row cd_window_table[] = {
	{ &cd_window_ref, CD_CPU_REF },
#if defined(__x86_64__)
	{ &cd_window_avx2, CD_CPU_AVX2 },
	{ &cd_window_avx512, CD_CPU_AVX512 },
#elif defined(__aarch64__)
	{ &cd_window_neon, CD_CPU_NEON },
#endif
	{ NULL, 0 },
};

const struct cd_window_variant *
cd_window_best(void)
{
	const struct cd_window_row *row, *best = cd_window_table;

	CD_EACH_VARIANT (row, cd_window_table)
		best = row;
	return best->variant;
}
