#define VARIANT cd_gemm_tile_avx512
#define NAME "tile-avx512"
#include "kern/gemm_tile_simd.h"
