#define VARIANT cd_conv_depth_neon
#define NAME "depth-neon"
#include "kern/conv_depth_simd.h"
