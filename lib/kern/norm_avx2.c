#define VARIANT cd_norm_avx2
#define NAME "avx2"
#include "kern/norm_simd.h"
