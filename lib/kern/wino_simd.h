/* The transforms of Winograd's F(4x4,3x3), a vector of channels at a time
 * (Lavin and Gray, CVPR 2016; the matrices B, G and A are theirs). A tile's 36
 * points are in 36 planes, `plane` floats apart. The number of channels is a
 * multiple of CD_VEC unless stated. Private to conv_wino_simd.h. */
#ifndef CD_KERN_WINO_SIMD_H
#define CD_KERN_WINO_SIMD_H

#include <stdbool.h>
#include <stddef.h>

#include "kern/conv.h"
#include "kern/normal_simd.h"
#include "kern/vec.h"

enum {
	CD_WINO_POINTS = 36,
};

static inline cd_vec
times(float f, cd_vec a)
{
	return cd_vec_all(f) * a;
}

/* a + f b */
static inline cd_vec
plus(cd_vec a, float f, cd_vec b)
{
	return cd_vec_fma(cd_vec_all(f), b, a);
}

/* B' d */
static inline void
line_in(const cd_vec *d, int step, cd_vec *out, int to)
{
	cd_vec d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
	cd_vec d4 = d[4 * step], d5 = d[5 * step];
	cd_vec even = plus(d4, -4, d2), odd = plus(d3, -4, d1);

	out[0] = plus(plus(d4, 4, d0), -5, d2);
	out[to] = plus(even, 1, odd);
	out[2 * to] = plus(even, -1, odd);
	even = plus(d4, -1, d2);
	odd = plus(d3, -1, d1);
	out[3 * to] = plus(even, 2, odd);
	out[4 * to] = plus(even, -2, odd);
	out[5 * to] = plus(plus(d5, 4, d1), -5, d3);
}

/* B v, its adjoint */
static inline void
line_in_back(const cd_vec *v, int step, cd_vec *out, int to)
{
	cd_vec v0 = v[0], v1 = v[step], v2 = v[2 * step], v3 = v[3 * step];
	cd_vec v4 = v[4 * step], v5 = v[5 * step];
	cd_vec s12 = plus(v1, 1, v2), d21 = plus(v2, -1, v1);
	cd_vec s34 = plus(v3, 1, v4), d43 = plus(v4, -1, v3);

	out[0] = times(4, v0);
	out[to] = plus(plus(times(4, d21), 2, d43), 4, v5);
	out[2 * to] = plus(plus(times(-5, v0), -4, s12), -1, s34);
	out[3 * to] = plus(plus(times(-5, v5), -1, d21), -2, d43);
	out[4 * to] = plus(plus(v0, 1, s12), 1, s34);
	out[5 * to] = v5;
}

/* A' m */
static inline void
line_out(const cd_vec *m, int step, cd_vec *out, int to)
{
	cd_vec m1 = m[step], m2 = m[2 * step], m3 = m[3 * step],
	       m4 = m[4 * step];
	cd_vec s12 = plus(m1, 1, m2), d12 = plus(m1, -1, m2);
	cd_vec s34 = plus(m3, 1, m4), d34 = plus(m3, -1, m4);

	out[0] = plus(plus(m[0], 1, s12), 1, s34);
	out[to] = plus(d12, 2, d34);
	out[2 * to] = plus(s12, 4, s34);
	out[3 * to] = plus(plus(m[5 * step], 1, d12), 8, d34);
}

/* A y, its adjoint */
static inline void
line_out_back(const cd_vec *y, int step, cd_vec *out, int to)
{
	cd_vec y0 = y[0], y1 = y[step], y2 = y[2 * step], y3 = y[3 * step];
	cd_vec even = plus(y0, 1, y2), odd = plus(y1, 1, y3);

	out[0] = y0;
	out[to] = plus(even, 1, odd);
	out[2 * to] = plus(even, -1, odd);
	even = plus(y0, 4, y2);
	odd = plus(times(2, y1), 8, y3);
	out[3 * to] = plus(even, 1, odd);
	out[4 * to] = plus(even, -1, odd);
	out[5 * to] = y3;
}

/* G w */
static inline void
line_weights(const cd_vec *w, int step, cd_vec *out, int to)
{
	cd_vec w0 = w[0], w1 = w[step], w2 = w[2 * step];
	cd_vec even = plus(w0, 1, w2), odd = times(1.0f / 12, w1);

	out[0] = times(1.0f / 4, w0);
	out[to] = times(-1.0f / 6, plus(even, 1, w1));
	out[2 * to] = times(-1.0f / 6, plus(even, -1, w1));
	even = plus(times(1.0f / 24, w0), 1.0f / 6, w2);
	out[3 * to] = plus(even, 1, odd);
	out[4 * to] = plus(even, -1, odd);
	out[5 * to] = w2;
}

