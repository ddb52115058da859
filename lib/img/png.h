/* Writes pixels as PNG, by libpng. */
#ifndef CD_IMG_PNG_H
#define CD_IMG_PNG_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

/* Writes pixels, u8 [h,w,channels] with rows stride bytes apart, as an 8-bit
 * PNG to f, which the caller flushes, checks and closes: of colour (3 channels,
 * RGB) or grey (1). Writes no date: the same pixels give the same bytes. */
int cd_png_write(FILE *f, const unsigned char *pixels, int w, int h,
    int channels, size_t stride, struct cd_err *) CD_MUST_CHECK;

/* rgb, u8 [h,w,3], to path by base/save.h: a file is complete or absent. path
 * NULL: standard output. */
int cd_png_save(const char *path, const unsigned char *rgb, int w, int h,
    size_t stride, struct cd_err *) CD_MUST_CHECK;

#endif
