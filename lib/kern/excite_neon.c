#define VARIANT cd_excite_neon
#define NAME "neon"
#include "kern/excite_simd.h"
