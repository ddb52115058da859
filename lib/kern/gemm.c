#include "kern/gemm.h"

#include <cblas.h>
#include <stddef.h>

#include "base/cpu.h"

const struct cd_gemm_variant cd_gemm_variants[] = {
	{ "ref", cd_gemm_ref },
	{ "blas", cd_gemm_blas },
	{ NULL, NULL },
};

cd_gemm_fn *
cd_gemm_best(void)
{
	static cd_gemm_fn *best;

	if (best)
		return best;
	if (cd_cpu_level() == CD_CPU_REF)
		return best = cd_gemm_ref;
	openblas_set_num_threads(1);
	return best = cd_gemm_blas;
}
