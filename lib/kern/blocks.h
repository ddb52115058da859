/* Block sizes that are constants of a variant's file, because its registers or
 * its stack are laid out by them; the rows of the tables name them. Other sizes
 * stand in the rows alone. */
#ifndef CD_KERN_BLOCKS_H
#define CD_KERN_BLOCKS_H

enum {
	/* the register tile of the products (tile_simd.h): all sums and two
	 * vectors of B fit in the registers */
	CD_TILE_ROWS_AVX2 = 6,
	CD_TILE_COLUMNS_AVX2 = 16,
	CD_TILE_ROWS_AVX512 = 12,
	CD_TILE_COLUMNS_AVX512 = 32,

	CD_GEMM_DEPTH = 128,	 /* rows of B in a panel */
	CD_GEMM_DOT_COLUMNS = 4, /* of the tile where B is transposed */
	CD_DEPTH_PIXELS = 4,	 /* summed at once, a vector of channels each */
	CD_NORM_PIXELS = 4,	 /* for which what is one number a channel is
				 * loaded once */
};

#endif
