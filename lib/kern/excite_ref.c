#include "kern/excite.h"

#include <math.h>

static void
scale(const struct cd_excite *p, const float *x, const float *s, float *y)
{
	size_t i, pixels = (size_t)p->h * p->w, c = (size_t)p->c, k;

	for (i = 0; i < pixels; i++)
		for (k = 0; k < c; k++)
			*y++ = *x++ * s[k];
}

static void
sums(const struct cd_excite *p, const float *x, const float *dy, float *ds)
{
	size_t i, pixels = (size_t)p->h * p->w, c = (size_t)p->c, k;
	double sum;

	for (k = 0; k < c; k++) {
		sum = 0;
		for (i = k; i < pixels * c; i += c)
			sum += (double)dy[i] * x[i];
		ds[k] = (float)sum;
	}
}

static void
backward(const struct cd_excite *p, const float *dy, const float *s,
    const float *k, float *dx)
{
	size_t i, pixels = (size_t)p->h * p->w, c = (size_t)p->c, j;

	for (i = 0; i < pixels; i++)
		for (j = 0; j < c; j++, dx++) {
			float d = *dy++ * s[j] + k[j];

			*dx = p->add_dx ? *dx + d : d;
		}
}

const struct cd_excite_variant cd_excite_ref = { "ref", scale, sums, backward };

/* exp of a non-positive number cannot overflow. */
void
cd_sigmoid(size_t n, const float *z, float *s)
{
	double e, large;
	size_t i;

	for (i = 0; i < n; i++) {
		e = exp(-fabs((double)z[i]));
		large = 1 / (1 + e);
		s[i] = (float)(z[i] < 0 ? e * large : large);
	}
}

void
cd_sigmoid_backward(size_t n, const float *s, const float *ds, float *dz)
{
	size_t i;

	for (i = 0; i < n; i++)
		dz[i] = ds[i] * (s[i] * (1 - s[i]));
}
