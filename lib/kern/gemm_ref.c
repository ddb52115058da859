#include "kern/gemm.h"

#include <stddef.h>
#include <string.h>

/* Row by row of C: the inner loop runs along rows of C and (unless tb) B. */
static void
gemm(bool ta, bool tb, int m, int n, int k, const float *a, int lda,
    const float *b, int ldb, float beta, float *c, int ldc)
{
	ptrdiff_t ra = ta ? 1 : lda, ca = ta ? lda : 1;
	ptrdiff_t rb = tb ? 1 : ldb, cb = tb ? ldb : 1;
	float *row, f;
	int i, j, l;

	for (i = 0; i < m; i++) {
		row = c + (ptrdiff_t)i * ldc;
		if (beta == 0)
			memset(row, 0, (size_t)n * sizeof *row);
		for (l = 0; l < k; l++) {
			f = a[i * ra + l * ca];
			for (j = 0; j < n; j++)
				row[j] += f * b[l * rb + j * cb];
		}
	}
}

const struct cd_gemm_variant cd_gemm_ref = { "ref", gemm };
