/* Pixels to PNG. */
#ifndef CD_IMG_PNG_H
#define CD_IMG_PNG_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

/* Writes rgb, u8 [h,w,3] with stride bytes from row to row, as an 8-bit
 * colour PNG to f, which the caller closes and checks for what its buffer
 * still holds. The same bytes each time: no date is written. */
int cd_png_write(FILE *f, const unsigned char *rgb, int w, int h, size_t stride,
    struct cd_err *) CD_MUST_CHECK;

/* The same to the output that path names (base/save.h), which is whole or not
 * there. path NULL: standard output. */
int cd_png_save(const char *path, const unsigned char *rgb, int w, int h,
    size_t stride, struct cd_err *) CD_MUST_CHECK;

#endif
