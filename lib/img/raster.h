/* Fills shapes with smooth edges, for img/draw.h: a shape is a signed distance
 * in its own units, scan-converted through an affine map. */
#ifndef CD_IMG_RASTER_H
#define CD_IMG_RASTER_H

/* Pixels to draw on: u8 [h,w,3], row after row; the caller's. */
struct cd_canvas {
	unsigned char *rgb;
	int w, h;
};

/* From a shape's units to pixels: X = a x + b y + c, Y = d x + e y + f. The
 * pixel in column i covers X in [i, i+1). */
struct cd_map {
	float a, b, c, d, e, f;
};

/* A colour, or bands of two. Channels are 0 to 255. */
struct cd_paint {
	float rgb[3];
	float other[3];
	/* other is used where the fraction of x wave[0] + y wave[1] + wave[2],
	 * in the shape's units, is below band */
	float wave[3];
	float band;    /* share of the second colour; 0: none */
	float opacity; /* 0 to 1 */
	float soft;    /* pixels over which the edge fades, >= 1 */
};

/* The map that applies inner first, then outer. */
struct cd_map cd_map_chain(const struct cd_map *outer,
    const struct cd_map *inner);

/* The ellipse about (x, y) with radii rx, ry, turned by angle (radians, from
 * the x axis towards the y axis). */
void cd_fill_ellipse(const struct cd_canvas *, const struct cd_map *,
    const struct cd_paint *, float x, float y, float rx, float ry, float angle);

/* The triangle with these corners, in any order. */
void cd_fill_triangle(const struct cd_canvas *, const struct cd_map *,
    const struct cd_paint *, const float xy[6]);

/* The line from (xy[0], xy[1]) to (xy[2], xy[3]) with round ends, whose
 * half-width goes from r0 to r1. */
void cd_fill_line(const struct cd_canvas *, const struct cd_map *,
    const struct cd_paint *, const float xy[4], float r0, float r1);

#endif
