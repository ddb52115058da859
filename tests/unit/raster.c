/* Filled shapes: their areas, through maps, and at the canvas's edges. */
#include "img/raster.h"

#include <math.h>
#include <string.h>

#include "unit/check.h"

enum { W = 100, H = 80 };

static unsigned char rgb[3 * W * H];
static const struct cd_canvas canvas = { rgb, W, H };
static const struct cd_map same = { 1, 0, 0, 0, 1, 0 };
static const struct cd_paint white = { .rgb = { 255, 255, 255 },
	.opacity = 1,
	.soft = 1 };

static void
wipe(void)
{
	memset(rgb, 0, sizeof rgb);
}

/* Of what was drawn in white on black, in pixels. */
static double
area(void)
{
	double sum = 0;
	int i;

	for (i = 0; i < W * H; i++)
		sum += rgb[3 * i] / 255.0;
	return sum;
}

static int
at(int x, int y)
{
	return rgb[3 * (y * W + x)];
}

static void
ellipses(void)
{
	const double pi = acos(-1);
	/* twice as large, turned by 90 degrees, mirrored */
	const struct cd_map m = { 0, 2, 50, 2, 0, 40 };

	wipe();
	cd_fill_ellipse(&canvas, &same, &white, 50, 40, 30, 20, 0.7f);
	CHECK_NEAR(area(), pi * 30 * 20, 4);
	CHECK(at(50, 40) == 255 && at(2, 2) == 0);
	wipe();
	cd_fill_ellipse(&canvas, &m, &white, 0, 0, 15, 10, 0);
	CHECK_NEAR(area(), pi * 30 * 20, 4);
	CHECK(at(50, 40 + 28) == 255 && at(50 + 28, 40) == 0);
}

static void
triangles(void)
{
	const float one[6] = { 10, 10, 70, 10, 10, 50 };
	const float other[6] = { 10, 10, 10, 50, 70, 10 };
	const float flat[6] = { 10, 10, 20, 20, 30, 30 };

	wipe();
	cd_fill_triangle(&canvas, &same, &white, one);
	CHECK_NEAR(area(), 1200, 4);
	CHECK(at(11, 11) == 255 && at(60, 40) == 0);
	wipe();
	cd_fill_triangle(&canvas, &same, &white, other);
	CHECK_NEAR(area(), 1200, 4);
	wipe();
	cd_fill_triangle(&canvas, &same, &white, flat);
	CHECK_NEAR(area(), 0, 0);
}

static void
lines(void)
{
	const double pi = acos(-1);
	const float xy[4] = { 20, 40, 80, 40 };
	const float point[4] = { 50, 40, 50, 40 };

	wipe();
	cd_fill_line(&canvas, &same, &white, xy, 10, 10);
	CHECK_NEAR(area(), 60 * 20 + pi * 100, 3);
	wipe();
	cd_fill_line(&canvas, &same, &white, point, 10, 10);
	CHECK_NEAR(area(), pi * 100, 2);
}

static void
paints(void)
{
	struct cd_paint p = white;

	wipe();
	p.opacity = .5f;
	cd_fill_ellipse(&canvas, &same, &p, 50, 40, 30, 20, 0);
	CHECK(at(50, 40) == 128);
	/* bands across x, period 10: the second colour in the first 4 */
	wipe();
	p = white;
	p.band = .4f;
	p.wave[0] = .1f;
	cd_fill_ellipse(&canvas, &same, &p, 50, 40, 30, 20, 0);
	CHECK(at(51, 40) == 0 && at(53, 40) == 0);
	CHECK(at(54, 40) == 255 && at(59, 40) == 255 && at(60, 40) == 0);
}

/* What lies outside is left out; a sanitizer build finds a stray write. */
static void
outside(void)
{
	const double pi = acos(-1);
	const float far[6] = { -1e6f, -1e6f, 1e6f, -1e6f, 0, 1e6f };
	const struct cd_map none = { 0, 0, 0, 0, 0, 0 };

	wipe();
	cd_fill_ellipse(&canvas, &same, &white, 0, 0, 20, 20, 0);
	CHECK_NEAR(area(), pi * 100, 3);
	wipe();
	cd_fill_ellipse(&canvas, &same, &white, -500, 900, 20, 20, 0);
	CHECK_NEAR(area(), 0, 0);
	cd_fill_triangle(&canvas, &same, &white, far);
	CHECK_NEAR(area(), W * H, 0);
	wipe();
	cd_fill_ellipse(&canvas, &none, &white, 0, 0, 20, 20, 0);
	CHECK_NEAR(area(), 0, 0);
}

static void
maps(void)
{
	const struct cd_map twice = { 2, 0, 1, 0, 2, 3 };
	const struct cd_map turn = { 0, -1, 5, 1, 0, 7 };
	struct cd_map m = cd_map_chain(&twice, &turn);

	/* (x, y) -> (5 - y, 7 + x) -> (11 - 2 y, 17 + 2 x) */
	CHECK(m.a == 0 && m.b == -2 && m.c == 11);
	CHECK(m.d == 2 && m.e == 0 && m.f == 17);
}

int
main(void)
{
	ellipses();
	triangles();
	lines();
	paints();
	outside();
	maps();
	return CHECK_DONE();
}
