#define GEMM cd_gemm_tile_avx512
#include "kern/gemm_tile_simd.h"
