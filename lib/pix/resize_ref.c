#include "pix/resize.h"

static void
down(int16_t *mid, const uint8_t *in, size_t stride, int n,
    const int16_t *weight, int count)
{
	int i, t;

	for (i = 0; i < n; i++) {
		int32_t sum = 1 << 7;

		for (t = 0; t < count; t++)
			sum += weight[t] * in[t * stride + i];
		sum >>= 8;
		mid[i] = (int16_t)(sum < INT16_MIN ? INT16_MIN :
			sum > INT16_MAX		   ? INT16_MAX :
						     sum);
	}
}

static void
across(uint8_t *out, const int16_t *mid, const struct cd_resize_axis *a)
{
	int x, c, t;

	for (x = 0; x < a->dst; x++)
		for (c = 0; c < 3; c++) {
			const int16_t *in = mid + 3 * a->start[x] + c;
			const int16_t *w = a->weight + (size_t)x * a->taps;
			int32_t sum = 1 << 19;

			for (t = 0; t < a->count[x]; t++)
				sum += w[t] * in[3 * t];
			sum >>= 20;
			out[3 * x + c] = (uint8_t)(sum < 0 ? 0 :
				sum > 255		   ? 255 :
							     sum);
		}
}

const struct cd_resize_variant cd_resize_ref = { "ref", down, across };