/* G' u, its adjoint */
static inline void
line_weights_back(const cd_vec *u, int step, cd_vec *out, int to)
{
	cd_vec u1 = u[step], u2 = u[2 * step], u3 = u[3 * step],
	       u4 = u[4 * step];
	cd_vec s12 = plus(u1, 1, u2), d21 = plus(u2, -1, u1);
	cd_vec s34 = plus(u3, 1, u4), d34 = plus(u3, -1, u4);

	out[0] = plus(plus(times(1.0f / 4, u[0]), -1.0f / 6, s12), 1.0f / 24,
	    s34);
	out[to] = plus(times(1.0f / 6, d21), 1.0f / 12, d34);
	out[2 * to] = plus(times(1.0f / 6, plus(s34, -1, s12)), 1, u[5 * step]);
}

/* The part of a patch or tile that is inside the picture. */
struct cd_wino_part {
	int top, bottom, left, right; /* rows top .. bottom-1, and columns */
};

/* A square of pixels of which only a part is inside the picture: the offsets of
 * its rows and columns, or of such inside in their place, and which are
 * inside. */
struct cd_wino_edge {
	ptrdiff_t row[6], column[6];
	cd_mask row_in[6], column_in[6];
};

/* Of `side` rows, of which from .. to-1 are inside, at least one; step: floats
 * between them. */
static inline void
wino_edge_line(int side, int from, int to, size_t step, ptrdiff_t *at,
    cd_mask *in)
{
	int i, k;

	for (i = 0; i < side; i++) {
		k = i < from ? from : i >= to ? to - 1 : i;
		at[i] = (ptrdiff_t)((size_t)k * step);
		in[i] = cd_mask_all(k == i);
	}
}

static inline void
cd_wino_edge(int side, const struct cd_wino_part *part, size_t line,
    size_t pixel, struct cd_wino_edge *e)
{
	wino_edge_line(side, part->top, part->bottom, line, e->row, e->row_in);
	wino_edge_line(side, part->left, part->right, pixel, e->column,
	    e->column_in);
}

/* n channels of side x side pixels to vectors, CD_VEC of them if whole; d: the
 * upper left one, lines `line` and pixels `pixel` floats apart. edge: NULL, or
 * which are inside: the others are 0. norm: NULL, or what they stand for. */
CD_INLINE void
wino_load(const int side, const bool whole, int n, const float *d, size_t line,
    size_t pixel, const struct cd_wino_edge *edge, const struct cd_normal *norm,
    cd_vec *in)
{
	const cd_vec zero = cd_vec_all(0);
	int i, j;

#pragma GCC unroll 6
	for (i = 0; i < side; i++)
#pragma GCC unroll 6
		for (j = 0; j < side; j++) {
			const float *from = edge ?
			    d + edge->row[i] + edge->column[j] :
			    d + i * line + j * pixel;
			cd_vec x = whole ? cd_vec_load(from) :
					   cd_vec_load_n(from, n);

			if (norm) /* NaN passes */
				x = cd_vec_max(zero, cd_normal_of(x, norm));
			in[side * i + j] = edge ?
			    cd_vec_where(cd_mask_and(edge->row_in[i],
					     edge->column_in[j]),
				x) :
			    x;
		}
}

CD_INLINE void
wino_in_some(const bool whole, int n, int c, const float *d, size_t line,
    size_t pixel, const struct cd_conv_input *norm,
    const struct cd_wino_edge *edge, float *v, size_t plane)
{
	cd_vec in[36], mid[36], out[36];
	struct cd_normal f;
	int i, j;

	if (norm)
		f = cd_normal_get(norm->mean + c, norm->scale + c,
		    norm->beta + c, n);
	wino_load(6, whole, n, d + c, line, pixel, edge, norm ? &f : NULL, in);
	v += c;
	for (j = 0; j < 6; j++)
		line_in(in + j, 6, mid + j, 6);
	for (i = 0; i < 6; i++)
		line_in(mid + 6 * i, 1, out + 6 * i, 1);
	for (i = 0; i < CD_WINO_POINTS; i++)
		cd_vec_store(v + i * plane, out[i]);
}

