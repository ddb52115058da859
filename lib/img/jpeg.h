/* JPEG to pixels, through libjpeg. */
#ifndef CD_IMG_JPEG_H
#define CD_IMG_JPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

/* What a picture may cost, whatever its file says. */
struct cd_jpeg_limits {
	int64_t pixels; /* width times height */
	int64_t scans;	/* passes over the picture, in one file */
	int64_t memory; /* bytes: pixels and libjpeg's own, or, where EXIF
			 * turns it, twice the pixels if that is more */
};

enum {
	/* pixels times scans may not pass this many times limits.pixels */
	CD_JPEG_PASSES = 16,
};

/* The smallest picture that is good enough: libjpeg can halve pictures while
 * it decodes them, up to three times, nearly for nothing. All zero: the
 * picture in full. */
struct cd_jpeg_least {
	int w, h; /* as it is seen (EXIF) */
};

struct cd_jpeg; /* a decoder, for one thread at a time */

struct cd_jpeg *cd_jpeg_new(const struct cd_jpeg_limits *, struct cd_err *);
void cd_jpeg_free(struct cd_jpeg *);

/* What cd_jpeg_begin found. */
struct cd_jpeg_info {
	int w, h;	 /* of the whole picture, as it is seen */
	int orientation; /* EXIF, 1 to 8 */
};

/* Reads the header of the JPEG of n bytes and checks it against the limits;
 * data must stay until cd_jpeg_pixels is done. */
int cd_jpeg_begin(struct cd_jpeg *, const unsigned char *data, size_t n,
    struct cd_jpeg_info *, struct cd_err *) CD_MUST_CHECK;

/* Decodes what cd_jpeg_begin began into out: *w x *h pixels, RGB, rows from
 * top to bottom without gaps, *as they are stored*: cd_orient is the caller's.
 * out grows where it is too small. Grey, CMYK and YCCK become RGB. A file
 * that is cut or has bad codes is an error; extraneous bytes between its
 * parts are not. err.sys is 0 where the picture is at fault, which it is too
 * when it passes a limit, and ENOMEM where malloc failed. */
int cd_jpeg_pixels(struct cd_jpeg *, const struct cd_jpeg_least *,
    struct cd_buf *out, int *w, int *h, struct cd_err *) CD_MUST_CHECK;

#endif
