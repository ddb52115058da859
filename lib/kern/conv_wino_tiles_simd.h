/* Tiles of Winograd's F(4x4,3x3): where they are, and their way from the
 * picture to the 36 planes and back. Private to conv_wino_simd.h. */
#ifndef CD_KERN_CONV_WINO_TILES_SIMD_H
#define CD_KERN_CONV_WINO_TILES_SIMD_H

#include <string.h>

#include "kern/conv.h"
#include "kern/window.h"
#include "kern/wino_simd.h"

enum {
	POINTS = CD_WINO_POINTS,
	PAD = 16, /* floats between planes, against cache aliasing */
};

extern const struct cd_conv_variant VARIANT;

/* Geometry and memory of a block of tiles. */
struct wino {
	const struct cd_conv *c;
	const struct cd_window_variant *window;
	int cp;		  /* input channels, padded to a multiple of CD_VEC */
	int across, down; /* tiles of a picture */
	int block;	  /* tiles in a block, a multiple of CD_VEC_ROWS */
	size_t vplane, mplane; /* floats between points */
	float *v, *m;	       /* [36][block][cp], [36][block][cout] */
	float *tile;	       /* [4][4][cout] */
};

static int
filled(const struct cd_conv *c)
{
	return (c->cin + CD_VEC - 1) / CD_VEC * CD_VEC;
}

static bool
fits(const struct cd_conv *c)
{
	return c->kh == 3 && c->kw == 3 && c->groups == 1 && c->stride == 1 &&
	    c->oh > 3 && 4 * c->cin >= 3 * filled(c) && c->cout % CD_VEC == 0;
}

static void
set_up(struct wino *s, const struct cd_conv *c, float *scratch)
{
	const struct cd_conv_blocks *sizes = cd_conv_blocks(&VARIANT);
	size_t b = sizes->cache / (POINTS * (size_t)(filled(c) + c->cout));

	*s = (struct wino){ .c = c,
		.window = cd_window_best(),
		.cp = filled(c),
		.across = (c->ow + 3) / 4,
		.down = (c->oh + 3) / 4 };
	s->block = b < (size_t)sizes->least ?
	    sizes->least :
	    (int)(b / CD_VEC_ROWS * CD_VEC_ROWS);
	s->vplane = (size_t)s->block * s->cp + PAD;
	s->mplane = (size_t)s->block * c->cout + PAD;
	if (!scratch) /* sizes only */
		return;
	s->v = scratch;
	s->m = s->v + POINTS * s->vplane;
	s->tile = s->m + POINTS * s->mplane;
}

/* The place of a tile. */
struct place {
	int picture, i, j; /* i, j: output row and column of its corner */
};

static struct place
place_of(const struct wino *s, int tile)
{
	int each = s->across * s->down, in = tile % each;

	return (struct place){ tile / each, in / s->across * 4,
		in % s->across * 4 };
}

/* Prefetches what the tile needs that those above and to the left of it do not;
 * the hardware misses strided rows. */
static void
prefetch(const struct cd_conv *c, const float *x, struct place at)
{
	int row = at.i - c->pad + 2, end = row + 4, k;
	int column = at.j - c->pad + 2, columns = 4;
	const float *d;

	if (at.i == 0) /* nothing is above */
		row = 0;
	if (at.j == 0) {
		columns += column;
		column = 0;
	}
	if (column + columns > c->w)
		columns = c->w - column;
	if (end > c->h)
		end = c->h;
	for (; row < end && columns > 0; row++) {
		d = x +
		    (((size_t)at.picture * c->h + row) * c->w + column) *
			c->cin;
		for (k = 0; k < columns * c->cin; k += 16)
			__builtin_prefetch(d + k, 0, 2);
	}
}

/* What of a square of `side` pixels, whose corner is at i, j, is inside of
 * h x w. */
static struct cd_wino_part
inside(int side, int i, int j, int h, int w)
{
	return (struct cd_wino_part){ i < 0 ? -i : 0,
		i + side > h ? h - i : side, j < 0 ? -j : 0,
		j + side > w ? w - j : side };
}

static bool
is_whole(const struct cd_wino_part *p, int side)
{
	return p->top == 0 && p->left == 0 && p->bottom == side &&
	    p->right == side;
}

/* The patch of the input that the tile is made from. */
static struct cd_wino_part
patch(const struct cd_conv *c, struct place at)
{
	return inside(6, at.i - c->pad, at.j - c->pad, c->h, c->w);
}

/* Its offset in the input, also where it begins outside. */
static ptrdiff_t
patch_at(const struct cd_conv *c, struct place at)
{
	ptrdiff_t w = c->w, row = (ptrdiff_t)at.picture * c->h + at.i - c->pad;

	return (row * w + at.j - c->pad) * c->cin;
}

