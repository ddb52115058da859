#include "kern/conv.h"

#include <string.h>

#include "kern/blocks.h"

extern const struct cd_conv_variant cd_conv_im2col, cd_conv_depth,
    cd_conv_depth_avx2, cd_conv_depth_avx512, cd_conv_depth_neon,
    cd_conv_direct_avx2, cd_conv_direct_avx512, cd_conv_direct_neon,
    cd_conv_wino_avx2, cd_conv_wino_avx512, cd_conv_wino_neon;

/* rows and columns repeat compile-time constants (kern/blocks.h); the other
 * sizes are set here. They fix the order of summation: a change alters
 * rounding. */
const struct cd_conv_row cd_conv_table[] = {
	{ &cd_conv_ref, CD_CPU_REF },
	{ &cd_conv_im2col, CD_CPU_PLAIN, { .cache = 96 << 10 } },
	{ &cd_conv_depth, CD_CPU_PLAIN, { .run = 32 } },
#if defined(__x86_64__)
	{ &cd_conv_depth_avx2, CD_CPU_AVX2,
	    { .rows = CD_DEPTH_PIXELS, .columns = 8, .run = 32 } },
	{ &cd_conv_depth_avx512, CD_CPU_AVX512,
	    { .rows = CD_DEPTH_PIXELS, .columns = 16, .run = 32 } },
	{ &cd_conv_direct_avx2, CD_CPU_AVX2,
	    { .rows = CD_TILE_ROWS_AVX2,
		.columns = CD_TILE_COLUMNS_AVX2,
		.cache = 24 << 10,
		.packed = 160 << 10,
		.near = 100 << 10,
		.many = 64 << 10,
		.most = 4 << 20 } },
	{ &cd_conv_direct_avx512, CD_CPU_AVX512,
	    { .rows = CD_TILE_ROWS_AVX512,
		.columns = CD_TILE_COLUMNS_AVX512,
		.cache = 24 << 10,
		.packed = 160 << 10,
		.near = 100 << 10,
		.many = 64 << 10,
		.most = 4 << 20 } },
	{ &cd_conv_wino_avx2, CD_CPU_AVX2,
	    { .rows = CD_TILE_ROWS_AVX2,
		.columns = CD_TILE_COLUMNS_AVX2,
		.cache = 240 << 10,
		.least = 24,
		.many = 288 << 10,
		.most = 4 << 20 } },
	{ &cd_conv_wino_avx512, CD_CPU_AVX512,
	    { .rows = CD_TILE_ROWS_AVX512,
		.columns = CD_TILE_COLUMNS_AVX512,
		.cache = 240 << 10,
		.least = 24,
		.many = 288 << 10,
		.most = 4 << 20 } },
#elif defined(__aarch64__)
	{ &cd_conv_depth_neon, CD_CPU_NEON,
	    { .rows = CD_DEPTH_PIXELS, .columns = 4, .run = 32 } },
	{ &cd_conv_direct_neon, CD_CPU_NEON,
	    { .rows = CD_TILE_ROWS_NEON,
		.columns = CD_TILE_COLUMNS_NEON,
		.cache = 24 << 10,
		.packed = 160 << 10,
		.near = 100 << 10,
		.many = 64 << 10,
		.most = 4 << 20 } },
	{ &cd_conv_wino_neon, CD_CPU_NEON,
	    { .rows = CD_TILE_ROWS_NEON,
		.columns = CD_TILE_COLUMNS_NEON,
		.cache = 240 << 10,
		.least = 24,
		.many = 288 << 10,
		.most = 4 << 20 } },
#endif
	{ NULL, 0 },
};

const struct cd_conv_variant *
cd_conv_best(const struct cd_conv *c)
{
	const struct cd_conv_row *row, *best = cd_conv_table;

	CD_EACH_VARIANT (row, cd_conv_table)
		if (row->variant->fits(c))
			best = row;
	return best->variant;
}

const struct cd_conv_blocks *
cd_conv_blocks(const struct cd_conv_variant *v)
{
	const struct cd_conv_row *row = cd_conv_table;

	while (row->variant && row->variant != v)
		row++;
	return &row->blocks;
}

bool
cd_conv_has_many_weights(const struct cd_conv_variant *v,
    const struct cd_conv *c)
{
	return v->rounds && v->gradient(c) >= cd_conv_blocks(v)->many;
}

bool
cd_conv_wants_rounds(const struct cd_conv_variant *v, const struct cd_conv *c,
    int n)
{
	const struct cd_conv_blocks *b = cd_conv_blocks(v);

	return cd_conv_has_many_weights(v, c) && v->rounds->fits(c) &&
	    v->rounds->floats(c, n) <= b->most;
}

void
cd_conv_shape(struct cd_conv *cv)
{
	if (cv->groups == 0)
		cv->groups = 1;
	cv->oh = (cv->h + 2 * cv->pad - cv->kh) / cv->stride + 1;
	cv->ow = (cv->w + 2 * cv->pad - cv->kw) / cv->stride + 1;
	cv->yh = cv->pool ? cv->oh / cv->pool : cv->oh;
	cv->yw = cv->pool ? cv->ow / cv->pool : cv->ow;
}

size_t
cd_conv_weights(const struct cd_conv *c)
{
	return (size_t)c->kh * c->kw * (c->cin / c->groups) * c->cout;
}

void
cd_conv_clear_dw(const struct cd_conv *c, size_t weights, float *dw, float *db)
{
	if (c->add_dw)
		return;
	memset(dw, 0, weights * sizeof *dw);
	if (db)
		memset(db, 0, (size_t)c->cout * sizeof *db);
}
