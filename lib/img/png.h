/* Writes pixels as PNG, by libpng. */
#ifndef CD_IMG_PNG_H
#define CD_IMG_PNG_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

/* Writes rgb, u8 [h,w,3] with rows stride bytes apart, as an 8-bit colour PNG
 * to f, which the caller flushes, checks and closes. Writes no date: the same
 * pixels give the same bytes. */
int cd_png_write(FILE *f, const unsigned char *rgb, int w, int h, size_t stride,
    struct cd_err *) CD_MUST_CHECK;

/* The same to path by base/save.h: a file is complete or absent. path NULL:
 * standard output. */
int cd_png_save(const char *path, const unsigned char *rgb, int w, int h,
    size_t stride, struct cd_err *) CD_MUST_CHECK;

#endif
