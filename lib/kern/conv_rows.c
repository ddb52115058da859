#include "kern/conv_rows.h"

#include <string.h>

#include "kern/window.h"

void
cd_conv_pool_rows(const struct cd_conv *c, const float *z, int rows,
    const float *b, float *y, uint8_t *which)
{
	size_t cout = (size_t)c->cout, line = (size_t)c->ow * cout;
	const struct cd_window_variant *window = cd_window_best();
	int i, j;

	for (i = 0; i < rows / 2; i++, z += 2 * line)
		for (j = 0; j < c->yw; j++, y += cout) {
			window->forward(c->cout, z + 2 * j * cout,
			    z + line + 2 * j * cout, b, c->relu, y, which);
			which = which ? which + cout : NULL;
		}
}

void
cd_conv_unpool_rows(const struct cd_conv *c, const uint8_t *which,
    const float *dy, int i0, int i1, float *dz, float *db)
{
	const struct cd_window_variant *window = cd_window_best();
	size_t cout = (size_t)c->cout, line = (size_t)c->ow * cout;
	size_t at = (size_t)(i0 / 2) * c->yw * cout;
	int i, j;

	/* the gradient of what pooling dropped at the right and bottom is 0 */
	if (c->ow % 2 || (i1 - i0) % 2)
		memset(dz, 0, (i1 - i0) * line * sizeof *dz);
	for (i = 0; i < (i1 - i0) / 2; i++, dz += 2 * line)
		for (j = 0; j < c->yw; j++, at += cout)
			window->backward(c->cout, which + at, dy + at,
			    dz + 2 * j * cout, dz + line + 2 * j * cout, db);
}
