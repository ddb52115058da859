#include "img/augment.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"

#define DEGREE (3.14159265358979323846 / 180)

/* Which of a picture's random numbers each parameter uses. Never renumber: the
 * same seed would give another stream. New ones go before DRAWS. */
enum {
	ROTATE,
	SHIFT_Y,
	SHIFT_X,
	SHEAR,
	ZOOM_Y, /* of both axes where zoom is uniform */
	ZOOM_X,
	FLIP,
	FLIP_VERTICAL,
	CHANNEL_SHIFT,
	BRIGHTNESS,
	CROP_TOP,
	CROP_LEFT,
	CROP_AREA, /* and aspect, ten times in turn */
	CROP_TRIES = 10,
	DRAWS = CROP_AREA + 2 * CROP_TRIES,
};

const struct cd_augment cd_augment_none = {
	.zoom = { 1, 1 },
	.brightness = { 1, 1 },
	.crop = { 1, 1 },
};

const struct cd_augment cd_augment_book = {
	.rotate = 40,
	.shift_x = 0.2,
	.shift_y = 0.2,
	.shear = 0.2 / DEGREE,
	.zoom = { 0.8, 1.2 },
	.flip = true,
	.brightness = { 1, 1 },
	.crop = { 1, 1 },
};

static double
between(struct cd_range r, double u)
{
	return r.lo + (r.hi - r.lo) * u;
}

static double
both_ways(double r, double u)
{
	return between((struct cd_range){ -r, r }, u);
}

/* The shift range f of a side of n pixels, in pixels. */
static double
pixels(double f, int n)
{
	return f < 1 ? f * n : f;
}

/* A part of height x width somewhere in the picture. */
static void
place(struct cd_augment_draw *d, const struct cd_augment_size *s,
    const double *u, int height, int width)
{
	d->height = height;
	d->width = width;
	d->top = (int)(u[CROP_TOP] * (s->h - height + 1));
	d->left = (int)(u[CROP_LEFT] * (s->w - width + 1));
}

/* Random resized crop (Szegedy et al., "Going deeper with convolutions", CVPR
 * 2015), as in torchvision: the area's share is uniform, the aspect ratio
 * log-uniform in 3/4 .. 4/3; the first of ten tries that fits, else the
 * largest centred part with an aspect ratio in that range. */
static void
draw_crop(struct cd_augment_draw *d, const struct cd_range *share,
    const struct cd_augment_size *s, const double *u)
{
	const struct cd_range aspect = { log(3. / 4), log(4. / 3) };
	double whole = (double)s->h * s->w, area, a;
	int i;

	for (i = 0; i < CROP_TRIES; i++) {
		area = whole * between(*share, u[CROP_AREA + 2 * i]);
		a = exp(between(aspect, u[CROP_AREA + 2 * i + 1]));
		d->width = (int)lrint(sqrt(area * a));
		d->height = (int)lrint(sqrt(area / a));
		if (d->width > 0 && d->width <= s->w && d->height > 0 &&
		    d->height <= s->h) {
			place(d, s, u, d->height, d->width);
			return;
		}
	}
	d->height = s->h;
	d->width = s->w;
	if (s->w * 4. < s->h * 3.)
		d->height = (int)lrint(s->w * 4. / 3);
	else if (s->w * 3. > s->h * 4.)
		d->width = (int)lrint(s->h * 4. / 3);
	d->top = (s->h - d->height) / 2;
	d->left = (s->w - d->width) / 2;
}

