#include "img/draw.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "img/raster.h"

/* A drawing in progress. The unit is the radius of the head, x points right,
 * y down, and the head is centred on the origin of its map. */
struct sketch {
	struct cd_rng rng;
	struct cd_canvas cv;
	struct cd_map scene; /* units to pixels */
	struct cd_map head;  /* scene with the head's tilt */
	enum cd_animal animal;
	struct cd_paint fur, ear, muzzle, dark, light, eye, tongue;
	float turn; /* where the face looks, -1 to 1 */
	float face_rx, face_ry;
};

const char *
cd_animal_name(enum cd_animal a)
{
	return a == CD_CAT ? "cat" : "dog";
}

static void
start(struct cd_rng *r, enum cd_animal a, uint64_t seed, uint64_t number,
    uint64_t use)
{
	char key[64];
	int n = snprintf(key, sizeof key, "%s.%llu", cd_animal_name(a),
	    (unsigned long long)number);

	cd_rng_start(r, seed, use, cd_hash(key, (size_t)n), CD_RNG_DRAW);
}

void
cd_draw_size(enum cd_animal a, uint64_t seed, uint64_t number, int *w, int *h)
{
	struct cd_rng r;
	int wide, high, t;

	start(&r, a, seed, number, 1);
	wide = 160 + (int)cd_rng_below(&r, 41);
	high = 120 + (int)cd_rng_below(&r, 81);
	if (cd_rng_below(&r, 3) == 0) {
		t = wide;
		wide = high;
		high = t;
	}
	*w = wide;
	*h = high;
}

static float
between(struct sketch *s, double lo, double hi)
{
	return (float)cd_rng_uniform(&s->rng, lo, hi);
}

static bool
chance(struct sketch *s, double p)
{
	return cd_rng_unit(&s->rng) < p;
}

static struct cd_paint
plain(float r, float g, float b)
{
	struct cd_paint p = { { r, g, b }, { 0, 0, 0 }, { 0, 0, 0 }, 0, 1, 1 };

	return p;
}

/* A colour, each channel between two bounds. Here and below, each statement
 * draws one number: C leaves the order of evaluation of arguments open. */
static struct cd_paint
choose(struct sketch *s, const float range[6])
{
	float r = between(s, range[0], range[1]);
	float g = between(s, range[2], range[3]);
	float b = between(s, range[4], range[5]);

	return plain(r, g, b);
}

static struct cd_paint
any_colour(struct sketch *s)
{
	float grey = between(s, 20, 235), by = between(s, 0, 70);
	float lo = grey - by, hi = grey + by;
	const float range[6] = { lo, hi, lo, hi, lo, hi };

	return choose(s, range);
}

static struct cd_paint
shade(const struct cd_paint *p, float by)
{
	struct cd_paint q = *p;
	int k;

	for (k = 0; k < 3; k++) {
		q.rgb[k] = p->rgb[k] * by;
		q.other[k] = p->other[k] * by;
	}
	return q;
}

/* Fur is grey to brown of any lightness, and banded half of the time. */
static void
choose_colours(struct sketch *s)
{
	static const float dark[6] = { 5, 50, 5, 45, 5, 45 };
	static const float eye[6] = { 60, 220, 60, 200, 20, 120 };
	static const float tongue[6] = { 190, 240, 80, 130, 90, 140 };
	float light = between(s, 35, 225), warm = between(s, 0, .45);
	int k;

	s->fur = plain(light * (1 + .3f * warm), light * (1 - .2f * warm),
	    light * (1 - warm));
	if (chance(s, .5)) {
		float dim = between(s, .45, 1.5);
		float angle = between(s, 0, 3.14159265);
		float often = between(s, .8, 3);

		for (k = 0; k < 3; k++)
			s->fur.other[k] = s->fur.rgb[k] * dim;
		s->fur.wave[0] = often * cosf(angle);
		s->fur.wave[1] = often * sinf(angle);
		s->fur.wave[2] = between(s, 0, 1);
		s->fur.band = between(s, .2, .6);
	}
	s->ear = shade(&s->fur, between(s, .6, 1.25));
	s->muzzle = shade(&s->fur, between(s, .8, 1.35));
	s->muzzle.band = 0;
	s->dark = choose(s, dark);
	s->light = plain(235, 235, 230);
	s->eye = choose(s, eye);
	s->tongue = choose(s, tongue);
}

