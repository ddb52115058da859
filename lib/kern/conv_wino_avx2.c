#define VARIANT cd_conv_wino_avx2
#define NAME "wino-avx2"
#define LEVEL CD_CPU_AVX2
#include "kern/conv_wino_simd.h"
