/* Augmentation: what is drawn, what it means (Keras's results in
 * tests/vectors/augment.txt), how it is written down and read back. */
#include "img/augment.h"

#include <math.h>
#include <stdlib.h>

#include "cmd/augment_opt.h"
#include "img/augment_log.h"
#include "img/augment_sample.h"
#include "unit/check.h"
#include "unit/vector.h"

static const struct cd_augment_size size = { 150, 200, 150, 200 };

static struct cd_augment
everything(void)
{
	struct cd_augment a = cd_augment_book;

	a.flip_vertical = true;
	a.channel_shift = 30;
	a.brightness = (struct cd_range){ 0.5, 2 };
	a.crop = (struct cd_range){ 0.08, 1 };
	return a;
}

/* Another option does not change what is drawn for the others. */
static void
slots(void)
{
	struct cd_augment a = everything(), one = cd_augment_none;
	struct cd_augment_draw all, d;

	all = cd_augment_draw(&a, &size, 1, 2, "cat.1.jpg", 0);
	d = cd_augment_draw(&one, &size, 1, 2, "cat.1.jpg", 0);
	CHECK(d.rotate == 0 && d.shear == 0 && d.shift_y == 0 &&
	    d.shift_x == 0 && d.zoom_y == 1 && d.zoom_x == 1 && !d.flip &&
	    !d.flip_vertical && d.channel_shift == 0 && d.brightness == 1 &&
	    d.top == 0 && d.left == 0 && d.height == 150 && d.width == 200);
	one.rotate = a.rotate;
	one.brightness = a.brightness;
	d = cd_augment_draw(&one, &size, 1, 2, "cat.1.jpg", 0);
	CHECK(d.rotate == all.rotate && d.brightness == all.brightness);
	one = cd_augment_none;
	one.crop = a.crop;
	one.zoom = a.zoom;
	d = cd_augment_draw(&one, &size, 1, 2, "cat.1.jpg", 0);
	CHECK(d.top == all.top && d.left == all.left &&
	    d.height == all.height && d.width == all.width &&
	    d.zoom_x == all.zoom_x && d.zoom_y == all.zoom_y);
	CHECK(d.zoom_x != d.zoom_y);
	one.zoom_uniform = true;
	d = cd_augment_draw(&one, &size, 1, 2, "cat.1.jpg", 0);
	CHECK(d.zoom_x == d.zoom_y && d.zoom_y == all.zoom_y);
}

/* Seed, epoch, key and view each make another draw. */
static void
function_of(void)
{
	struct cd_augment a = everything();
	double rotate[] = {
		cd_augment_draw(&a, &size, 1, 2, "a", 0).rotate,
		cd_augment_draw(&a, &size, 2, 2, "a", 0).rotate,
		cd_augment_draw(&a, &size, 1, 3, "a", 0).rotate,
		cd_augment_draw(&a, &size, 1, 2, "b", 0).rotate,
		cd_augment_draw(&a, &size, 1, 2, "a", 1).rotate,
		cd_augment_draw(&a, &size, 1, 2, "a", 2).rotate,
	};
	int i, j;

	for (i = 0; i < 6; i++)
		for (j = 0; j < i; j++)
			CHECK(rotate[i] != rotate[j]);
	CHECK(cd_augment_draw(&a, &size, 1, 2, "a", 0).rotate == rotate[0]);
}

/* Over many keys: bounds are kept and come near, means are right. */
static void
distribution(void)
{
	struct cd_augment a = cd_augment_book;
	double least = 0, most = 0, sum = 0, zoom = 0;
	int i, flips = 0, n = 4000;

	a.shift_x = 12;
	for (i = 0; i < n; i++) {
		struct cd_augment_draw d = cd_augment_draw(&a, &size, 1,
		    (uint64_t)i, "key", 0);

		least = fmin(least, d.rotate);
		most = fmax(most, d.rotate);
		sum += d.rotate;
		zoom += d.zoom_x;
		flips += d.flip;
		CHECK(!d.flip_vertical);
		CHECK(fabs(d.shift_y) <= 30 && fabs(d.shift_x) <= 12);
		CHECK(fabs(d.shear) <= 11.4592);
	}
	CHECK(least >= -40 && least < -39.8 && most <= 40 && most > 39.8);
	CHECK_NEAR(sum / n, 0, 1.5);
	CHECK_NEAR(zoom / n, 1, 0.01);
	CHECK_NEAR((double)flips / n, 0.5, 0.03);
}

