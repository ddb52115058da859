/* A bitmap font: ASCII, each letter 5 by 8 pixels, the last row for what
 * hangs below the line. */
#ifndef CD_IMG_FONT_H
#define CD_IMG_FONT_H

#include <stdbool.h>

enum {
	CD_FONT_W = 5,
	CD_FONT_H = 8,
};

/* Is there ink at column x, row y of the letter c? What is no printable ASCII
 * has the shape of an empty box. */
bool cd_font_ink(unsigned char c, int x, int y);

#endif
