/* A bitmap font: 5 x 8 pixels, the last row for descenders. */
#ifndef CD_IMG_FONT_H
#define CD_IMG_FONT_H

#include <stdbool.h>

enum {
	CD_FONT_W = 5,
	CD_FONT_H = 8,
};

enum {
	CD_FONT_ABOVE = 3, /* rows above the first, for accents */
	CD_FONT_ELLIPSIS = 0x2026,
};

/* The next character of UTF-8 text, and *p behind it; 0 at its end. What is not
 * UTF-8 is 0xfffd, a byte at a time. */
unsigned cd_font_next(const char **p);

/* Is there ink at column x, row y (from -CD_FONT_ABOVE) of a character?
 * Printable ASCII, the ellipsis and the accented letters of Latin-1 and Latin
 * Extended-A have glyphs; others are an empty box. */
bool cd_font_ink(unsigned character, int x, int y);

#endif
