/* OpenBLAS on one thread: the callers split the work themselves, at fixed
 * points, because with OpenBLAS's own split results vary with the number of
 * threads.
 *
 * It is loaded by those who need it, with one thread. As a library of the
 * program it would make threads before main, and end the process by SIGINT
 * where it cannot (a limit on processes). */
#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "kern/gemm.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static __typeof__(&cblas_sgemm) sgemm;
static char why[256]; /* it could not be loaded */

static void
load(void)
{
	void *lib;

	setenv("OPENBLAS_NUM_THREADS", "1", 1);
	lib = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
	if (lib)
		/* as POSIX has it: ISO C knows no such cast */
		*(void **)&sgemm = dlsym(lib, "cblas_sgemm");
	if (!sgemm)
		snprintf(why, sizeof why, "%s", dlerror());
}

int
cd_gemm_load(struct cd_err *e)
{
	if (cd_gemm_best() == &cd_gemm_ref)
		return 0;
	pthread_once(&once, load);
	return sgemm ? 0 : cd_fail(e, "OpenBLAS: %s", why);
}

static void
gemm(bool ta, bool tb, int m, int n, int k, const float *a, int lda,
    const float *b, int ldb, float beta, float *c, int ldc)
{
	if (m == 0 || n == 0)
		return;
	pthread_once(&once, load);
	if (!sgemm) { /* the caller did not look: slow, but right */
		cd_gemm_ref.gemm(ta, tb, m, n, k, a, lda, b, ldb, beta, c, ldc);
		return;
	}
	sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans,
	    tb ? CblasTrans : CblasNoTrans, m, n, k, 1, a, lda, b, ldb, beta, c,
	    ldc);
}

const struct cd_gemm_variant cd_gemm_blas = { "blas", gemm };
