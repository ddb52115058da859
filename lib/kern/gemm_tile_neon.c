#define VARIANT cd_gemm_tile_neon
#define NAME "tile-neon"
#include "kern/gemm_tile_simd.h"
