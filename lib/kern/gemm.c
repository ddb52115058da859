#include "kern/gemm.h"

#include <stddef.h>

#include "kern/blocks.h"

extern const struct cd_gemm_variant cd_gemm_tile_avx2, cd_gemm_tile_avx512,
    cd_gemm_tile_neon;

const struct cd_gemm_row cd_gemm_table[] = {
	{ &cd_gemm_ref, CD_CPU_REF },
	{ &cd_gemm_blas, CD_CPU_PLAIN },
#if defined(__x86_64__)
	{ &cd_gemm_tile_avx2, CD_CPU_AVX2,
	    { CD_TILE_ROWS_AVX2, CD_TILE_COLUMNS_AVX2, CD_GEMM_DEPTH,
		CD_TILE_ROWS_AVX2 / 2, CD_GEMM_DOT_COLUMNS } },
	{ &cd_gemm_tile_avx512, CD_CPU_AVX512,
	    { CD_TILE_ROWS_AVX512, CD_TILE_COLUMNS_AVX512, CD_GEMM_DEPTH,
		CD_TILE_ROWS_AVX512 / 2, CD_GEMM_DOT_COLUMNS } },
#elif defined(__aarch64__)
	{ &cd_gemm_tile_neon, CD_CPU_NEON,
	    { CD_TILE_ROWS_NEON, CD_TILE_COLUMNS_NEON, CD_GEMM_DEPTH,
		CD_TILE_ROWS_NEON / 2, CD_GEMM_DOT_COLUMNS } },
#endif
	{ NULL, 0 },
};

const struct cd_gemm_variant *
cd_gemm_best(void)
{
	static const struct cd_gemm_variant *known;
	const struct cd_gemm_row *row, *best = cd_gemm_table;

	if (known)
		return known;
	CD_EACH_VARIANT (row, cd_gemm_table)
		best = row;
	return known = best->variant;
}
