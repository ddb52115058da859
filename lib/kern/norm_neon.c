#define VARIANT cd_norm_neon
#define NAME "neon"
#include "kern/norm_simd.h"