/* V of n tiles from tile `first` on, of `all`. */
static void
block_in(const struct wino *s, const float *x, int first, int n, int all)
{
	const struct cd_conv *c = s->c;
	int t;

	for (t = 0; t < n; t++) {
		struct place at = place_of(s, first + t);
		struct cd_wino_part part = patch(c, at);

		if (first + t + s->across < all) /* one row of tiles ahead */
			prefetch(c, x, place_of(s, first + t + s->across));
		cd_wino_in(x + patch_at(c, at), (size_t)c->w * c->cin, c->cin,
		    c->input, is_whole(&part, 6) ? NULL : &part,
		    s->v + (size_t)t * s->cp, s->vplane);
	}
}

/* Offset of the tile's corner in y or, pooled, of its first window. */
static size_t
tile_at(const struct cd_conv *c, struct place at)
{
	int step = c->pool ? 2 : 1;

	return (((size_t)at.picture * c->yh + at.i / step) * c->yw +
		   at.j / step) *
	    c->cout;
}

/* How much of the tile's rows and columns is in y. */
static struct cd_wino_part
tile_part(const struct cd_conv *c, struct place at)
{
	int step = c->pool ? 2 : 1;

	return inside(4 / step, at.i / step, at.j / step, c->yh, c->yw);
}

/* Tile t of the block, from M to y and which. */
static void
tile_out(const struct wino *s, int t, struct place at, const float *b, float *y,
    uint8_t *which)
{
	const struct cd_conv *c = s->c;
	const float *m = s->m + (size_t)t * c->cout;
	size_t cout = (size_t)c->cout, line = c->yw * cout, to;
	struct cd_wino_part in = tile_part(c, at);
	int i, j;

	y += tile_at(c, at);
	if (!c->pool) {
		cd_wino_out(m, s->mplane, c->cout,
		    (struct cd_wino_end){ b, c->relu }, in.bottom, in.right, y,
		    line);
		return;
	}
	which = which ? which + tile_at(c, at) : NULL;
	cd_wino_out(m, s->mplane, c->cout, (struct cd_wino_end){ NULL, false },
	    4, 4, s->tile, 4 * cout);
	for (i = 0; i < in.bottom; i++)
		for (j = 0; j < in.right; j++) {
			const float *z = s->tile + (8 * i + 2 * j) * cout;

			to = i * line + j * cout;
			s->window->forward(c->cout, z, z + 4 * cout, b, c->relu,
			    y + to, which ? which + to : NULL);
		}
}

/* The gradient of n outputs before bias and ReLU; adds to db. */
static void
before_relu(int n, const float *y, const float *dy, bool relu, float *z,
    float *db)
{
	int o;

	for (o = 0; o < n; o++) {
		z[o] = relu && y[o] <= 0 ? 0 : dy[o];
		if (db)
			db[o] += z[o];
	}
}

/* The gradient of the tile before bias, ReLU and pooling, in s->tile; adds to
 * db. */
static void
get_tile(const struct wino *s, const struct cd_wino_part *in, const float *y,
    const uint8_t *which, const float *dy, float *db)
{
	const struct cd_conv *c = s->c;
	size_t cout = (size_t)c->cout, line = c->yw * cout, from;
	int i, j;

	if (!is_whole(in, c->pool ? 2 : 4))
		memset(s->tile, 0, 16 * cout * sizeof *s->tile);
	for (i = 0; i < in->bottom; i++)
		for (j = 0; j < in->right; j++) {
			from = i * line + j * cout;
			if (c->pool) {
				float *z = s->tile + (8 * i + 2 * j) * cout;

				s->window->backward(c->cout, which + from,
				    dy + from, z, z + 4 * cout, db);
			} else {
				before_relu(c->cout, y + from, dy + from,
				    c->relu, s->tile + (4 * i + j) * cout, db);
			}
		}
}

/* Z of tile t of the block. */
static void
tile_out_back(const struct wino *s, int t, struct place at, const float *y,
    const uint8_t *which, const float *dy, float *db)
{
	const struct cd_conv *c = s->c;
	float *z = s->m + (size_t)t * c->cout;
	struct cd_wino_part in = tile_part(c, at);
	size_t from = tile_at(c, at);

	if (c->pool || c->relu || db) {
		get_tile(s, &in, y ? y + from : NULL,
		    which ? which + from : NULL, dy + from, db);
		cd_wino_out_back(s->tile, 4 * (size_t)c->cout, c->cout, NULL, z,
		    s->mplane);
		return;
	}
	cd_wino_out_back(dy + from, (size_t)c->yw * c->cout, c->cout,
	    is_whole(&in, 4) ? NULL : &in, z, s->mplane);
}

/* From the gradient V of tile t to that of its patch. Two rows and columns of a
 * patch are those of the patches above and to the left, which come before: this
 * is the first to touch the others. */
static void
tile_in_back(const struct wino *s, int t, struct place at, float *dx)
{
	const struct cd_conv *c = s->c;
	struct cd_wino_part part = patch(c, at);
	int above = at.i > 0 ? 2 : 0, left = at.j > 0 ? 2 : 0;

	cd_wino_in_back(s->v + (size_t)t * s->cp, s->vplane, c->cin, &part,
	    is_whole(&part, 6), c->add_dx ? 6 : above, left,
	    dx + patch_at(c, at), (size_t)c->w * c->cin);
}

#endif