struct cd_augment_draw
cd_augment_draw(const struct cd_augment *a, const struct cd_augment_size *s,
    uint64_t seed, uint64_t epoch, const char *key, uint32_t view)
{
	struct cd_augment_draw d = { .height = s->h, .width = s->w };
	struct cd_rng rng;
	double u[DRAWS];
	int i;

	/* views of one key differ; view 0 adds nothing to its hash */
	cd_rng_start(&rng, seed, epoch,
	    cd_hash(key, strlen(key)) + view * 0x9E3779B97F4A7C15u,
	    CD_RNG_AUGMENT);
	for (i = 0; i < DRAWS; i++)
		u[i] = cd_rng_unit(&rng);
	d.rotate = both_ways(a->rotate, u[ROTATE]);
	d.shift_y = both_ways(pixels(a->shift_y, s->oh), u[SHIFT_Y]);
	d.shift_x = both_ways(pixels(a->shift_x, s->ow), u[SHIFT_X]);
	d.shear = both_ways(a->shear, u[SHEAR]);
	d.zoom_y = between(a->zoom, u[ZOOM_Y]);
	d.zoom_x = between(a->zoom, u[a->zoom_uniform ? ZOOM_Y : ZOOM_X]);
	d.flip = a->flip && u[FLIP] < 0.5;
	d.flip_vertical = a->flip_vertical && u[FLIP_VERTICAL] < 0.5;
	d.channel_shift = both_ways(a->channel_shift, u[CHANNEL_SHIFT]);
	d.brightness = between(a->brightness, u[BRIGHTNESS]);
	if (a->crop.lo < 1)
		draw_crop(&d, &a->crop, s, u);
	return d;
}

/* a = a * b, both with the third row 0 0 1. */
static void
times(double a[2][3], const double b[2][3])
{
	double r[2][3];
	int i, j;

	for (i = 0; i < 2; i++)
		for (j = 0; j < 3; j++)
			r[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] +
			    (j == 2 ? a[i][2] : 0);
	memcpy(a, r, sizeof r);
}

/* The side n shrunk by part / out, at least 1; n where part <= out. */
static int
shrunk(int n, int part, int out)
{
	long m = part > out ? lrint((double)n * out / part) : n;

	return m < 1 ? 1 : (int)m;
}

void
cd_augment_shrunk(const struct cd_augment_draw *d,
    const struct cd_augment_size *s, int *h, int *w)
{
	*h = shrunk(s->h, d->height, s->oh);
	*w = shrunk(s->w, d->width, s->ow);
}

void
cd_augment_matrix(const struct cd_augment_draw *d,
    const struct cd_augment_size *s, double m[2][3])
{
	double t = d->rotate * DEGREE, k = d->shear * DEGREE;
	double cy = s->oh / 2. - 0.5, cx = s->ow / 2. - 0.5;
	/* pixels of the shrunk picture in one of the picture (p) and in one
	 * of the output (r) */
	double py = (double)shrunk(s->h, d->height, s->oh) / s->h;
	double px = (double)shrunk(s->w, d->width, s->ow) / s->w;
	double ry = d->height * py / s->oh, rx = d->width * px / s->ow;
	const double crop[2][3] = {
		{ ry, 0, d->top * py + ry / 2 - 0.5 },
		{ 0, rx, d->left * px + rx / 2 - 0.5 },
	};
	const double centre[2][3] = { { 1, 0, cy }, { 0, 1, cx } };
	const double rotate[2][3] = {
		{ cos(t), -sin(t), 0 },
		{ sin(t), cos(t), 0 },
	};
	const double shift[2][3] = {
		{ 1, 0, d->shift_y },
		{ 0, 1, d->shift_x },
	};
	const double shear[2][3] = { { 1, -sin(k), 0 }, { 0, cos(k), 0 } };
	const double zoom[2][3] = { { d->zoom_y, 0, 0 }, { 0, d->zoom_x, 0 } };
	/* centre^-1 * flip: flips about the centre */
	double fy = d->flip_vertical ? -1 : 1, fx = d->flip ? -1 : 1;
	const double flip[2][3] = { { fy, 0, -fy * cy }, { 0, fx, -fx * cx } };

	memcpy(m, crop, sizeof crop);
	times(m, centre);
	times(m, rotate);
	times(m, shift);
	times(m, shear);
	times(m, zoom);
	times(m, flip);
}

bool
cd_augment_table(const struct cd_augment_draw *d, uint8_t lo, uint8_t hi,
    uint8_t table[256])
{
	double v;
	int i;

	if (d->channel_shift == 0 && d->brightness == 1)
		return false;
	for (i = 0; i < 256; i++) {
		v = i + d->channel_shift;
		v = (v < lo ? lo : v > hi ? hi : v) * d->brightness;
		table[i] = (uint8_t)floor((v > 255 ? 255 : v) + 0.5);
	}
	return true;
}
