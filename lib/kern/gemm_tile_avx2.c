#define GEMM cd_gemm_tile_avx2
#include "kern/gemm_tile_simd.h"
