/* Matrix products with few rows, such as a dense layer's, by the convolutions'
 * register tile: BLAS spends much of such a product on packing. Large products,
 * and shapes that do not fill vectors, go to BLAS.
 *
 * B is copied in blocks to panels, from which tiles of C are summed. If it is
 * stored transposed, both operands run along k instead, and each element of C
 * is the sum of a vector. */
#ifndef CD_KERN_GEMM_TILE_SIMD_H
#define CD_KERN_GEMM_TILE_SIMD_H

#include <stdint.h>

#include "kern/gemm.h"
#include "kern/tile_simd.h"

enum {
	DEPTH = CD_GEMM_DEPTH,
	AHEAD = 16,	 /* rows of B to prefetch */
	ROW_VECTORS = 4, /* of a product with one row */
	DOT_ROWS = CD_VEC_ROWS / 2,
	DOT_COLUMNS = CD_GEMM_DOT_COLUMNS,
};

/* Copies k rows of B, `width` columns, to panel [k,width]. Prefetches: the
 * hardware misses strided rows. */
static void
pack(int k, int width, const float *b, int ldb, float *panel)
{
	size_t ahead = AHEAD * (size_t)ldb * sizeof *b;
	int i, v;

	for (i = 0; i < k; i++, b += ldb, panel += width)
		for (v = 0; v < width; v += CD_VEC) {
			__builtin_prefetch(
			    (const void *)((uintptr_t)(b + v) + ahead));
			cd_vec_store(panel + v, cd_vec_load(b + v));
		}
}

static void
plain(bool ta, int m, int n, int k, const float *a, int lda, const float *b,
    int ldb, bool add, float *c, int ldc)
{
	float panel[DEPTH * CD_TILE_COLUMNS];
	int i, j, l, rows, width;

	/* along rows of B: walking down columns would be strided */
	for (l = 0; l < k; l += DEPTH)
		for (j = 0; j < n; j += width) {
			width = n - j < CD_TILE_COLUMNS ? CD_VEC :
							  CD_TILE_COLUMNS;
			struct cd_tile t = { .ai = ta ? 1 : (size_t)lda,
				.ak = ta ? (size_t)lda : 1,
				.b = panel,
				.bk = (size_t)width,
				.ci = (size_t)ldc,
				.stretches = 1,
				.length = k - l < DEPTH ? k - l : DEPTH,
				.add = add || l > 0 };

			pack(t.length, width, b + (size_t)l * ldb + j, ldb,
			    panel);
			for (i = 0; i < m; i += rows) {
				rows = cd_tile_rows(m - i);
				t.a = a + i * t.ai + l * t.ak;
				t.c = c + (size_t)i * ldc + j;
				cd_tile(rows, width, &t);
			}
		}
}

/* c[vectors] (+)= a B of one row, straight from the rows of B: each of its
 * numbers is used once, so that copying them would only cost. */
CD_INLINE void
row_body(const int vectors, int k, const float *a, size_t ak, const float *b,
    size_t ldb, bool add, float *c)
{
	cd_vec sum[ROW_VECTORS], x;
	int l, v;

	for (v = 0; v < vectors; v++)
		sum[v] = add ? cd_vec_load(c + v * CD_VEC) : cd_vec_all(0);
	for (l = 0; l < k; l++, a += ak, b += ldb) {
		x = cd_vec_all(*a);
		for (v = 0; v < vectors; v++) {
			__builtin_prefetch(
			    (const void *)((uintptr_t)(b + v * CD_VEC) +
				AHEAD * ldb * sizeof *b));
			sum[v] = cd_vec_fma(x, cd_vec_load(b + v * CD_VEC),
			    sum[v]);
		}
	}
	for (v = 0; v < vectors; v++)
		cd_vec_store(c + v * CD_VEC, sum[v]);
}

static void
one_row(int n, int k, const float *a, size_t ak, const float *b, size_t ldb,
    bool add, float *c)
{
	int j = 0;

	for (; j + ROW_VECTORS * CD_VEC <= n; j += ROW_VECTORS * CD_VEC)
		row_body(ROW_VECTORS, k, a, ak, b + j, ldb, add, c + j);
	for (; j < n; j += CD_VEC)
		row_body(1, k, a, ak, b + j, ldb, add, c + j);
}

