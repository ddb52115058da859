#include "img/still.h"

int
cd_still_room(const struct cd_still_how *how, int64_t w, int64_t h, size_t n,
    int bytes, struct cd_buf *out, struct cd_err *e)
{
	if (cd_limits_check(&how->limits, w, h, n, e) < 0 ||
	    cd_limits_memory(&how->limits, w * h * bytes, e) < 0)
		return -1;
	return cd_buf_reserve(out, (size_t)(w * h) * 4, e);
}

void
cd_still_flatten(const struct cd_still_how *how, struct cd_buf *out, size_t n)
{
	const unsigned char *in = out->data;
	unsigned char *p = out->data;
	size_t i;
	int c;

	for (i = 0; i < n; i++, in += 4, p += 3) {
		unsigned a = in[3], rest = 255 - a;

		for (c = 0; c < 3; c++)
			p[c] = (unsigned char)((in[c] * a +
						   how->background[c] * rest +
						   127) /
			    255);
	}
	out->len = 3 * n;
}
