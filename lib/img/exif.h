/* The orientation of a picture, from its EXIF data. */
#ifndef CD_IMG_EXIF_H
#define CD_IMG_EXIF_H

#include <stddef.h>

/* The orientation (tag 0x0112 of the first directory) in the n bytes of a
 * JPEG's APP1 marker: 1 to 8; 0 where they are not EXIF, are malformed or have
 * no such tag. Never reads outside the n bytes. (CIPA DC-008, 4.6.) */
int cd_exif_orientation(const unsigned char *app1, size_t n);
/* The same of EXIF data that begin with the TIFF header, from which offsets
 * count, as in PNG's eXIf and WebP's EXIF chunk. */
int cd_exif_tiff_orientation(const unsigned char *tiff, size_t n);

#endif
