#define VARIANT cd_conv_direct_avx2
#define NAME "direct-avx2"
#include "kern/conv_direct_simd.h"
