/* A contact sheet: a grid of cells, a picture in each, lines of text below. */
#ifndef CD_IMG_SHEET_H
#define CD_IMG_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum {
	CD_SHEET_SIDE_MAX = 32767, /* pixels */
};

enum cd_ink {
	CD_INK_BLACK,
	CD_INK_GREY,
	CD_INK_GREEN,
	CD_INK_RED,
};

struct cd_sheet {
	unsigned char *rgb; /* u8 [h,w,3]; owned */
	int w, h;
	int columns, cell_w, cell_h, lines;
};

/* A white sheet for count pictures in this many columns, each with a cell of
 * cell_w x cell_h pixels and this many lines of text. Fails where a side would
 * exceed CD_SHEET_SIDE_MAX. */
int cd_sheet_new(struct cd_sheet *, int count, int columns, int cell_w,
    int cell_h, int lines, struct cd_err *) CD_MUST_CHECK;
void cd_sheet_free(struct cd_sheet *);

/* Puts a picture, u8 [h,w,channels] (1: grey; 3: colour), at the bottom of
 * cell i, above its text. One larger than the cell is shrunk by area averaging,
 * its aspect ratio kept; one at most half as large is magnified by a whole
 * number. */
void cd_sheet_picture(struct cd_sheet *, int i, const unsigned char *, int w,
    int h, int channels);

/* Letters that a line of text has room for. */
int cd_sheet_room(const struct cd_sheet *);

/* Writes line (from 0) below cell i, in the letters of img/font.h. Text too
 * long for the cell loses its middle if keep_end, else its end, and has an
 * ellipsis there. */
void cd_sheet_text(struct cd_sheet *, int i, int line, const char *,
    enum cd_ink, bool keep_end);

/* Puts a band with this title, as wide as w pixels, above all that is on the
 * sheet; cells must not be drawn any more. Returns the band's height, or -1. */
int cd_sheet_title(struct cd_sheet *, const char *, int w, struct cd_err *);

/* Draws a frame about cell i. */
void cd_sheet_frame(struct cd_sheet *, int i, enum cd_ink);

/* The height in pixels that n pictures take up; *w: the width. */
int cd_sheet_used(const struct cd_sheet *, int n, int *w);

#endif
