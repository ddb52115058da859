/* Decodes JPEG to pixels, by libjpeg. */
#ifndef CD_IMG_JPEG_H
#define CD_IMG_JPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "img/limits.h"

enum {
	/* pixels times scans may not exceed this many times limits.pixels */
	CD_JPEG_PASSES = 16,
};

/* The smallest picture that will do: libjpeg can halve pictures up to three
 * times while it decodes them, almost for free. All zero: full size. */
struct cd_jpeg_least {
	int w, h; /* of the upright picture (EXIF) */
};

struct cd_jpeg; /* a decoder, for one thread at a time */

struct cd_jpeg *cd_jpeg_new(const struct cd_picture_limits *, struct cd_err *);
void cd_jpeg_free(struct cd_jpeg *);

/* What cd_jpeg_begin found. */
struct cd_jpeg_info {
	int w, h;	 /* of the upright picture, in full */
	int orientation; /* EXIF, 1 to 8 */
};

/* Reads the header of a JPEG of n bytes and checks it against the limits; data
 * must stay valid until cd_jpeg_pixels returns. */
int cd_jpeg_begin(struct cd_jpeg *, const unsigned char *data, size_t n,
    struct cd_jpeg_info *, struct cd_err *) CD_MUST_CHECK;

/* What was decoded: the picture shrunk by the denominator, 1, 2, 4 or 8,
 * without what is left over at the right and bottom where its sides are no
 * multiples. */
struct cd_jpeg_pixels {
	int w, h; /* as stored: side / denominator, rounded down */
	int denominator;
};

/* Decodes what cd_jpeg_begin began into out, which grows as needed: w x h RGB
 * pixels, rows from top to bottom without gaps, *as stored*: the caller turns
 * them (cd_orient). Grey, CMYK and YCCK become RGB. A file that is cut, in its
 * middle or between two scans, bad codes, and more than 16 bytes behind a scan
 * (up to 7 more are not noticed) that belong to nothing are errors; extraneous
 * bytes between segments are not. err.sys is ENOMEM where malloc failed, 0
 * where the picture is bad or beyond a limit. */
int cd_jpeg_pixels(struct cd_jpeg *, const struct cd_jpeg_least *,
    struct cd_buf *out, struct cd_jpeg_pixels *, struct cd_err *) CD_MUST_CHECK;

#endif
