#define VARIANT cd_gemm_tile_avx2
#define NAME "tile-avx2"
#include "kern/gemm_tile_simd.h"