/* The animal's size, place and rotation, and whether it is mirrored. */
static void
choose_pose(struct sketch *s)
{
	float w = (float)s->cv.w, h = (float)s->cv.h;
	float scale = between(s, .24, .38) * fminf(w, h);
	float angle = between(s, -.4, .4), tilt = between(s, -.2, .2);
	float aspect = between(s, .85, 1.15);
	float sx = chance(s, .5) ? -scale * aspect : scale * aspect;
	float x = w * between(s, .3, .7), y = h * between(s, .33, .6);
	float c = cosf(angle), d = sinf(angle);
	struct cd_map turn = { 1, 0, 0, 0, 1, 0 };

	s->scene = (struct cd_map){ c * sx, -d * scale, x, d * sx, c * scale,
		y };
	turn.a = turn.e = cosf(tilt);
	turn.b = -sinf(tilt);
	turn.d = sinf(tilt);
	s->head = cd_map_chain(&s->scene, &turn);
	s->turn = between(s, -1, 1);
}

/* Clutter at a random place: an ellipse, a triangle or a line. */
static void
draw_thing(struct sketch *s, float size)
{
	const struct cd_map px = { 1, 0, 0, 0, 1, 0 };
	struct cd_paint p = any_colour(s);
	float w = (float)s->cv.w, h = (float)s->cv.h, r = size * fminf(w, h);
	float x = between(s, 0, w), y = between(s, 0, h);
	float rx = r * between(s, .4, 1), ry = r * between(s, .4, 1);
	float angle = between(s, 0, 3.14159265);
	float r0 = r * between(s, .05, .3), r1 = r * between(s, .02, .3);
	float xy[6];
	int i;

	p.soft = chance(s, .5) ? 1 : between(s, 2, 8);
	for (i = 0; i < 6; i++)
		xy[i] = (i % 2 ? y : x) + between(s, -1, 1) * r * 1.4f;
	switch (cd_rng_below(&s->rng, 3)) {
	case 0:
		cd_fill_ellipse(&s->cv, &px, &p, x, y, rx, ry, angle);
		break;
	case 1:
		cd_fill_triangle(&s->cv, &px, &p, xy);
		break;
	default:
		cd_fill_line(&s->cv, &px, &p, xy, r0, r1);
	}
}

static void
draw_background(struct sketch *s)
{
	struct cd_paint top = any_colour(s), low = any_colour(s);
	unsigned char *px = s->cv.rgb;
	float lean = between(s, -.5, .5);
	int i, j, k, n;

	for (j = 0; j < s->cv.h; j++)
		for (i = 0; i < s->cv.w; i++)
			for (k = 0; k < 3; k++, px++) {
				float t = (float)j / (float)s->cv.h +
				    lean * ((float)i / (float)s->cv.w - .5f);
				float v = top.rgb[k] +
				    t * (low.rgb[k] - top.rgb[k]);

				*px = (unsigned char)fminf(fmaxf(v, 0), 255);
			}
	n = 2 + (int)cd_rng_below(&s->rng, 5);
	for (i = 0; i < n; i++)
		draw_thing(s, between(s, .08, .4));
}

/* A tail from (x, y), of five straight pieces: a cat's is long, slim and bent,
 * a dog's short, thick at its root and nearly straight. */
static void
draw_tail(struct sketch *s, float x, float y)
{
	bool cat = s->animal == CD_CAT;
	float angle = between(s, -1.9, -.2);
	float bend = cat ? between(s, -.45, .45) : between(s, -.15, .15);
	float piece = cat ? between(s, .4, .65) : between(s, .2, .4);
	float r0 = cat ? between(s, .1, .17) : between(s, .16, .28);
	float slim = cat ? .95f : .78f;
	int i;

	for (i = 0; i < 5; i++) {
		float xy[4] = { x, y, x + piece * cosf(angle),
			y + piece * sinf(angle) };

		cd_fill_line(&s->cv, &s->scene, &s->fur, xy, r0, r0 * slim);
		x = xy[2];
		y = xy[3];
		r0 *= slim;
		angle += bend;
	}
}

