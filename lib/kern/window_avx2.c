#define VARIANT cd_window_avx2
#define NAME "avx2"
#include "kern/window_simd.h"
