#define VARIANT cd_elem_avx2
#define NAME "avx2"
#include "kern/elem_simd.h"
