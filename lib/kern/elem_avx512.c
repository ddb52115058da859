#define VARIANT cd_elem_avx512
#define NAME "avx512"
#include "kern/elem_simd.h"
