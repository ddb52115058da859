#include "img/augment_colour.h"

#include <math.h>

#include "base/num.h"
#include "base/rng.h"
#include "pix/colour.h"

static size_t
pixels(const struct cd_augment_pixels *a)
{
	return (size_t)a->h * (size_t)a->w;
}

static double
clamp(double v)
{
	return v < 0 ? 0 : v > 255 ? 255 : v;
}

static uint8_t
rounded(double v)
{
	return (uint8_t)floor(clamp(v) + 0.5);
}

/* v = clamp(m + f (v - m)) in the table, m the mean grey after it. */
static void
contrast(const struct cd_augment_pixels *a, double f, float table[256])
{
	struct cd_histogram h;
	double m;
	int i;

	cd_histogram(&h, a->p, pixels(a), a->c);
	m = cd_mean_grey(&h, pixels(a), a->c, table);
	for (i = 0; i < 256; i++)
		table[i] = (float)clamp(m + f * ((double)table[i] - m));
}

/* Channel shift and brightness alone, in doubles. */
static void
shift_table(const struct cd_augment_draw *d, uint8_t lo, uint8_t hi,
    double table[256])
{
	double v;
	int i;

	for (i = 0; i < 256; i++) {
		v = i + d->channel_shift;
		v = (v < lo ? lo : v > hi ? hi : v) * d->brightness;
		table[i] = clamp(v);
	}
}

void
cd_augment_colour(const struct cd_augment_draw *d,
    const struct cd_augment_pixels *a)
{
	struct cd_colour o = { .saturation = (float)d->saturation,
		.hue = (float)d->hue,
		.grey = d->grey };
	uint8_t lo = 0, hi = 255, bytes[256];
	size_t n = pixels(a) * (size_t)a->c;
	bool shifts = d->channel_shift != 0 || d->brightness != 1;
	double table[256];
	int i;

	if (d->channel_shift != 0)
		cd_extremes(a->p, n, &lo, &hi);
	shift_table(d, lo, hi, table);
	if (d->contrast == 1 && o.saturation == 1 && o.hue == 0 && !o.grey) {
		for (i = 0; i < 256; i++)
			bytes[i] = rounded(table[i]);
		if (shifts)
			cd_lookup(a->p, n, bytes);
		return;
	}
	for (i = 0; i < 256; i++)
		o.table[i] = (float)table[i];
	if (d->contrast != 1)
		contrast(a, d->contrast, o.table);
	cd_colour(a->p, pixels(a), a->c, &o);
}

/* Each channel stretched to 0 .. 255. */
static void
autocontrast_table(const uint32_t h[256], uint8_t table[256])
{
	int lo = 0, hi = 255, i;

	while (lo < 255 && h[lo] == 0)
		lo++;
	while (hi > 0 && h[hi] == 0)
		hi--;
	for (i = 0; i < 256; i++)
		table[i] = lo >= hi ? (uint8_t)i :
				      rounded((i - lo) * (255. / (hi - lo)));
}

/* As in PIL's ImageOps and torchvision. */
static void
equalize_table(const uint32_t h[256], uint8_t table[256])
{
	uint64_t sum = 0, step, n;
	int i, last = 0;

	for (i = 0; i < 256; i++) {
		sum += h[i];
		last = h[i] ? i : last;
	}
	step = (sum - h[last]) / 255;
	n = step / 2;
	for (i = 0; i < 256; i++) {
		uint64_t v = step ? n / step : (uint64_t)i;

		table[i] = (uint8_t)(v > 255 ? 255 : v);
		n += h[i];
	}
}

static void
by_histogram(const struct cd_augment_pixels *a,
    void (*make)(const uint32_t[256], uint8_t[256]))
{
	uint8_t table[CD_COLOUR_CHANNELS][256];
	struct cd_histogram h;
	int k;

	cd_histogram(&h, a->p, pixels(a), a->c);
	for (k = 0; k < a->c; k++)
		make(h.of[k], table[k]);
	cd_lookup_channels(a->p, pixels(a), a->c, table);
}

static void
by_value(const struct cd_augment_pixels *a, enum cd_trivial what, double m)
{
	int i;
	uint8_t table[256];

	for (i = 0; i < 256; i++)
		if (what == CD_TRIVIAL_POSTERIZE)
			table[i] = (uint8_t)(i & (0xff << (8 - (int)m)));
		else
			table[i] = (uint8_t)(i < m ? i : 255 - i);
	cd_lookup(a->p, pixels(a) * (size_t)a->c, table);
}

/* The options' operations, for the rest as they are. */
static void
by_factor(const struct cd_augment_draw *d, const struct cd_augment_pixels *a)
{
	const struct cd_augment_size whole = { a->h, a->w, a->h, a->w };
	struct cd_augment_draw t = cd_augment_draw_none(&whole);
	double f = 1 + d->magnitude;

	if (d->trivial == CD_TRIVIAL_BRIGHTNESS)
		t.brightness = f;
	else if (d->trivial == CD_TRIVIAL_SATURATION)
		t.saturation = f;
	else
		t.contrast = f;
	cd_augment_colour(&t, a);
}

void
cd_augment_trivial(const struct cd_augment_draw *d,
    const struct cd_augment_pixels *a)
{
	switch (d->trivial) {
	case CD_TRIVIAL_BRIGHTNESS:
	case CD_TRIVIAL_SATURATION:
	case CD_TRIVIAL_CONTRAST:
		by_factor(d, a);
		break;
	case CD_TRIVIAL_SHARPNESS:
		cd_sharpen(a->p, a->h, a->w, a->c, 1 + d->magnitude, a->spare);
		break;
	case CD_TRIVIAL_POSTERIZE:
	case CD_TRIVIAL_SOLARIZE:
		by_value(a, d->trivial, d->magnitude);
		break;
	case CD_TRIVIAL_AUTOCONTRAST:
		by_histogram(a, autocontrast_table);
		break;
	case CD_TRIVIAL_EQUALIZE:
		by_histogram(a, equalize_table);
		break;
	default:
		break;
	}
}

bool
cd_augment_spare(const struct cd_augment_draw *d)
{
	return d->trivial == CD_TRIVIAL_SHARPNESS;
}

void
cd_augment_erase(const struct cd_augment_draw *d,
    const struct cd_augment_pixels *a)
{
	const uint32_t key[2] = { (uint32_t)d->noise,
		(uint32_t)(d->noise >> 32) };
	uint32_t ctr[4] = { 0 }, out[4];
	size_t c = (size_t)a->c, row = (size_t)d->erase_width * c, i, n = 0;
	unsigned char bytes[16];
	uint8_t *p;
	int y;

	for (y = 0; y < d->erase_height; y++) {
		p = a->p +
		    ((size_t)(d->erase_top + y) * (size_t)a->w +
			(size_t)d->erase_left) *
			c;
		for (i = 0; i < row; i++, n++) {
			if (n % 16 == 0) {
				cd_philox(ctr, key, out);
				ctr[0]++;
				cd_put32(bytes, out[0]);
				cd_put32(bytes + 4, out[1]);
				cd_put32(bytes + 8, out[2]);
				cd_put32(bytes + 12, out[3]);
			}
			p[i] = bytes[n % 16];
		}
	}
}
