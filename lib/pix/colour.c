#include "pix/colour.h"

#include <string.h>

enum {
	BLOCK = 128, /* pixels of which each channel is held apart */
};

/* Loops over these are without branches: the compiler vectorises them. */
struct block {
	float r[BLOCK], g[BLOCK], b[BLOCK];
};

static inline float
grey_of(float r, float g, float b)
{
	return 0.299f * r + 0.587f * g + 0.114f * b;
}

static inline float
clamp(float v)
{
	v = v < 0 ? 0 : v;
	return v > 255 ? 255 : v;
}

static inline uint8_t
rounded(float v)
{
	return (uint8_t)(int)(v + 0.5f);
}

void
cd_histogram(struct cd_histogram *h, const uint8_t *p, size_t n, int c)
{
	size_t i;
	int k;

	memset(h, 0, sizeof *h);
	for (i = 0; i < n; i++)
		for (k = 0; k < c; k++)
			h->of[k][*p++]++;
}

double
cd_mean_grey(const struct cd_histogram *h, size_t n, int c,
    const float table[256])
{
	static const double part[] = { 0.299, 0.587, 0.114 };
	double sum = 0, all;
	int i, k;

	for (k = 0; k < (c < 3 ? 1 : 3); k++) {
		all = 0;
		for (i = 0; i < 256; i++)
			all += h->of[k][i] * (double)table[i];
		sum += all * (c < 3 ? 1 : part[k]);
	}
	return sum / (double)n;
}

static void
load(struct block *a, const uint8_t *p, size_t n, int c, const float table[256])
{
	size_t i;

	for (i = 0; i < n; i++, p += c) {
		a->r[i] = table[p[0]];
		a->g[i] = table[p[1]];
		a->b[i] = table[p[2]];
	}
}

static void
store(const struct block *a, uint8_t *p, size_t n, int c,
    const uint8_t table[256])
{
	uint8_t out[3][BLOCK];
	size_t i;

	for (i = 0; i < BLOCK; i++) {
		out[0][i] = rounded(a->r[i]);
		out[1][i] = rounded(a->g[i]);
		out[2][i] = rounded(a->b[i]);
	}
	for (i = 0; i < n; i++, p += c) {
		p[0] = out[0][i];
		p[1] = out[1][i];
		p[2] = out[2][i];
		if (c == 4)
			p[3] = table[p[3]];
	}
}

static void
saturate(struct block *a, float f)
{
	int i;

	for (i = 0; i < BLOCK; i++) {
		float g = grey_of(a->r[i], a->g[i], a->b[i]);

		a->r[i] = clamp(g + f * (a->r[i] - g));
		a->g[i] = clamp(g + f * (a->g[i] - g));
		a->b[i] = clamp(g + f * (a->b[i] - g));
	}
}

static void
make_grey(struct block *a)
{
	int i;

	for (i = 0; i < BLOCK; i++) {
		float g = clamp(grey_of(a->r[i], a->g[i], a->b[i]));

		a->r[i] = a->g[i] = a->b[i] = g;
	}
}

static inline float
wrapped(float v, float n)
{
	return v >= n ? v - n : v;
}

/* The channel at the sector h of six, 0 <= h < 18, of a colour with this
 * maximum and chroma: the maximum within one sector of its own, falling
 * linearly over the next. */
static inline float
channel(float h, float max, float chroma)
{
	float k = wrapped(wrapped(h, 12), 6), rest = 4 - k;

	k = rest < k ? rest : k;
	k = k < 0 ? 0 : k;
	k = k > 1 ? 1 : k;
	return max - chroma * k;
}

/* To HSV and back, as in Smith, "Color gamut transform pairs", SIGGRAPH 1978;
 * value and chroma (saturation times value) stay, so only the hue is needed. */
static void
turn(struct block *a, float hue)
{
	float by = 6 * (hue < 0 ? hue + 1 : hue);
	int i;

	for (i = 0; i < BLOCK; i++) {
		float r = a->r[i], g = a->g[i], b = a->b[i];
		float max = r > g ? r : g, min = r < g ? r : g;
		float chroma, in, h;

		max = max > b ? max : b;
		min = min < b ? min : b;
		chroma = max - min;
		in = 1 / (chroma > 0 ? chroma : 1);
		h = 4 + (r - g) * in;
		h = max == g ? 2 + (b - r) * in : h;
		h = max == r ? 6 + (g - b) * in : h;
		h = wrapped(h, 6) + by;
		a->r[i] = channel(h + 5, max, chroma);
		a->g[i] = channel(h + 3, max, chroma);
		a->b[i] = channel(h + 1, max, chroma);
	}
}

void
cd_colour(uint8_t *p, size_t n, int c, const struct cd_colour *o)
{
	struct block a = { { 0 }, { 0 }, { 0 } };
	uint8_t table[256];
	size_t i, m, k = (size_t)c;

	for (i = 0; i < 256; i++)
		table[i] = rounded(o->table[i]);
	if (c < 3 || (o->saturation == 1 && o->hue == 0 && !o->grey)) {
		for (i = 0; i < n * k; i++)
			p[i] = table[p[i]];
		return;
	}
	for (i = 0; i < n; i += m) {
		m = n - i < BLOCK ? n - i : BLOCK;
		load(&a, p + i * k, m, c, o->table);
		if (o->saturation != 1)
			saturate(&a, o->saturation);
		if (o->hue != 0)
			turn(&a, o->hue);
		if (o->grey)
			make_grey(&a);
		store(&a, p + i * k, m, c, table);
	}
}

void
cd_to_grey(uint8_t *p, size_t n)
{
	size_t i;

	/* the weights in units of 2^-16: equal channels stay as they are */
	for (i = 0; i < n; i++)
		p[i] = (uint8_t)((19595u * p[3 * i] + 38470u * p[3 * i + 1] +
				     7471u * p[3 * i + 2] + 32768u) >>
		    16);
}

void
cd_lookup_channels(uint8_t *p, size_t n, int c,
    const uint8_t table[CD_COLOUR_CHANNELS][256])
{
	size_t i;
	int k;

	for (i = 0; i < n; i++)
		for (k = 0; k < c; k++, p++)
			*p = table[k][*p];
}

static void
sharpen_row(uint8_t *restrict out, const uint8_t *restrict s, ptrdiff_t row,
    ptrdiff_t k, float t)
{
	const uint8_t *up = s - row, *low = s + row;
	ptrdiff_t i;

	for (i = k; i < row - k; i++) {
		int sum = up[i - k] + up[i] + up[i + k] + s[i - k] + 5 * s[i] +
		    s[i + k] + low[i - k] + low[i] + low[i + k];
		float b = (float)sum * (1 / 13.f);

		out[i] = rounded(clamp(b + t * ((float)s[i] - b)));
	}
}

void
cd_sharpen(uint8_t *p, int h, int w, int c, double f, uint8_t *spare)
{
	size_t row = (size_t)w * (size_t)c, y;

	memcpy(spare, p, (size_t)h * row);
	if (w < 3)
		return;
	for (y = 1; y + 1 < (size_t)h; y++)
		sharpen_row(p + y * row, spare + y * row, (ptrdiff_t)row, c,
		    (float)f);
}
