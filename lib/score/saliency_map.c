/* The formula of score/saliency.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "score/saliency.h"

/* rough [h,w] = ReLU(sum over c of alpha_c A_c) */
static int
weigh(const float *a, const float *da, size_t n, int c, float *rough,
    struct cd_err *e)
{
	double *alpha = cd_calloc((size_t)c, sizeof *alpha, e), sum;
	size_t i;
	int k;

	if (!alpha)
		return -1;
	for (i = 0; i < n; i++)
		for (k = 0; k < c; k++)
			alpha[k] += (double)da[i * c + k] / (double)n;
	for (i = 0; i < n; i++) {
		for (k = 0, sum = 0; k < c; k++)
			sum += alpha[k] * (double)a[i * c + k];
		if (!isfinite((float)sum))
			break;
		rough[i] = sum > 0 ? (float)sum : 0;
	}
	free(alpha);
	return i == n ? 0 : cd_fail(e, "the net's numbers are not all finite");
}

/* The two of n cells between whose centres pixel i of `to` has its own, and the
 * share of the second. */
static double
between(int i, int to, int n, int *first, int *second)
{
	double at = (i + 0.5) * n / to - 0.5;

	at = fmin(fmax(at, 0), n - 1);
	*first = (int)at;
	*second = *first + 1 < n ? *first + 1 : *first;
	return at - *first;
}

/* Returns the maximum. */
static float
interpolate(const float *in, int h, int w, float *out, int oh, int ow)
{
	int y, x, y0, y1, x0, x1;
	float most = 0;

	for (y = 0; y < oh; y++) {
		double v = between(y, oh, h, &y0, &y1);
		const float *above = in + (size_t)y0 * w;
		const float *below = in + (size_t)y1 * w;

		for (x = 0; x < ow; x++, out++) {
			double u = between(x, ow, w, &x0, &x1);
			double a = (1 - u) * above[x0] + u * above[x1];
			double b = (1 - u) * below[x0] + u * below[x1];

			*out = (float)((1 - v) * a + v * b);
			most = *out > most ? *out : most;
		}
	}
	return most;
}

int
cd_saliency_map(const float *a, const float *da, int h, int w, int c,
    float *rough, float *smooth, uint8_t *out, int oh, int ow, struct cd_err *e)
{
	size_t n = (size_t)oh * ow, i;
	float most;

	if (weigh(a, da, (size_t)h * w, c, rough, e) < 0)
		return -1;
	most = interpolate(rough, h, w, smooth, oh, ow);
	memset(out, 0, n);
	for (i = 0; i < n && most > 0; i++)
		out[i] = (uint8_t)(255 * (double)smooth[i] / (double)most +
		    0.5);
	return 0;
}
