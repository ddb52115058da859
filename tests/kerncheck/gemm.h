/* Checks a variant of the matrix product: all ways of storing A and B, odd
 * sizes, strides longer than rows. */
#ifndef CD_TESTS_KERNCHECK_GEMM_H
#define CD_TESTS_KERNCHECK_GEMM_H

#include "kern/gemm.h"
#include "kerncheck/compare.h"

struct gemm_case {
	bool ta, tb;
	int m, n, k, lda, ldb, ldc, beta;
};

static void
gemm_compare(struct check *ck, const struct gemm_case *g, const float *a,
    const float *b, const float *c0, const float *c)
{
	double want, sum, t;
	size_t at;
	int i, j, l;

	for (i = 0; i < g->m; i++)
		for (j = 0; j < g->ldc; j++) {
			at = (size_t)i * g->ldc + j;
			if (j >= g->n) {
				if (i < g->m - 1 && c[at] != c0[at])
					fail(ck, "between rows", c[at], c0[at],
					    0);
				continue;
			}
			want = g->beta == 0 ? 0 : c0[at];
			sum = fabs(want);
			for (l = 0; l < g->k; l++) {
				t = (double)a[g->ta ? l * g->lda + i :
						      i * g->lda + l] *
				    b[g->tb ? j * g->ldb + l : l * g->ldb + j];
				want += t;
				sum += fabs(t);
			}
			compare(ck, "c", c[at], want, g->k + 1.0, sum, sum);
		}
}

static void
gemm_case(struct check *ck, cd_gemm_fn *gemm, const struct gemm_case *g,
    enum values v, struct cd_rng *r)
{
	size_t na = (size_t)(g->ta ? g->k : g->m) * g->lda;
	size_t nb = (size_t)(g->tb ? g->n : g->k) * g->ldb;
	size_t nc = (size_t)g->m * g->ldc, skew = 4 * cd_rng_below(r, 3);
	struct guarded guards[4];
	float *a = guarded_new(&guards[0], na * sizeof *a, skew);
	float *b = guarded_new(&guards[1], nb * sizeof *b, skew);
	float *c = guarded_new(&guards[2], nc * sizeof *c, skew);
	float *c0 = guarded_new(&guards[3], nc * sizeof *c, 0);
	char what[100];
	int i;

	snprintf(what, sizeof what, "%s%s %dx%dx%d, rows of %d %d %d, beta %d",
	    g->ta ? "t" : "n", g->tb ? "t" : "n", g->m, g->n, g->k, g->lda,
	    g->ldb, g->ldc, g->beta);
	begin(ck, v, what);
	fill(a, na, v, r);
	fill(b, nb, v, r);
	fill(c, nc, v, r);
	memcpy(c0, c, nc * sizeof *c);
	for (i = 0; g->beta == 0 && i < g->m; i++)
		memset(c + (size_t)i * g->ldc, 0xff, g->n * sizeof *c);
	gemm(g->ta, g->tb, g->m, g->n, g->k, a, g->lda, b, g->ldb,
	    (float)g->beta, c, g->ldc);
	gemm_compare(ck, g, a, b, c0, c);
	end_map(ck, "c", g->k + 1);
	if (!guards_end(guards, 4))
		fail(ck, "wrote outside", 0, 0, 0);
	end(ck);
}

static void
check_gemm(const struct cd_gemm_variant *v)
{
	static const int sides[] = { 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24,
		31, 33, 48, 64, 65, 100, 130 };
	enum { SIDES = sizeof sides / sizeof *sides, CASES = 900 };
	struct check ck = { .op = "gemm", .variant = v->name, .whole = true };
	struct gemm_case g;
	struct cd_rng r;
	int i, pad;

	cd_rng_start(&r, 1, 0, 0, CD_RNG_TEST);
	for (i = 0; i < CASES; i++) {
		g.m = sides[cd_rng_below(&r, SIDES)];
		g.n = sides[cd_rng_below(&r, SIDES)];
		g.k = i % 50 == 49 ? 0 :
		    i % 50 == 48   ? 1300 :
				     sides[cd_rng_below(&r, SIDES)];
		g.ta = i & 1;
		g.tb = i & 2;
		g.beta = i & 4 ? 1 : 0;
		pad = i % 3 ? 0 : (int)cd_rng_below(&r, 5);
		g.lda = (g.ta ? g.m : g.k) + pad;
		g.ldb = (g.tb ? g.k : g.n) + pad;
		g.ldc = g.n + pad;
		if (g.lda == 0)
			g.lda = 1;
		if (g.ldb == 0)
			g.ldb = 1;
		gemm_case(&ck, v->gemm, &g, (enum values)(i % VALUES), &r);
	}
	report(&ck);
}

#endif
