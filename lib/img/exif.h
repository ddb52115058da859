/* The one thing of EXIF that matters here: which way up a picture is. */
#ifndef CD_IMG_EXIF_H
#define CD_IMG_EXIF_H

#include <stddef.h>

/* The orientation (tag 0x0112 of the first directory) in the n bytes of a
 * JPEG's APP1 marker: 1 to 8; 0 where it is no EXIF, malformed, or does not
 * say. Never reads outside of the n bytes. (CIPA DC-008, 4.6.) */
int cd_exif_orientation(const unsigned char *app1, size_t n);

#endif
