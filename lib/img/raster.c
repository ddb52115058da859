#include "img/raster.h"

#include <math.h>

/* A shape ready to fill: its distance function (negative inside) and a box
 * around it, in its own units. */
struct shape {
	float (*distance)(const struct shape *, float x, float y);
	float p[10];
	float x0, y0, x1, y1;
};

struct cd_map
cd_map_chain(const struct cd_map *o, const struct cd_map *i)
{
	return (struct cd_map){
		o->a * i->a + o->b * i->d,
		o->a * i->b + o->b * i->e,
		o->a * i->c + o->b * i->f + o->c,
		o->d * i->a + o->e * i->d,
		o->d * i->b + o->e * i->e,
		o->d * i->c + o->e * i->f + o->f,
	};
}

static float
clamp(float v, float lo, float hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

static void
blend(unsigned char *px, const struct cd_paint *p, float x, float y,
    float alpha)
{
	const float *rgb = p->rgb;
	float v;
	int k;

	if (p->band > 0) {
		v = x * p->wave[0] + y * p->wave[1] + p->wave[2];
		if (v - floorf(v) < p->band)
			rgb = p->other;
	}
	for (k = 0; k < 3; k++) {
		v = px[k] + alpha * (rgb[k] - px[k]);
		px[k] = (unsigned char)(clamp(v, 0, 255) + .5f);
	}
}

/* The columns or rows in [0, n) that [lo, hi] and the soft edge touch. */
static void
cover(float lo, float hi, float edge, int n, int *from, int *to)
{
	*from = (int)floorf(clamp(lo - edge, 0, (float)n));
	*to = (int)ceilf(clamp(hi + edge, 0, (float)n));
}

static void
fill(const struct cd_canvas *cv, const struct cd_map *m,
    const struct cd_paint *p, const struct shape *s)
{
	float det = m->a * m->e - m->b * m->d;
	float scale = sqrtf(fabsf(det)) / p->soft; /* edge widths a unit */
	float cx = (s->x0 + s->x1) / 2, rx = (s->x1 - s->x0) / 2;
	float cy = (s->y0 + s->y1) / 2, ry = (s->y1 - s->y0) / 2;
	float mx = m->a * cx + m->b * cy + m->c;
	float my = m->d * cx + m->e * cy + m->f;
	float bx = fabsf(m->a) * rx + fabsf(m->b) * ry;
	float by = fabsf(m->d) * rx + fabsf(m->e) * ry;
	int i, j, i0, i1, j0, j1;

	if (!(fabsf(det) > 1e-12f))
		return; /* flat: covers nothing */
	cover(mx - bx, mx + bx, p->soft, cv->w, &i0, &i1);
	cover(my - by, my + by, p->soft, cv->h, &j0, &j1);
	for (j = j0; j < j1; j++) {
		unsigned char *px = cv->rgb + 3 * ((long)j * cv->w + i0);
		float v = (float)j + .5f - m->f;

		for (i = i0; i < i1; i++, px += 3) {
			float u = (float)i + .5f - m->c;
			float x = (m->e * u - m->b * v) / det;
			float y = (m->a * v - m->d * u) / det;
			float d = s->distance(s, x, y) * scale;

			if (d < .5f)
				blend(px, p, x, y,
				    p->opacity * clamp(.5f - d, 0, 1));
		}
	}
}

/* To first order: the implicit function over the norm of its gradient. */
static float
ellipse_distance(const struct shape *s, float x, float y)
{
	const float *p = s->p; /* centre, cos, sin, 1 / radii */
	float u = ((x - p[0]) * p[2] + (y - p[1]) * p[3]) * p[4];
	float v = ((y - p[1]) * p[2] - (x - p[0]) * p[3]) * p[5];
	float k = u * u + v * v;
	float g = u * u * p[4] * p[4] + v * v * p[5] * p[5];

	return .5f * (k - 1) / sqrtf(g + 1e-12f);
}

void
cd_fill_ellipse(const struct cd_canvas *cv, const struct cd_map *m,
    const struct cd_paint *paint, float x, float y, float rx, float ry,
    float angle)
{
	float r = rx > ry ? rx : ry;
	struct shape s = { ellipse_distance,
		{ x, y, cosf(angle), sinf(angle), 1 / rx, 1 / ry }, x - r,
		y - r, x + r, y + r };

	fill(cv, m, paint, &s);
}

static float
triangle_distance(const struct shape *s, float x, float y)
{
	const float *p = s->p; /* per edge: normal, offset */
	float d0 = p[0] * x + p[1] * y + p[2];
	float d1 = p[3] * x + p[4] * y + p[5];
	float d2 = p[6] * x + p[7] * y + p[8];

	return fmaxf(d0, fmaxf(d1, d2));
}

void
cd_fill_triangle(const struct cd_canvas *cv, const struct cd_map *m,
    const struct cd_paint *paint, const float xy[6])
{
	struct shape s = { triangle_distance, { 0 },
		fminf(xy[0], fminf(xy[2], xy[4])),
		fminf(xy[1], fminf(xy[3], xy[5])),
		fmaxf(xy[0], fmaxf(xy[2], xy[4])),
		fmaxf(xy[1], fmaxf(xy[3], xy[5])) };
	float area = (xy[2] - xy[0]) * (xy[5] - xy[1]) -
	    (xy[4] - xy[0]) * (xy[3] - xy[1]);
	int i;

	if (!(fabsf(area) > 1e-12f))
		return;
	for (i = 0; i < 3; i++) {
		const float *from = xy + 2 * i, *to = xy + 2 * ((i + 1) % 3);
		float dx = to[0] - from[0], dy = to[1] - from[1];
		float len = copysignf(sqrtf(dx * dx + dy * dy), area);

		s.p[3 * i] = dy / len;
		s.p[3 * i + 1] = -dx / len;
		s.p[3 * i + 2] = (dx * from[1] - dy * from[0]) / len;
	}
	fill(cv, m, paint, &s);
}

static float
line_distance(const struct shape *s, float x, float y)
{
	const float *p = s->p; /* begin, direction / length^2, r0, r1 - r0 */
	float u = x - p[0], v = y - p[1];
	float t = clamp(u * p[4] + v * p[5], 0, 1);

	u -= t * p[2];
	v -= t * p[3];
	return sqrtf(u * u + v * v) - p[6] - t * p[7];
}

void
cd_fill_line(const struct cd_canvas *cv, const struct cd_map *m,
    const struct cd_paint *paint, const float xy[4], float r0, float r1)
{
	float dx = xy[2] - xy[0], dy = xy[3] - xy[1];
	float n = fmaxf(dx * dx + dy * dy, 1e-12f), r = fmaxf(r0, r1);
	struct shape s = { line_distance,
		{ xy[0], xy[1], dx, dy, dx / n, dy / n, r0, r1 - r0 },
		fminf(xy[0], xy[2]) - r, fminf(xy[1], xy[3]) - r,
		fmaxf(xy[0], xy[2]) + r, fmaxf(xy[1], xy[3]) + r };

	fill(cv, m, paint, &s);
}
