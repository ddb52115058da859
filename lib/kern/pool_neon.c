#define VARIANT cd_pool_neon
#define NAME "neon"
#include "kern/pool_simd.h"
