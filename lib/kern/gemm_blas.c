/* OpenBLAS on one thread: the callers split the work themselves, at fixed
 * points, because with OpenBLAS's own split results vary with the number of
 * threads. */
#include <cblas.h>

#include "kern/gemm.h"

static void
gemm(bool ta, bool tb, int m, int n, int k, const float *a, int lda,
    const float *b, int ldb, float beta, float *c, int ldc)
{
	if (m == 0 || n == 0)
		return;
	cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans,
	    tb ? CblasTrans : CblasNoTrans, m, n, k, 1, a, lda, b, ldb, beta, c,
	    ldc);
}

const struct cd_gemm_variant cd_gemm_blas = { "blas", gemm };
