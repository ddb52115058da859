#define VARIANT cd_conv_depth_avx2
#define NAME "depth-avx2"
#include "kern/conv_depth_simd.h"
