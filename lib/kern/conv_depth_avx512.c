#define VARIANT cd_conv_depth_avx512
#define NAME "depth-avx512"
#include "kern/conv_depth_simd.h"