CD_INLINE void
wino_in_all(const float *d, size_t line, int cin,
    const struct cd_conv_input *norm, const struct cd_wino_edge *edge, float *v,
    size_t plane)
{
	size_t pixel = (size_t)cin;
	int c = 0;

	for (; c + CD_VEC <= cin; c += CD_VEC)
		wino_in_some(true, CD_VEC, c, d, line, pixel, norm, edge, v,
		    plane);
	if (c < cin)
		wino_in_some(false, cin - c, c, d, line, pixel, norm, edge, v,
		    plane);
}

/* V = B' d B of a 6x6 patch of any cin channels, or of the part of it inside
 * the picture, rows `line` floats apart; v: the tile's place in plane 0, out,
 * padded with zeros to a multiple of CD_VEC. */
static void
cd_wino_in(const float *d, size_t line, int cin,
    const struct cd_conv_input *norm, const struct cd_wino_part *part, float *v,
    size_t plane)
{
	struct cd_wino_edge edge;

	if (part)
		cd_wino_edge(6, part, line, (size_t)cin, &edge);
	if (part && norm)
		wino_in_all(d, line, cin, norm, &edge, v, plane);
	else if (part)
		wino_in_all(d, line, cin, NULL, &edge, v, plane);
	else if (norm)
		wino_in_all(d, line, cin, norm, NULL, v, plane);
	else
		wino_in_all(d, line, cin, NULL, NULL, v, plane);
}

/* B V B' of channels c .. c + CD_VEC - 1. */
CD_INLINE void
wino_in_back(const float *v, size_t plane, int c, cd_vec out[36])
{
	cd_vec in[36], mid[36];
	int i, j;

	for (i = 0; i < CD_WINO_POINTS; i++)
		in[i] = cd_vec_load(v + i * plane + c);
	for (j = 0; j < 6; j++)
		line_in_back(in + j, 6, mid + j, 6);
	for (i = 0; i < 6; i++)
		line_in_back(mid + 6 * i, 1, out + 6 * i, 1);
}

/* The same to a whole patch, added to its first `add` rows and columns. */
CD_INLINE void
wino_in_back_whole(const float *v, size_t plane, int c, int cin, const int add,
    float *d, size_t line)
{
	cd_vec out[36];
	int i, j;

	wino_in_back(v, plane, c, out);
#pragma GCC unroll 6
	for (i = 0; i < 6; i++)
#pragma GCC unroll 6
		for (j = 0; j < 6; j++) {
			float *to = d + i * line + (size_t)j * cin + c;
			cd_vec f = out[6 * i + j];

			if (i < add || j < add)
				f = cd_vec_load(to) + f;
			cd_vec_store(to, f);
		}
}

/* The adjoint, d = B V B', of cin channels, for the part inside the picture:
 * added to the first add_rows rows and add_columns columns of d, and set in the
 * others. */
static void
cd_wino_in_back(const float *v, size_t plane, int cin,
    const struct cd_wino_part *part, bool whole, int add_rows, int add_columns,
    float *d, size_t line)
{
	cd_vec out[36];
	int c = 0, i, j, n;

	if (whole && add_rows == 6)
		for (; c + CD_VEC <= cin; c += CD_VEC)
			wino_in_back_whole(v, plane, c, cin, 6, d, line);
	else if (whole && add_rows == 2 && add_columns == 2)
		for (; c + CD_VEC <= cin; c += CD_VEC)
			wino_in_back_whole(v, plane, c, cin, 2, d, line);
	for (; c < cin; c += CD_VEC) {
		n = cin - c < CD_VEC ? cin - c : CD_VEC;
		wino_in_back(v, plane, c, out);
		for (i = part->top; i < part->bottom; i++)
			for (j = part->left; j < part->right; j++) {
				float *to = d + i * line + (size_t)j * cin + c;
				cd_vec f = out[6 * i + j];

				if (i < add_rows || j < add_columns)
					f = cd_vec_get(to, n) + f;
				cd_vec_put(to, n, f);
			}
	}
}

/* What becomes of a tile: y = A' M A + b, then ReLU. */
struct cd_wino_end {
	const float *b; /* [cout] or NULL */
	bool relu;
};

/* A' M A of channels c .. c + CD_VEC - 1. */
CD_INLINE void
wino_out(const float *m, size_t plane, int c, cd_vec out[16])
{
	cd_vec in[36], mid[24];
	int i, j;

	for (i = 0; i < CD_WINO_POINTS; i++)
		in[i] = cd_vec_load(m + i * plane + c);
	for (j = 0; j < 6; j++)
		line_out(in + j, 6, mid + j, 6);
	for (i = 0; i < 4; i++)
		line_out(mid + 6 * i, 1, out + 4 * i, 1);
}

