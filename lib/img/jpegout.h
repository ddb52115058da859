/* Pixels to JPEG. */
#ifndef CD_IMG_JPEGOUT_H
#define CD_IMG_JPEGOUT_H

#include <stdio.h>

#include "base/err.h"

/* Writes rgb, u8 [h,w,3], as a baseline JPEG (colour at half resolution) of
 * this quality (1 to 100) to f, which the caller closes. Sizes are 1 to 65500
 * (libjpeg's limit). The caller checks f for what its buffer still holds. */
int cd_jpeg_write(FILE *f, const unsigned char *rgb, int w, int h, int quality,
    struct cd_err *) CD_MUST_CHECK;

#endif
