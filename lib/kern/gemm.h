/* Single-precision matrix product (GEMM). */
#ifndef CD_KERN_GEMM_H
#define CD_KERN_GEMM_H

#include <stdbool.h>

#include "base/cpu.h"
#include "base/err.h"

/* C[m,n] = A[m,k] B[k,n] + beta C, all row-major; ta: A is stored [k,m]; tb: B
 * is stored [n,k]. lda, ldb, ldc: floats between rows as stored. beta is 0 (C
 * is overwritten, not read) or 1. Single-threaded: may be called from several
 * threads on different C. The order of summation depends on the arguments'
 * shape alone, never on the thread. Error: that of a sum of k products in
 * fp32. */
typedef void cd_gemm_fn(bool ta, bool tb, int m, int n, int k, const float *a,
    int lda, const float *b, int ldb, float beta, float *c, int ldc);

struct cd_gemm_variant {
	const char *name;
	cd_gemm_fn *gemm;
};

/* Block sizes, 0 where a variant has none; constants of its file
 * (kern/blocks.h). */
struct cd_gemm_blocks {
	int rows, columns;	   /* of C, summed in registers */
	int depth;		   /* rows of B in a panel */
	int dot_rows, dot_columns; /* of C, if B is transposed */
};

/* The variants (base/cpu.h). */
struct cd_gemm_row {
	const struct cd_gemm_variant *variant;
	enum cd_cpu level;
	struct cd_gemm_blocks blocks;
};

extern const struct cd_gemm_variant cd_gemm_ref, cd_gemm_blas;
extern const struct cd_gemm_row cd_gemm_table[];

/* The best that this machine can run. */
const struct cd_gemm_variant *cd_gemm_best(void);

/* Loads OpenBLAS, which all variants but the reference call for some shapes, on
 * one thread. Call it before products, and before threads start: it sets an
 * environment variable. */
int cd_gemm_load(struct cd_err *) CD_MUST_CHECK;

#endif