static void
crops(void)
{
	struct cd_augment a = cd_augment_none;
	struct cd_augment_size wide = { 10, 1000, 10, 10 };
	struct cd_augment_draw d;
	double area, aspect, mean = 0;
	int i, n = 2000;

	a.crop = (struct cd_range){ 0.2, 0.4 };
	for (i = 0; i < n; i++) {
		d = cd_augment_draw(&a, &size, 1, (uint64_t)i, "key", 0);
		area = d.height * (double)d.width / (150 * 200);
		aspect = (double)d.width / d.height;
		mean += area / n;
		CHECK(area > 0.195 && area < 0.405);
		CHECK(aspect > 0.74 && aspect < 1.35);
		CHECK(d.top >= 0 && d.top + d.height <= 150);
		CHECK(d.left >= 0 && d.left + d.width <= 200);
	}
	CHECK_NEAR(mean, 0.3, 0.005);
	/* nothing fits: the middle */
	a.crop = (struct cd_range){ 0.9, 1 };
	d = cd_augment_draw(&a, &wide, 1, 0, "key", 0);
	CHECK(d.top == 0 && d.height == 10 && d.width == 13 && d.left == 493);
}

/* The part of a picture fills the output: corners come to corners. */
static void
crop_matrix(void)
{
	struct cd_augment_draw d = { .zoom_y = 1,
		.zoom_x = 1,
		.top = 3,
		.left = 5,
		.height = 4,
		.width = 8,
		.brightness = 1,
		.contrast = 1,
		.saturation = 1 };
	struct cd_augment_size s = { 20, 30, 8, 16 };
	double m[2][3];
	int h, w;

	cd_augment_shrunk(&d, &s, &h, &w);
	CHECK(h == 20 && w == 30);
	cd_augment_matrix(&d, &s, m);
	/* output edges -0.5 and 7.5 are the part's 2.5 and 6.5 */
	CHECK_NEAR(m[0][0] * -0.5 + m[0][2], 2.5, 1e-12);
	CHECK_NEAR(m[0][0] * 7.5 + m[0][2], 6.5, 1e-12);
	CHECK_NEAR(m[1][1] * -0.5 + m[1][2], 4.5, 1e-12);
	CHECK_NEAR(m[1][1] * 15.5 + m[1][2], 12.5, 1e-12);
	s.oh = 2;
	s.ow = 1;
	cd_augment_shrunk(&d, &s, &h, &w);
	CHECK(h == 10 && w == 4);
	cd_augment_matrix(&d, &s, m);
	/* in pixels of the shrunk picture, 2 and 7.5 of the other */
	CHECK_NEAR((m[0][0] * -0.5 + m[0][2] + 0.5) * 2, 3, 1e-12);
	CHECK_NEAR((m[0][0] * 1.5 + m[0][2] + 0.5) * 2, 7, 1e-12);
	CHECK_NEAR((m[1][1] * -0.5 + m[1][2] + 0.5) * 7.5, 5, 1e-12);
	CHECK_NEAR((m[1][1] * 0.5 + m[1][2] + 0.5) * 7.5, 13, 1e-12);
}

static void
vector_draw(FILE *f, struct cd_augment_draw *d)
{
	*d = cd_augment_draw_none(&size);
	d->rotate = vector_number(f);
	d->shear = vector_number(f);
	d->shift_y = vector_number(f);
	d->shift_x = vector_number(f);
	d->zoom_y = vector_number(f);
	d->zoom_x = vector_number(f);
	d->flip = vector_number(f) != 0;
	d->flip_vertical = vector_number(f) != 0;
	d->channel_shift = vector_number(f);
	d->brightness = vector_number(f);
}

/* The same parameters and fill: within 1 of Keras, which does not round. */
static void
vectors(void)
{
	static _Alignas(64) unsigned char pixels[1024];
	FILE *f = vector_open("augment.txt");
	struct cd_augment_sample s = { .what = NULL };
	struct cd_rec r = { .kind = CD_SAMPLE, .key = "k" };
	struct cd_augment a = cd_augment_none;
	struct cd_err e = { "" };
	char fill[16];
	int h, w, c, i, cases = 0;

	s.what = &a;
	for (; fscanf(f, " augment %15s %d %d %d", fill, &h, &w, &c) == 4;
	     cases++) {
		uint64_t dim[3] = { (uint64_t)h, (uint64_t)w, (uint64_t)c };

		CHECK(cd_augment_parse_fill(&a, fill, &e) == 0);
		vector_draw(f, &s.draw);
		for (i = 0; i < h * w * c; i++)
			pixels[i] = (unsigned char)vector_number(f);
		r.ntensors = 0;
		cd_rec_add(&r, "image", CD_U8, 3, dim, pixels);
		r.payload = pixels;
		r.payload_size = sizeof pixels;
		s.draw.height = h;
		s.draw.width = w;
		CHECK(cd_augment_take(&s, &r, 0, 0, &e) == 0);
		CHECK(cd_augment_reserve(&s, &e) == 0);
		cd_augment_apply(&s);
		for (i = 0; i < h * w * c; i++)
			CHECK_NEAR(((const uint8_t *)s.image->data)[i],
			    vector_number(f), 1);
	}
	CHECK(feof(f) && cases == 25);
	fclose(f);
	cd_augment_sample_free(&s);
}

