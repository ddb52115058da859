#define VARIANT cd_conv_wino_avx512
#define NAME "wino-avx512"
#include "kern/conv_wino_simd.h"
