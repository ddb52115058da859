#define VARIANT cd_pool_avx2
#define NAME "avx2"
#include "kern/pool_simd.h"
