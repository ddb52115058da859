/* Decodes PNG, PNM and WebP to pixels: the first picture of a file, whole. */
#ifndef CD_IMG_STILL_H
#define CD_IMG_STILL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"
#include "img/limits.h"

struct cd_still_how {
	struct cd_picture_limits limits;
	unsigned char background[3]; /* RGB, under what is transparent */
};

/* What was decoded. */
struct cd_still {
	int w, h;	 /* as stored */
	int orientation; /* EXIF, 1 to 8; 1 where there is none */
	bool more;	 /* the file has further pictures, or frames */
};

/* Each decodes a file of n bytes that begins as its kind does into out, which
 * grows as needed: h x w x 3, RGB, *as stored*: the caller turns it
 * (cd_orient). 16 bits become 8, rounded to the nearest; grey and palettes
 * become RGB; what is transparent is laid over the background, in the stored
 * values (gamma and profiles are not applied). A file that is cut, whose
 * checksums do not match or whose data are not what its header says is an
 * error. err.sys is ENOMEM where malloc failed, else 0. */
typedef int cd_still_read(const struct cd_still_how *, const unsigned char *,
    size_t n, struct cd_buf *out, struct cd_still *, struct cd_err *);

/* W3C, Portable Network Graphics; by libpng. Of an APNG the default image. */
cd_still_read cd_still_png;
/* Netpbm's P1 to P6, of any maxval. Behind a picture may come another, or
 * white space. */
cd_still_read cd_still_pnm;
/* RFC 9649; by libwebp. Of an animation the first frame. */
cd_still_read cd_still_webp;

/* For them: checks w, h and the memory of bytes a pixel against the limits,
 * before out gets room for w x h x 4. */
int cd_still_room(const struct cd_still_how *, int64_t w, int64_t h, size_t n,
    int bytes, struct cd_buf *out, struct cd_err *) CD_MUST_CHECK;
/* For them: n pixels RGBA in out become RGB over the background, in place. */
void cd_still_flatten(const struct cd_still_how *, struct cd_buf *out,
    size_t n);

#endif
