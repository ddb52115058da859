/* Reads a picture file as an upright picture of the size wanted. */
#ifndef CD_IMG_PICTURE_H
#define CD_IMG_PICTURE_H

#include "base/err.h"
#include "base/mem.h"
#include "img/fit.h"
#include "img/still.h"

/* pixels: u8 [h][w][3], RGB, or [h][w][1]. All zero is empty; its memory only
 * grows, and is the caller's to free. */
struct cd_picture {
	int w, h, channels;
	bool more; /* the first of several pictures in the file */
	struct cd_buf pixels;
};

struct cd_picturer; /* for one thread at a time */

struct cd_picturer *cd_picturer_new(const struct cd_still_how *,
    const struct cd_fit *, struct cd_err *);
void cd_picturer_free(struct cd_picturer *);

/* Reads, decodes, turns (EXIF) and fits the picture in a file: JPEG, PNG, PNM
 * or WebP, as its first bytes say. Where it shrinks to less than half, libjpeg
 * decodes it smaller, but no smaller than twice the
 * size wanted; not so for the filters that alias (nearest, bilinear), whose
 * results that would change. Errors do not name the file. */
int cd_picturer_run(struct cd_picturer *, const char *path, struct cd_picture *,
    struct cd_err *) CD_MUST_CHECK;

#endif
