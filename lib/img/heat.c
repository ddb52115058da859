#include "img/heat.h"

/* At 0, 1/8, ... 1 of the way; between them colours are interpolated. */
static const uint8_t stops[][3] = {
	{ 0, 0, 4 },
	{ 31, 12, 72 },
	{ 85, 15, 109 },
	{ 136, 34, 106 },
	{ 188, 55, 84 },
	{ 227, 89, 51 },
	{ 249, 140, 10 },
	{ 249, 201, 50 },
	{ 252, 255, 164 },
};

enum {
	STEPS = sizeof stops / sizeof *stops - 1,
	SHARE_LEAST = 64, /* of 256, of the colour in the mixture */
	SHARE_MOST = 176,
};

static int
colour(int heat, int c)
{
	int i = heat * STEPS / 255, part = heat * STEPS % 255;

	if (part == 0)
		return stops[i][c];
	return (stops[i][c] * (255 - part) + stops[i + 1][c] * part) / 255;
}

/* Luma of BT.601. */
static int
grey(const uint8_t *px, int channels)
{
	if (channels == 1)
		return px[0];
	return (299 * px[0] + 587 * px[1] + 114 * px[2] + 500) / 1000;
}

void
cd_heat_blend(size_t n, int channels, const uint8_t *image, const uint8_t *heat,
    uint8_t *rgb)
{
	int share, y, c;
	size_t i;

	for (i = 0; i < n; i++, image += channels, rgb += 3) {
		share = SHARE_LEAST +
		    (SHARE_MOST - SHARE_LEAST) * heat[i] / 255;
		y = grey(image, channels);
		for (c = 0; c < 3; c++)
			rgb[c] = (uint8_t)((y * (256 - share) +
					       colour(heat[i], c) * share +
					       128) /
			    256);
	}
}
