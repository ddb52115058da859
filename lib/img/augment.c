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
	SKIP = CROP_AREA + 2 * CROP_TRIES, /* of each cd_augment_part */
	CONTRAST = SKIP + CD_AUGMENT_PARTS,
	SATURATION,
	HUE,
	GREY,
	TRIVIAL,
	TRIVIAL_WHICH,
	TRIVIAL_MAGNITUDE,
	ERASE_NOISE,
	ERASE_TOP,
	ERASE_LEFT,
	ERASE_AREA, /* and aspect, ten times in turn */
	ERASE_TRIES = 10,
	DRAWS = ERASE_AREA + 2 * ERASE_TRIES,
};

const struct cd_augment cd_augment_none = {
	.zoom = { 1, 1 },
	.brightness = { 1, 1 },
	.crop = { 1, 1 },
	.contrast = { 1, 1 },
	.saturation = { 1, 1 },
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
	.contrast = { 1, 1 },
	.saturation = { 1, 1 },
};

const char *const cd_trivial_names[] = {
	[CD_TRIVIAL_NONE] = "none",
	[CD_TRIVIAL_IDENTITY] = "identity",
	[CD_TRIVIAL_SHEAR_X] = "shear-x",
	[CD_TRIVIAL_SHEAR_Y] = "shear-y",
	[CD_TRIVIAL_TRANSLATE_X] = "translate-x",
	[CD_TRIVIAL_TRANSLATE_Y] = "translate-y",
	[CD_TRIVIAL_ROTATE] = "rotate",
	[CD_TRIVIAL_BRIGHTNESS] = "brightness",
	[CD_TRIVIAL_SATURATION] = "saturation",
	[CD_TRIVIAL_CONTRAST] = "contrast",
	[CD_TRIVIAL_SHARPNESS] = "sharpness",
	[CD_TRIVIAL_POSTERIZE] = "posterize",
	[CD_TRIVIAL_SOLARIZE] = "solarize",
	[CD_TRIVIAL_AUTOCONTRAST] = "autocontrast",
	[CD_TRIVIAL_EQUALIZE] = "equalize",
	NULL,
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

/* Random erasing (Zhong et al., "Random erasing data augmentation", 2017), as
 * in torchvision: the first of ten tries that is smaller than the result. */
static void
draw_erase(struct cd_augment_draw *d, const struct cd_range *share,
    const struct cd_augment_size *s, const double *u)
{
	const struct cd_range aspect = { log(0.3), log(3.3) };
	double whole = (double)s->oh * s->ow, area, a;
	int i, height, width;

	for (i = 0; i < ERASE_TRIES; i++) {
		area = whole * between(*share, u[ERASE_AREA + 2 * i]);
		a = exp(between(aspect, u[ERASE_AREA + 2 * i + 1]));
		height = (int)lrint(sqrt(area * a));
		width = (int)lrint(sqrt(area / a));
		if (height < 1 || height >= s->oh || width < 1 ||
		    width >= s->ow)
			continue;
		d->erase_height = height;
		d->erase_width = width;
		d->erase_top = (int)(u[ERASE_TOP] * (s->oh - height + 1));
		d->erase_left = (int)(u[ERASE_LEFT] * (s->ow - width + 1));
		d->noise = (uint64_t)(u[ERASE_NOISE] * 0x1p53);
		return;
	}
}

struct cd_range
cd_trivial_range(enum cd_trivial t)
{
	switch (t) {
	case CD_TRIVIAL_TRANSLATE_X:
	case CD_TRIVIAL_TRANSLATE_Y:
		return (struct cd_range){ -32, 32 };
	case CD_TRIVIAL_ROTATE:
		return (struct cd_range){ -135, 135 };
	case CD_TRIVIAL_POSTERIZE:
		return (struct cd_range){ 2, 8 };
	case CD_TRIVIAL_SOLARIZE:
		return (struct cd_range){ 0, 255 };
	case CD_TRIVIAL_NONE:
	case CD_TRIVIAL_IDENTITY:
	case CD_TRIVIAL_AUTOCONTRAST:
	case CD_TRIVIAL_EQUALIZE:
	case CD_TRIVIALS:
		return (struct cd_range){ 0, 0 };
	default:
		return (struct cd_range){ -0.99, 0.99 };
	}
}

static void
draw_trivial(struct cd_augment_draw *d, const double *u)
{
	const int n = CD_TRIVIALS - CD_TRIVIAL_IDENTITY;
	struct cd_range r;
	double m;

	d->trivial = (enum cd_trivial)(
	    CD_TRIVIAL_IDENTITY + (int)(u[TRIVIAL_WHICH] * n));
	r = cd_trivial_range(d->trivial);
	m = between(r, u[TRIVIAL_MAGNITUDE]);
	if (d->trivial == CD_TRIVIAL_TRANSLATE_X ||
	    d->trivial == CD_TRIVIAL_TRANSLATE_Y)
		m = trunc(m); /* as in torchvision: whole pixels */
	else if (d->trivial == CD_TRIVIAL_POSTERIZE)
		m = floor(m + 0.5);
	d->magnitude = m;
}

/* The numbers of a picture in an epoch. */
static void
units(double u[DRAWS], uint64_t seed, uint64_t epoch, const char *key,
    uint32_t view)
{
	struct cd_rng rng;
	int i;

	cd_rng_start(&rng, seed, epoch, cd_hash_view(key, view),
	    CD_RNG_AUGMENT);
	for (i = 0; i < DRAWS; i++)
		u[i] = cd_rng_unit(&rng);
}

/* Is this part applied? part: the number that decides. */
static bool
applies(double skip, const double *u, enum cd_augment_part part)
{
	return u[SKIP + part] >= skip;
}

static void
draw_geometry(struct cd_augment_draw *d, const struct cd_augment *a,
    const struct cd_augment_size *s, const double *u)
{
	const double *skip = a->skip;

	if (applies(skip[CD_AUGMENT_ROTATE], u, CD_AUGMENT_ROTATE))
		d->rotate = both_ways(a->rotate, u[ROTATE]);
	if (applies(skip[CD_AUGMENT_SHIFT_Y], u, CD_AUGMENT_SHIFT_Y))
		d->shift_y = both_ways(pixels(a->shift_y, s->oh), u[SHIFT_Y]);
	if (applies(skip[CD_AUGMENT_SHIFT_X], u,
		a->shift_together ? CD_AUGMENT_SHIFT_Y : CD_AUGMENT_SHIFT_X))
		d->shift_x = both_ways(pixels(a->shift_x, s->ow), u[SHIFT_X]);
	if (applies(skip[CD_AUGMENT_SHEAR], u, CD_AUGMENT_SHEAR))
		d->shear = both_ways(a->shear, u[SHEAR]);
	if (applies(skip[CD_AUGMENT_ZOOM], u, CD_AUGMENT_ZOOM)) {
		d->zoom_y = between(a->zoom, u[ZOOM_Y]);
		d->zoom_x = between(a->zoom,
		    u[a->zoom_uniform ? ZOOM_Y : ZOOM_X]);
	}
	d->flip = a->flip && u[FLIP] < 0.5;
	d->flip_vertical = a->flip_vertical && u[FLIP_VERTICAL] < 0.5;
	if (a->crop.lo < 1 &&
	    applies(skip[CD_AUGMENT_CROP], u, CD_AUGMENT_CROP))
		draw_crop(d, &a->crop, s, u);
}

static void
draw_colour(struct cd_augment_draw *d, const struct cd_augment *a,
    const double *u)
{
	const double *skip = a->skip;

	if (applies(skip[CD_AUGMENT_CHANNEL_SHIFT], u,
		CD_AUGMENT_CHANNEL_SHIFT))
		d->channel_shift = both_ways(a->channel_shift,
		    u[CHANNEL_SHIFT]);
	if (applies(skip[CD_AUGMENT_BRIGHTNESS], u, CD_AUGMENT_BRIGHTNESS))
		d->brightness = between(a->brightness, u[BRIGHTNESS]);
	if (applies(skip[CD_AUGMENT_CONTRAST], u, CD_AUGMENT_CONTRAST))
		d->contrast = between(a->contrast, u[CONTRAST]);
	if (applies(skip[CD_AUGMENT_SATURATION], u, CD_AUGMENT_SATURATION))
		d->saturation = between(a->saturation, u[SATURATION]);
	if (applies(skip[CD_AUGMENT_HUE], u, CD_AUGMENT_HUE))
		d->hue = both_ways(a->hue, u[HUE]);
	d->grey = u[GREY] < a->grey;
	if (u[TRIVIAL] < a->trivial)
		draw_trivial(d, u);
}

struct cd_augment_draw
cd_augment_draw_none(const struct cd_augment_size *s)
{
	return (struct cd_augment_draw){
		.zoom_y = 1,
		.zoom_x = 1,
		.brightness = 1,
		.contrast = 1,
		.saturation = 1,
		.height = s->h,
		.width = s->w,
	};
}

struct cd_augment_draw
cd_augment_draw(const struct cd_augment *a, const struct cd_augment_size *s,
    uint64_t seed, uint64_t epoch, const char *key, uint32_t view)
{
	struct cd_augment_draw d = cd_augment_draw_none(s);
	double u[DRAWS];

	units(u, seed, epoch, key, view);
	draw_geometry(&d, a, s, u);
	draw_colour(&d, a, u);
	if (a->erase.hi > 0 &&
	    applies(a->skip[CD_AUGMENT_ERASE], u, CD_AUGMENT_ERASE))
		draw_erase(&d, &a->erase, s, u);
	if (a->flip_alternating) {
		units(u, seed, 0, key, view);
		d.flip = (u[FLIP] < 0.5) != (epoch & 1);
	}
	return d;
}

struct cd_augment
cd_augment_clean(const struct cd_augment *a)
{
	struct cd_augment c = cd_augment_none;

	c.flip = a->flip;
	c.flip_vertical = a->flip_vertical;
	c.flip_alternating = a->flip_alternating;
	c.crop = a->crop;
	c.skip[CD_AUGMENT_CROP] = a->skip[CD_AUGMENT_CROP];
	c.fill = a->fill;
	c.value = a->value;
	return c;
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

/* From the output to the picture that trivial transforms; false: it is not
 * geometric. */
static bool
trivial_matrix(const struct cd_augment_draw *d, double cy, double cx,
    double m[2][3])
{
	double v = d->magnitude, c = cos(v * DEGREE), s = sin(v * DEGREE);
	double t[2][3] = { { 1, 0, 0 }, { 0, 1, 0 } };

	switch (d->trivial) {
	case CD_TRIVIAL_SHEAR_X:
		t[1][0] = v;
		t[1][2] = v / 2;
		break;
	case CD_TRIVIAL_SHEAR_Y:
		t[0][1] = v;
		t[0][2] = v / 2;
		break;
	case CD_TRIVIAL_TRANSLATE_X:
		t[1][2] = -v;
		break;
	case CD_TRIVIAL_TRANSLATE_Y:
		t[0][2] = -v;
		break;
	case CD_TRIVIAL_ROTATE:
		t[0][0] = t[1][1] = c;
		t[0][1] = -s;
		t[1][0] = s;
		t[0][2] = cy - c * cy + s * cx;
		t[1][2] = cx - s * cy - c * cx;
		break;
	default:
		return false;
	}
	memcpy(m, t, sizeof t);
	return true;
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
	double trivial[2][3];

	memcpy(m, crop, sizeof crop);
	times(m, centre);
	times(m, rotate);
	times(m, shift);
	times(m, shear);
	times(m, zoom);
	times(m, flip);
	if (trivial_matrix(d, cy, cx, trivial))
		times(m, trivial);
}
