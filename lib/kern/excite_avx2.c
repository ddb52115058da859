#define VARIANT cd_excite_avx2
#define NAME "avx2"
#include "kern/excite_simd.h"
