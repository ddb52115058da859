/* Bilinear affine resampling of 8-bit pictures, and pointwise tables.
 *
 * Every variant computes the same integers: for the same matrix the result is
 * the same on any machine. */
#ifndef CD_PIX_WARP_H
#define CD_PIX_WARP_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* How a picture, of which a row is abcd, is extended beyond its edges. */
enum cd_fill {
	CD_FILL_NEAREST,  /* aaaa abcd dddd */
	CD_FILL_CONSTANT, /* kkkk abcd kkkk, not interpolated at the edge */
	CD_FILL_REFLECT,  /* dcba abcd dcba */
	CD_FILL_WRAP,	  /* abcd abcd abcd */
};

enum {
	CD_WARP_SLACK = 64, /* bytes past src and dst, see cd_warp */
	CD_WARP_SIDE_MAX = 65535,
};

/* out[y][x] = in(m[0][0] y + m[0][1] x + m[0][2],
 *                m[1][0] y + m[1][1] x + m[1][2])
 *
 * where in(row, column) interpolates between the four nearest pixels, whose
 * centres are at integers, and the result is rounded to the nearest byte,
 * halves up. It is within 0.52 of exact: coordinates have 32 fractional bits,
 * weights 14. With CD_FILL_CONSTANT, places outside 0 <= row <= h-1,
 * 0 <= column <= w-1 give value (scipy's "constant"); the others interpolate in
 * the extended picture. */
struct cd_warp {
	const uint8_t *src; /* [h][w][channels] */
	uint8_t *dst;	    /* [oh][ow][channels], overwritten; not src */
	int h, w, oh, ow;   /* 1 to CD_WARP_SIDE_MAX */
	int channels;	    /* 1 to 4 */
	double m[2][3];	    /* |row|, |column| < 2^30 for every x, y */
	enum cd_fill fill;
	uint8_t value; /* of CD_FILL_CONSTANT */
};

/* Runs the best variant. CD_WARP_SLACK bytes past the end of src must be
 * readable, as many past the end of dst writable. */
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

/* The source place of pixel 0 of output row y and the step to the next pixel,
 * with 32 fractional bits. */
struct cd_warp_line {
	int64_t y, x, dy, dx;
};

struct cd_warp_line cd_warp_line(const struct cd_warp *, int y);

/* The output pixels begin <= x < end of row y, by plain loops. */
void cd_warp_span_ref(const struct cd_warp *, int y, int begin, int end);

#endif
