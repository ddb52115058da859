#define VARIANT cd_conv_direct_neon
#define NAME "direct-neon"
#include "kern/conv_direct_simd.h"
