#define VARIANT cd_elem_neon
#define NAME "neon"
#include "kern/elem_simd.h"
