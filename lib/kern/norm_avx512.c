#define VARIANT cd_norm_avx512
#define NAME "avx512"
#include "kern/norm_simd.h"
