#define VARIANT cd_conv_wino_avx2
#define NAME "wino-avx2"
#include "kern/conv_wino_simd.h"
