#define VARIANT cd_conv_direct_avx512
#define NAME "direct-avx512"
#include "kern/conv_direct_simd.h"
