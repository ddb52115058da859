/* Writes pixels as JPEG, by libjpeg. */
#ifndef CD_IMG_JPEGOUT_H
#define CD_IMG_JPEGOUT_H

#include <stdio.h>

#include "base/err.h"

/* Writes rgb, u8 [h,w,3], as a baseline JPEG (4:2:0) of this quality (1 to 100)
 * to f, which the caller flushes, checks and closes. Sides are 1 to 65500
 * (libjpeg's limit). */
int cd_jpeg_write(FILE *f, const unsigned char *rgb, int w, int h, int quality,
    struct cd_err *) CD_MUST_CHECK;

#endif
