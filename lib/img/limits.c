#include "img/limits.h"

enum {
	/* Pixels of any picture that need no bytes to justify them. */
	FREE_PIXELS = 4 << 20,
};

int
cd_limits_check(const struct cd_picture_limits *l, int64_t w, int64_t h,
    size_t n, struct cd_err *e)
{
	int64_t pixels;

	/* sides of 32 bits each: no overflow below */
	if (w > l->pixels || h > l->pixels || w * h > l->pixels)
		return cd_fail(e,
		    "%lldx%lld pixels are more than the limit of %lld",
		    (long long)w, (long long)h, (long long)l->pixels);
	pixels = w * h;
	if (pixels / l->density > (int64_t)n + FREE_PIXELS / l->density)
		return cd_fail(e,
		    "%lldx%lld pixels in %zu bytes are more than the limit of "
		    "%lld a byte",
		    (long long)w, (long long)h, n, (long long)l->density);
	return 0;
}

int
cd_limits_memory(const struct cd_picture_limits *l, int64_t bytes,
    struct cd_err *e)
{
	if (bytes < l->memory)
		return 0;
	return cd_fail(e, "needs more than the limit of %lld bytes of memory",
	    (long long)l->memory);
}
