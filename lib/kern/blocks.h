/* Block sizes that must be compile-time constants, because register or stack
 * arrays depend on them. The variant tables repeat these; all other sizes are
 * in the tables alone. */
#ifndef CD_KERN_BLOCKS_H
#define CD_KERN_BLOCKS_H

enum {
	/* the products' register tile (tile_simd.h): its sums and two vectors
	 * of B fit in the registers */
	CD_TILE_ROWS_NEON = 12,
	CD_TILE_COLUMNS_NEON = 8,
	CD_TILE_ROWS_AVX2 = 6,
	CD_TILE_COLUMNS_AVX2 = 16,
	CD_TILE_ROWS_AVX512 = 12,
	CD_TILE_COLUMNS_AVX512 = 32,

	CD_GEMM_DEPTH = 128,	 /* rows of B in a panel */
	CD_GEMM_DOT_COLUMNS = 4, /* of the tile if B is transposed */
	CD_DEPTH_PIXELS = 4,	 /* summed at once, a vector of channels each */
	CD_NORM_PIXELS = 8,	 /* for one load of the per-channel numbers,
				  * and one addition to sums in double */
};

#endif