/* As text and back: not a bit is lost. */
static void
log_lines(void)
{
	struct cd_augment a = everything();
	struct cd_rec r = { .kind = CD_SAMPLE, .key = "a\tb", .epoch = 7 };
	struct cd_augment_draw d, back;
	struct cd_err e = { "" };
	char line[CD_AUGMENT_LINE], again[CD_AUGMENT_LINE];
	double m[2][3], n[2][3];
	int i;

	for (i = 0; i < 200; i++) {
		r.view = (uint32_t)i;
		d = cd_augment_draw(&a, &size, 1, r.epoch, r.key, r.view);
		cd_augment_print(&r, &d, line);
		CHECK(cd_augment_scan(line, &r, &size, &back, &e) == 0);
		CHECK_TEXT(cd_augment_print(&r, &back, again), line);
		cd_augment_matrix(&d, &size, m);
		cd_augment_matrix(&back, &size, n);
		CHECK(memcmp(m, n, sizeof m) == 0);
		CHECK(d.brightness == back.brightness &&
		    d.channel_shift == back.channel_shift);
	}
	CHECK(strncmp(line, "a\\x09b\t7\t199\t", 13) == 0);
	r.view = 0;
	CHECK(cd_augment_scan(line, &r, &size, &back, &e) == -1);
	CHECK_TEXT(e.msg, "the log has another sample here: a\\x09b");
	r.view = 199;
	e.msg[0] = '\0';
	strrchr(line, '\t')[0] = '\0';
	CHECK(cd_augment_scan(line, &r, &size, &back, &e) == -1);
	CHECK_TEXT(e.msg, "a line has not 28 columns");
	e.msg[0] = '\0';
	memcpy(line + strlen(line), "\t-1", 4);
	CHECK(cd_augment_scan(line, &r, &size, &back, &e) == -1);
	CHECK(strncmp(e.msg, "the log: -1 is not in 0 to ", 27) == 0);
}

static void
options(void)
{
	struct cd_augment_opt o = CD_AUGMENT_OPT_NONE;
	struct cd_err e = { "" };

	CHECK(!cd_augment_opt_draws(&o));
	CHECK(cd_augment_parse_preset(&o, "book", &e) == 0);
	CHECK(cd_augment_opt_draws(&o));
	o.what.rotate = 0;
	o.shift = 0.1;
	o.what.shift_y = 0.3;
	CHECK(cd_augment_parse_zoom(&o.zoom_uniform, "0.5", &e) == 0);
	CHECK(cd_augment_opt_resolve(&o, &e) == 0);
	CHECK(o.what.rotate == 0 && o.what.shift_x == 0.1 &&
	    o.what.shift_y == 0.3 && o.what.zoom_uniform &&
	    o.what.zoom.lo == 0.5 && o.what.zoom.hi == 1.5 && o.what.flip &&
	    o.what.brightness.lo == 1 && o.what.crop.lo == 1);
	CHECK_NEAR(o.what.shear, 11.459, 0.001);
	CHECK(cd_augment_parse_crop(&o.what.crop, "0.35", &e) == 0 &&
	    o.what.crop.lo == 0.35 && o.what.crop.hi == 1);
	CHECK(cd_augment_parse_crop(&o.what.crop, "1/4:.5", &e) == 0 &&
	    o.what.crop.lo == 0.25 && o.what.crop.hi == 0.5);
	CHECK(cd_augment_parse_fill(&o.what, "constant:200", &e) == 0 &&
	    o.what.fill == CD_FILL_CONSTANT && o.what.value == 200);
	CHECK(cd_augment_parse_fill(&o.what, "constant:256", &e) == -1);
	CHECK(cd_augment_parse_factor(&o.what.brightness, "2:1", &e) == -1);
	CHECK(cd_augment_parse_zoom(&o.what.zoom, "1", &e) == -1);
	CHECK(cd_augment_parse_crop(&o.what.crop, "0", &e) == -1);
}

int
main(void)
{
	slots();
	function_of();
	distribution();
	crops();
	crop_matrix();
	vectors();
	log_lines();
	options();
	return CHECK_DONE();
}
