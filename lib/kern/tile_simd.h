/* The micro-kernel of the matrix products: a tile of up to CD_VEC_ROWS rows by
 * one or two vectors, summed in registers (Goto and van de Geijn, "Anatomy of
 * high-performance matrix multiplication", 2008; BLIS). The inner dimension may
 * consist of several stretches, such as the rows of a convolution's window. */
#ifndef CD_KERN_TILE_SIMD_H
#define CD_KERN_TILE_SIMD_H

#include <stdbool.h>
#include <stddef.h>

#include "kern/vec.h"

enum {
	CD_TILE_COLUMNS = 2 * CD_VEC,
};

/* C[i,j] (+)= sum over s, k of A[s,i,k] B[s,k,j]; strides in floats. */
struct cd_tile {
	const float *a; /* element s,i,k at s * as + i * ai + k * ak */
	size_t as, ai, ak;
	const float *b; /* row s,k at s * bs + k * bk */
	size_t bs, bk;
	float *c; /* row i at i * ci */
	size_t ci;
	int stretches, length; /* number of s, of k */
	bool add;
};

/* The last vector has n lanes. */
CD_INLINE void
cd_tile_body(const int rows, const int vectors, int n, const struct cd_tile *t)
{
	const int last = vectors - 1;
	cd_vec sum[CD_VEC_ROWS][2], b[2], x;
	int i, v, s, k;

#pragma GCC unroll 12
	for (i = 0; i < rows; i++)
#pragma GCC unroll 2
		for (v = 0; v < vectors; v++)
			sum[i][v] = cd_vec_all(0);
	for (s = 0; s < t->stretches; s++) {
		const float *pa = t->a + s * t->as, *pb = t->b + s * t->bs;

		for (k = 0; k < t->length; k++, pa += t->ak, pb += t->bk) {
#pragma GCC unroll 2
			for (v = 0; v < vectors; v++)
				b[v] = cd_vec_get(pb + v * CD_VEC,
				    v < last ? CD_VEC : n);
#pragma GCC unroll 12
			for (i = 0; i < rows; i++) {
				x = cd_vec_all(pa[i * t->ai]);
#pragma GCC unroll 2
				for (v = 0; v < vectors; v++)
					sum[i][v] = cd_vec_fma(x, b[v],
					    sum[i][v]);
			}
		}
	}
#pragma GCC unroll 12
	for (i = 0; i < rows; i++)
#pragma GCC unroll 2
		for (v = 0; v < vectors; v++) {
			float *c = t->c + i * t->ci + v * CD_VEC;
			int lanes = v < last ? CD_VEC : n;

			if (t->add)
				sum[i][v] = sum[i][v] + cd_vec_get(c, lanes);
			cd_vec_put(c, lanes, sum[i][v]);
		}
}

/* rows: 1 to CD_VEC_ROWS; columns: 1 to CD_TILE_COLUMNS. */
static inline void
cd_tile(int rows, int columns, const struct cd_tile *t)
{
	const int n = columns > CD_VEC ? columns - CD_VEC : columns;
#define CASE(r)                                        \
	case r:                                        \
		if (r > CD_VEC_ROWS)                   \
			break;                         \
		if (columns == CD_TILE_COLUMNS)        \
			cd_tile_body(r, 2, CD_VEC, t); \
		else if (columns > CD_VEC)             \
			cd_tile_body(r, 2, n, t);      \
		else if (columns == CD_VEC)            \
			cd_tile_body(r, 1, CD_VEC, t); \
		else                                   \
			cd_tile_body(r, 1, n, t);      \
		break
	switch (rows) {
		CASE(1);
		CASE(2);
		CASE(3);
		CASE(4);
		CASE(5);
		CASE(6);
		CASE(7);
		CASE(8);
		CASE(9);
		CASE(10);
		CASE(11);
		CASE(12);
	}
#undef CASE
}

/* How many of n columns the next panel takes. */
static inline int
cd_tile_columns(int n)
{
	return n < CD_TILE_COLUMNS ? n : CD_TILE_COLUMNS;
}

/* How many of n rows the next tile takes, so that all are of about equal size:
 * a small one has too few sums to hide the latency of an FMA. */
static inline int
cd_tile_rows(int n)
{
	int steps = (n + CD_VEC_ROWS - 1) / CD_VEC_ROWS;

	return (n + steps - 1) / steps;
}

/* Offset of an element in panels: a matrix [rows,columns] is stored as panels
 * of CD_TILE_COLUMNS columns (the last one may have fewer), each row-major. */
static inline size_t
cd_panel(int row, int column, int rows, int columns)
{
	int panel = column / CD_TILE_COLUMNS * CD_TILE_COLUMNS;
	int width = columns - panel < CD_TILE_COLUMNS ? columns - panel :
							CD_TILE_COLUMNS;

	return (size_t)panel * rows + (size_t)row * width + column - panel;
}

/* Stores a block of weights w [n,CD_VEC], fewer columns at the end of a matrix
 * [rows,columns], rows `row` floats apart, at row i and column o of it: into
 * its panels pw, and into the panels `back` of its transpose, whose rows are
 * padded to `filled` columns. n <= CD_VEC, so that each cache line of back has
 * one writer. */
static inline void
cd_panel_put(int n, const float *w, size_t row, int i, int o, int rows,
    int columns, float *pw, float *back, int filled)
{
	int k, v, across = columns - o < CD_VEC ? columns - o : CD_VEC;
	cd_vec block[CD_VEC];

	for (k = 0; k < n; k++) {
		block[k] = cd_vec_get(w + k * row, across);
		cd_vec_put(pw + cd_panel(i + k, o, rows, columns), across,
		    block[k]);
	}
	if (n == CD_VEC && across == CD_VEC && i % CD_VEC == 0) {
		cd_vec_transpose(block);
		for (v = 0; v < CD_VEC; v++)
			cd_vec_store(back + cd_panel(o + v, i, columns, filled),
			    block[v]);
		return;
	}
	for (v = 0; v < across; v++)
		for (k = 0; k < n; k++)
			back[cd_panel(o + v, i + k, columns,
			    filled)] = w[k * row + v];
}

#endif
