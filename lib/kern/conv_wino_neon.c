#define VARIANT cd_conv_wino_neon
#define NAME "wino-neon"
#include "kern/conv_wino_simd.h"
