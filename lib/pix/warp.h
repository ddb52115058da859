/* Affine resampling of a picture of bytes, bilinear, and pointwise tables.
 *
 * Every variant computes the same integers, so that results are equal to the
 * bit on any machine for the same matrix. */
#ifndef CD_PIX_WARP_H
#define CD_PIX_WARP_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* What lies beyond the edges of a picture whose row is abcd. */
enum cd_fill {
	CD_FILL_NEAREST,  /* aaaa abcd dddd */
	CD_FILL_CONSTANT, /* kkkk abcd kkkk, nothing mixed at the edge */
	CD_FILL_REFLECT,  /* dcba abcd dcba */
	CD_FILL_WRAP,	  /* abcd abcd abcd */
};

enum {
	CD_WARP_SLACK = 64, /* bytes behind src and dst, see below */
	CD_WARP_SIDE_MAX = 65535,
};

/* out[y][x] = in(m[0][0] y + m[0][1] x + m[0][2],
 *                m[1][0] y + m[1][1] x + m[1][2])
 *
 * where in(row, column) lies between the four nearest pixels, whose centres
 * are at whole numbers, and the result is rounded to the nearest byte, halves
 * up. The exact result is met within 0.52 of 255: coordinates have 32 binary
 * places, weights 14. CD_FILL_CONSTANT gives value to every place outside
 * 0 <= row <= h-1, 0 <= column <= w-1 (scipy's "constant"), the others
 * interpolate in the picture as extended. */
struct cd_warp {
	const uint8_t *src; /* [h][w][channels] */
	uint8_t *dst;	    /* [oh][ow][channels], overwritten; not src */
	int h, w, oh, ow;   /* 1 to CD_WARP_SIDE_MAX */
	int channels;	    /* 1 to 4 */
	double m[2][3];	    /* |row|, |column| < 2^30 wherever asked for */
	enum cd_fill fill;
	uint8_t value; /* of CD_FILL_CONSTANT */
};

/* src is followed by CD_WARP_SLACK bytes that may be read, dst by as many that
 * may be written. By the best variant. */
void cd_warp(const struct cd_warp *);

/* p[i] = table[p[i]], n bytes in place. */
void cd_lookup(uint8_t *p, size_t n, const uint8_t table[256]);

/* The smallest and the largest of n bytes, n > 0. */
void cd_extremes(const uint8_t *p, size_t n, uint8_t *lo, uint8_t *hi);

/* ---- the variants ---- */

struct cd_warp_variant {
	const char *name;
	void (*warp)(const struct cd_warp *);
};

/* The variants (base/cpu.h). Their results are equal. */
struct cd_warp_row {
	const struct cd_warp_variant *variant;
	enum cd_cpu level;
};

extern const struct cd_warp_variant cd_warp_ref;
extern const struct cd_warp_row cd_warp_table[];

/* The best that this machine can run. */
const struct cd_warp_variant *cd_warp_best(void);

/* Where output row y begins in the source and how far a pixel to the right
 * is, with 32 binary places. */
struct cd_warp_line {
	int64_t y, x, dy, dx;
};

struct cd_warp_line cd_warp_line(const struct cd_warp *, int y);

/* The output pixels begin <= x < end of row y, by plain loops. */
void cd_warp_span_ref(const struct cd_warp *, int y, int begin, int end);

#endif
