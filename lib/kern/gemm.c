#include "kern/gemm.h"

#include <cblas.h>
#include <stddef.h>

#include "base/cpu.h"

const struct cd_gemm_variant cd_gemm_variants[] = {
	{ "ref", cd_gemm_ref, CD_CPU_REF },
	{ "blas", cd_gemm_blas, CD_CPU_PLAIN },
#if defined(__x86_64__)
	{ "tile-avx2", cd_gemm_tile_avx2, CD_CPU_AVX2 },
	{ "tile-avx512", cd_gemm_tile_avx512, CD_CPU_AVX512 },
#endif
	{ NULL, NULL, 0 },
};

bool
cd_gemm_runs(const struct cd_gemm_variant *v)
{
	return (int)cd_cpu_level() >= v->level;
}

cd_gemm_fn *
cd_gemm_best(void)
{
	static cd_gemm_fn *best;
	cd_gemm_fn *found = cd_gemm_ref;
	int i;

	if (best)
		return best;
	openblas_set_num_threads(1);
	for (i = 0; cd_gemm_variants[i].name; i++)
		if (cd_gemm_runs(&cd_gemm_variants[i]))
			found = cd_gemm_variants[i].gemm;
	return best = found;
}