/* C[rows,columns] (+)= A B', both along k, a multiple of CD_VEC. */
static inline __attribute__((always_inline)) void
dot_body(const int rows, const int columns, int k, const float *a, size_t lda,
    const float *b, size_t ldb, bool add, float *c, size_t ldc)
{
	cd_vec sum[DOT_ROWS][DOT_COLUMNS], x[DOT_COLUMNS], y;
	int i, j, l;

#pragma GCC unroll 6
	for (i = 0; i < rows; i++)
#pragma GCC unroll 4
		for (j = 0; j < columns; j++)
			sum[i][j] = cd_vec_all(0);
	for (l = 0; l < k; l += CD_VEC) {
#pragma GCC unroll 4
		for (j = 0; j < columns; j++)
			x[j] = cd_vec_load(b + j * ldb + l);
#pragma GCC unroll 6
		for (i = 0; i < rows; i++) {
			y = cd_vec_load(a + i * lda + l);
#pragma GCC unroll 4
			for (j = 0; j < columns; j++)
				sum[i][j] = cd_vec_fma(y, x[j], sum[i][j]);
		}
	}
#pragma GCC unroll 6
	for (i = 0; i < rows; i++)
#pragma GCC unroll 4
		for (j = 0; j < columns; j++)
			c[i * ldc + j] = cd_vec_sum(sum[i][j]) +
			    (add ? c[i * ldc + j] : 0);
}

/* A full block; at the edges, element by element. */
static void
dot(int rows, int columns, int k, const float *a, int lda, const float *b,
    int ldb, bool add, float *c, int ldc)
{
	int i, j;

	if (rows == DOT_ROWS && columns == DOT_COLUMNS) {
		dot_body(DOT_ROWS, DOT_COLUMNS, k, a, (size_t)lda, b,
		    (size_t)ldb, add, c, (size_t)ldc);
		return;
	}
	for (i = 0; i < rows; i++)
		for (j = 0; j < columns; j++)
			dot_body(1, 1, k, a + (size_t)i * lda, (size_t)lda,
			    b + (size_t)j * ldb, (size_t)ldb, add,
			    c + (size_t)i * ldc + j, (size_t)ldc);
}

static void
transposed(int m, int n, int k, const float *a, int lda, const float *b,
    int ldb, bool add, float *c, int ldc)
{
	int i, j, rows, columns;

	for (j = 0; j < n; j += columns) {
		columns = n - j < DOT_COLUMNS ? n - j : DOT_COLUMNS;
		for (i = 0; i < m; i += rows) {
			rows = m - i < DOT_ROWS ? m - i : DOT_ROWS;
			dot(rows, columns, k, a + (size_t)i * lda, lda,
			    b + (size_t)j * ldb, ldb, add,
			    c + (size_t)i * ldc + j, ldc);
		}
	}
}

static void
gemm(bool ta, bool tb, int m, int n, int k, const float *a, int lda,
    const float *b, int ldb, float beta, float *c, int ldc)
{
	/* enough work to pay for packing both sides: BLAS is better */
	bool large = m > 64 && n > 64 && k > 64;

	if (large || k == 0 ||
	    (tb ? ta || k % CD_VEC || k < 4 * CD_VEC : n % CD_VEC))
		cd_gemm_blas.gemm(ta, tb, m, n, k, a, lda, b, ldb, beta, c,
		    ldc);
	else if (tb)
		transposed(m, n, k, a, lda, b, ldb, beta != 0, c, ldc);
	else if (m == 1)
		one_row(n, k, a, ta ? (size_t)lda : 1, b, (size_t)ldb,
		    beta != 0, c);
	else
		plain(ta, m, n, k, a, lda, b, ldb, beta != 0, c, ldc);
}

const struct cd_gemm_variant VARIANT = { NAME, gemm };

#endif