/* The body: under the head (it sits) or to the right of it (it stands). */
static void
draw_body(struct sketch *s)
{
	bool sits = chance(s, .5);
	float along = between(s, 1.3, 2), across = between(s, .8, 1.2);
	float x = sits ? between(s, .1, .6) : between(s, 1.2, 1.9);
	float y = sits ? between(s, 1.6, 2.1) : between(s, .7, 1.3);
	float leg = sits ? 0 : between(s, .8, 1.5);
	float angle = sits ? 1.57f + between(s, -.5, .2) : between(s, -.2, .2);
	float rear = x + (sits ? across : along) * .8f;
	float limb = between(s, .16, .3);
	struct cd_paint far = shade(&s->fur, .8f);
	int i;

	draw_tail(s, rear, sits ? y + along * .6f : y - .2f);
	for (i = 0; i < 4; i++) {
		float at = sits ? x - .6f + .35f * (float)i :
				  x + along * (-.75f + .48f * (float)i);
		float foot = y + (sits ? along * .95f : across * .8f + leg);
		float xy[4] = { at, y, at + between(s, -.2, .2), foot };

		cd_fill_line(&s->cv, &s->scene, i % 2 ? &far : &s->fur, xy,
		    limb * 1.3f, limb);
	}
	cd_fill_ellipse(&s->cv, &s->scene, &s->fur, x, y, along, across, angle);
}

static void
draw_pricked_ear(struct sketch *s, float side, float tall, float wide)
{
	float at = between(s, .5, .75), lean = between(s, -.1, .25);
	float rx = s->face_rx, ry = s->face_ry;
	float x = side * rx * at, y = -ry * sqrtf(1 - at * at);
	float xy[6] = { x - side * wide * .9f, y + .12f, x + side * wide * .6f,
		y + .3f, x + side * lean, y - tall };
	float in[6];
	struct cd_paint inner = shade(&s->tongue, .85f);
	int i;

	cd_fill_triangle(&s->cv, &s->head, &s->ear, xy);
	for (i = 0; i < 6; i++) /* halfway to the middle */
		in[i] = .55f * xy[i] +
		    .15f * (xy[i % 2] + xy[2 + i % 2] + xy[4 + i % 2]);
	inner.opacity = between(s, .2, .9);
	cd_fill_triangle(&s->cv, &s->head, &inner, in);
}

static void
draw_floppy_ear(struct sketch *s, float side)
{
	float tall = between(s, .5, .95), wide = between(s, .22, .4);
	float out = between(s, -.15, .5);

	cd_fill_ellipse(&s->cv, &s->head, &s->ear,
	    side * (s->face_rx * .88f + out * tall * .6f),
	    -.5f * s->face_ry + tall * .65f, wide, tall, -side * out);
}

/* Most cats have pricked ears; most dogs floppy ones, drawn over the face. */
static void
draw_ears(struct sketch *s, bool floppy)
{
	float tall = between(s, .5, .9), wide = between(s, .35, .6);

	if (floppy) {
		draw_floppy_ear(s, -1);
		draw_floppy_ear(s, 1);
	} else {
		draw_pricked_ear(s, -1, tall, wide);
		draw_pricked_ear(s, 1, tall, wide);
	}
}

static void
draw_eyes(struct sketch *s)
{
	bool cat = s->animal == CD_CAT;
	float r = cat ? between(s, .15, .25) : between(s, .1, .18);
	float slit = cat ? between(s, .25, .8) : between(s, .65, .95);
	float apart = between(s, .34, .46), y = between(s, -.3, -.1);
	int side;

	for (side = -1; side <= 1; side += 2) {
		float x = (float)side * apart + .22f * s->turn;

		cd_fill_ellipse(&s->cv, &s->head, &s->eye, x, y, r,
		    r * (cat ? .85f : 1), 0);
		cd_fill_ellipse(&s->cv, &s->head, &s->dark, x, y, r * slit,
		    r * .85f, 0);
		cd_fill_ellipse(&s->cv, &s->head, &s->light, x - .3f * r,
		    y - .3f * r, r * .2f, r * .2f, 0);
	}
}

