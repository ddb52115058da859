#define VARIANT cd_window_avx512
#define NAME "avx512"
#include "kern/window_simd.h"