/* A whole tile with nothing behind it. */
static void
wino_out_whole(const float *m, size_t plane, int cout, float *y, size_t line)
{
	cd_vec out[16];
	int c, i, j;

	for (c = 0; c < cout; c += CD_VEC) {
		wino_out(m, plane, c, out);
#pragma GCC unroll 4
		for (i = 0; i < 4; i++)
#pragma GCC unroll 4
			for (j = 0; j < 4; j++)
				cd_vec_store(y + i * line + (size_t)j * cout +
					c,
				    out[4 * i + j]);
	}
}

/* y [4,4,cout] of a tile, the rows and columns of it that are inside the
 * picture; lines `line` floats apart. */
static void
cd_wino_out(const float *m, size_t plane, int cout, struct cd_wino_end end,
    int rows, int columns, float *y, size_t line)
{
	cd_vec out[16], f;
	int c, i, j;

	if (rows == 4 && columns == 4 && !end.b && !end.relu) {
		wino_out_whole(m, plane, cout, y, line);
		return;
	}
	for (c = 0; c < cout; c += CD_VEC) {
		wino_out(m, plane, c, out);
		for (i = 0; i < rows; i++)
			for (j = 0; j < columns; j++) {
				f = out[4 * i + j];
				if (end.b)
					f = f + cd_vec_load(end.b + c);
				if (end.relu)
					f = cd_vec_unless(cd_vec_gt(cd_vec_all(
									0),
							      f),
					    f);
				cd_vec_store(y + i * line + (size_t)j * cout +
					c,
				    f);
			}
	}
}

CD_INLINE void
wino_out_back_some(const float *dy, size_t line, size_t pixel,
    const struct cd_wino_edge *edge, float *z, size_t plane)
{
	cd_vec in[16], mid[24], out[36];
	int i, j;

	wino_load(4, true, CD_VEC, dy, line, pixel, edge, NULL, in);
	for (j = 0; j < 4; j++)
		line_out_back(in + j, 4, mid + j, 4);
	for (i = 0; i < 6; i++)
		line_out_back(mid + 4 * i, 1, out + 6 * i, 1);
	for (i = 0; i < CD_WINO_POINTS; i++)
		cd_vec_store(z + i * plane, out[i]);
}

/* The adjoint, Z = A Y A', of a tile or (part) of what of it is inside the
 * picture; z: the tile's place in plane 0, out. */
static void
cd_wino_out_back(const float *dy, size_t line, int cout,
    const struct cd_wino_part *part, float *z, size_t plane)
{
	size_t pixel = (size_t)cout;
	struct cd_wino_edge edge;
	int c;

	if (part)
		cd_wino_edge(4, part, line, pixel, &edge);
	for (c = 0; c < cout && !part; c += CD_VEC)
		wino_out_back_some(dy + c, line, pixel, NULL, z + c, plane);
	for (c = 0; c < cout && part; c += CD_VEC)
		wino_out_back_some(dy + c, line, pixel, &edge, z + c, plane);
}

/* U = G w G' of n filters; w: [3,3,n], taps `tap` floats apart; u: [36,n] out,
 * points `plane` floats apart. */
static void
cd_wino_weights(int n, const float *w, size_t tap, float *u, size_t plane)
{
	cd_vec in[9], mid[18], out[36];
	int o, i, j;

	for (o = 0; o < n; o += CD_VEC) {
		for (i = 0; i < 9; i++)
			in[i] = cd_vec_load(w + i * tap + o);
		for (j = 0; j < 3; j++)
			line_weights(in + j, 3, mid + j, 3);
		for (i = 0; i < 6; i++)
			line_weights(mid + 3 * i, 1, out + 6 * i, 1);
		for (i = 0; i < CD_WINO_POINTS; i++)
			cd_vec_store(u + i * plane + o, out[i]);
	}
}

/* The adjoint, w = G' U G. */
static void
cd_wino_weights_back(int n, const float *u, size_t plane, float *w, size_t tap)
{
	cd_vec in[36], mid[18], out[9];
	int o, i, j;

	for (o = 0; o < n; o += CD_VEC) {
		for (i = 0; i < CD_WINO_POINTS; i++)
			in[i] = cd_vec_load(u + i * plane + o);
		for (j = 0; j < 6; j++)
			line_weights_back(in + j, 6, mid + j, 6);
		for (i = 0; i < 3; i++)
			line_weights_back(mid + 6 * i, 1, out + 3 * i, 1);
		for (i = 0; i < 9; i++)
			cd_vec_store(w + i * tap + o, out[i]);
	}
}

#endif
