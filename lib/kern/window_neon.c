#define VARIANT cd_window_neon
#define NAME "neon"
#include "kern/window_simd.h"
