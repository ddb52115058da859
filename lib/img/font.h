/* A bitmap font for ASCII: 5 x 8 pixels, the last row for descenders. */
#ifndef CD_IMG_FONT_H
#define CD_IMG_FONT_H

#include <stdbool.h>

enum {
	CD_FONT_W = 5,
	CD_FONT_H = 8,
};

/* Is there ink at column x, row y of the glyph of c? All but printable ASCII is
 * an empty box. */
bool cd_font_ink(unsigned char c, int x, int y);

#endif
