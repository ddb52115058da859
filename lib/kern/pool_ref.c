#include "kern/pool.h"

#include <stddef.h>
#include <string.h>

/* Where in x place q of the window of output cell i,j begins. */
static size_t
pixel(const struct cd_pool *p, int i, int j, int q)
{
	size_t row = (size_t)i * p->stride + q / p->size;
	size_t column = (size_t)j * p->stride + q % p->size;

	return (row * p->w + column) * p->c;
}

/* All channels of an output cell. */
static void
cell(const struct cd_pool *p, const float *x, int i, int j, float *y,
    uint8_t *which)
{
	const float *at = x + pixel(p, i, j, 0);
	int k, q;

	for (k = 0; k < p->c; k++) {
		y[k] = at[k];
		if (which)
			which[k] = 0;
	}
	for (q = 1; q < p->size * p->size; q++) {
		at = x + pixel(p, i, j, q);
		for (k = 0; k < p->c; k++) {
			if (!(at[k] > y[k]))
				continue;
			y[k] = at[k];
			if (which)
				which[k] = (uint8_t)q;
		}
	}
}

void
cd_pool_max_forward(const struct cd_pool *p, const float *x, float *y,
    uint8_t *which)
{
	int i, j;

	for (i = 0; i < p->yh; i++)
		for (j = 0; j < p->yw; j++) {
			cell(p, x, i, j, y, which);
			y += p->c;
			which = which ? which + p->c : NULL;
		}
}

/* Windows may overlap: a pixel that won in several gets the sum. */
void
cd_pool_max_backward(const struct cd_pool *p, const uint8_t *which,
    const float *dy, float *dx)
{
	int i, j, k;

	memset(dx, 0, (size_t)p->h * p->w * p->c * sizeof *dx);
	for (i = 0; i < p->yh; i++)
		for (j = 0; j < p->yw; j++)
			for (k = 0; k < p->c; k++)
				dx[pixel(p, i, j, *which++) + k] += *dy++;
}
