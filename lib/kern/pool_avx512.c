#define VARIANT cd_pool_avx512
#define NAME "avx512"
#include "kern/pool_simd.h"
