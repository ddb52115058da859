#define VARIANT cd_excite_avx512
#define NAME "avx512"
#include "kern/excite_simd.h"
