/* All in integers: in units of 1/oh of a source row (1/ow of a column) a source
 * pixel is oh (ow) long and a result pixel h (w). */
#include "pix/shrink.h"

#include <string.h>

/* The overlap of source pixel k, of n, and result pixel i, of on. */
static uint32_t
overlap(int k, int i, int n, int on)
{
	int64_t a = (int64_t)k * on, b = a + on;
	int64_t from = (int64_t)i * n, to = from + n;

	return (uint32_t)((b < to ? b : to) - (a > from ? a : from));
}

/* sum[j] = the rows that overlap row i, each times its share: up to 255 h. */
static void
add_rows(uint32_t *sum, size_t n, const uint8_t *src, int h, int oh, int i)
{
	int k = (int)((int64_t)i * h / oh);
	int end = (int)(((int64_t)(i + 1) * h + oh - 1) / oh);
	size_t j;

	memset(sum, 0, n * sizeof *sum);
	for (; k < end; k++) {
		const uint8_t *p = src + (size_t)k * n;
		uint32_t share = overlap(k, i, h, oh);

		for (j = 0; j < n; j++)
			sum[j] += share * p[j];
	}
}

void
cd_shrink(uint8_t *dst, int oh, int ow, const uint8_t *src, int h, int w,
    int channels, uint32_t *scratch)
{
	const int64_t area = (int64_t)h * w;
	/* the quotient is a multiple of 1/area; adding half of that makes the
	 * truncation below exact, because 255 area is far below 2^52 */
	const double per = 1.0 / (double)area;
	size_t c = (size_t)channels, b;
	int i, j, k, end;

	for (i = 0; i < oh; i++) {
		add_rows(scratch, (size_t)w * c, src, h, oh, i);
		for (j = 0; j < ow; j++) {
			int64_t sum[4] = { area / 2, area / 2, area / 2,
				area / 2 };

			k = (int)((int64_t)j * w / ow);
			end = (int)(((int64_t)(j + 1) * w + ow - 1) / ow);
			for (; k < end; k++) {
				uint32_t share = overlap(k, j, w, ow);

				for (b = 0; b < c; b++)
					sum[b] += (int64_t)share *
					    scratch[(size_t)k * c + b];
			}
			for (b = 0; b < c; b++)
				*dst++ = (uint8_t)(((double)sum[b] + 0.5) *
				    per);
		}
	}
}