/* A small muzzle, a small triangular nose, whiskers. */
static void
draw_cat_snout(struct sketch *s)
{
	float x = .3f * s->turn, y = between(s, .2, .35);
	float nose = between(s, .09, .15), r = between(s, .2, .3);
	float xy[6] = { x - nose, y - nose, x + nose, y - nose, x, y + nose };
	struct cd_paint hair = chance(s, .5) ? s->light : s->dark;
	struct cd_paint pink = shade(&s->tongue, between(s, .4, 1));
	int i, side;

	cd_fill_ellipse(&s->cv, &s->head, &s->muzzle, x - r * .8f, y + r, r,
	    r * .8f, 0);
	cd_fill_ellipse(&s->cv, &s->head, &s->muzzle, x + r * .8f, y + r, r,
	    r * .8f, 0);
	cd_fill_triangle(&s->cv, &s->head, &pink, xy);
	hair.opacity = between(s, .1, .9);
	for (side = -1; side <= 1; side += 2)
		for (i = -1; i <= 1; i++) {
			float way = (float)side;
			float out = between(s, .9, 1.4);
			float down = (float)i * between(s, .15, .35);
			float hx[4] = { x + way * r, y + r, x + way * out,
				y + r + down };

			cd_fill_line(&s->cv, &s->head, &hair, hx, .02f, .015f);
		}
}

/* A long snout in the direction of the look, a broad nose at its end, the
 * tongue out one time in three. */
static void
draw_dog_snout(struct sketch *s)
{
	float x = between(s, .4, .7) * s->turn, y = between(s, .4, .65);
	float r = between(s, .34, .5), nose = between(s, .15, .25);
	float xy[4] = { .2f * s->turn, .1f, x, y };

	if (chance(s, .35))
		cd_fill_ellipse(&s->cv, &s->head, &s->tongue, x, y + r * 1.1f,
		    r * .4f, between(s, .25, .5), 0);
	cd_fill_line(&s->cv, &s->head, &s->muzzle, xy, r * .85f, r);
	cd_fill_ellipse(&s->cv, &s->head, &s->dark, x * 1.1f, y - r * .3f, nose,
	    nose * .75f, 0);
}

static void
draw_head(struct sketch *s)
{
	bool cat = s->animal == CD_CAT;
	bool floppy = cat ? chance(s, .06) : chance(s, .8);

	s->face_rx = cat ? between(s, .92, 1.15) : between(s, .8, 1.05);
	s->face_ry = cat ? between(s, .8, .98) : between(s, .9, 1.12);
	if (!floppy)
		draw_ears(s, false);
	cd_fill_ellipse(&s->cv, &s->head, &s->fur, 0, 0, s->face_rx, s->face_ry,
	    0);
	if (floppy)
		draw_ears(s, true);
	draw_eyes(s);
	if (cat)
		draw_cat_snout(s);
	else
		draw_dog_snout(s);
}

/* Light and noise: a gain for the picture, and for each pixel a sum of four
 * random bytes, close enough to a normal deviate. */
static void
add_noise(struct sketch *s)
{
	float gain = between(s, .75, 1.15), sigma = between(s, 3, 12);
	size_t n = 3 * (size_t)s->cv.w * (size_t)s->cv.h, i;
	unsigned char *px = s->cv.rgb;
	float k = sigma / 147.8f; /* a byte's deviation is 73.9 */

	for (i = 0; i < n; i += 3) {
		uint32_t u = cd_rng_u32(&s->rng);
		int sum = (int)((u & 255) + (u >> 8 & 255) + (u >> 16 & 255) +
		    (u >> 24));
		float add = k * (float)(sum - 510);
		int c;

		for (c = 0; c < 3; c++) {
			float v = px[i + c] * gain + add;

			px[i + c] = (unsigned char)fminf(fmaxf(v, 0), 255);
		}
	}
}

void
cd_draw(unsigned char *rgb, int w, int h, enum cd_animal animal, uint64_t seed,
    uint64_t number)
{
	struct sketch s;
	int i, n;

	memset(&s, 0, sizeof s);
	start(&s.rng, animal, seed, number, 0);
	s.cv = (struct cd_canvas){ rgb, w, h };
	s.animal = animal;
	choose_colours(&s);
	choose_pose(&s);
	draw_background(&s);
	draw_body(&s);
	draw_head(&s);
	n = (int)cd_rng_below(&s.rng, 3);
	for (i = 0; i < n; i++)
		draw_thing(&s, between(&s, .04, .16));
	add_noise(&s);
}
