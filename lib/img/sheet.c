#include "img/sheet.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "img/font.h"

enum {
	GAP = 8,   /* pixels between cells, and at the edges */
	FRAME = 3, /* pixels of the gap that a frame takes */
	LETTER = CD_FONT_W + 1,
	LINE = CD_FONT_H + 3,
};

static const unsigned char inks[][3] = {
	[CD_INK_BLACK] = { 0, 0, 0 },
	[CD_INK_GREY] = { 140, 140, 140 },
	[CD_INK_GREEN] = { 0, 120, 0 },
	[CD_INK_RED] = { 215, 0, 0 },
};

static int
step_x(const struct cd_sheet *s)
{
	return s->cell_w + GAP;
}

static int
step_y(const struct cd_sheet *s)
{
	return s->cell_h + LINE * s->lines + GAP;
}

int
cd_sheet_new(struct cd_sheet *s, int count, int columns, int cell_w, int cell_h,
    int lines, struct cd_err *e)
{
	int64_t w, h, rows = ((int64_t)count + columns - 1) / columns;

	*s = (struct cd_sheet){ NULL, 0, 0, columns, cell_w, cell_h, lines };
	w = GAP + (int64_t)columns * step_x(s);
	h = GAP + rows * step_y(s);
	if (w > CD_SHEET_SIDE_MAX || h > CD_SHEET_SIDE_MAX)
		return cd_fail(e,
		    "the sheet would have %lldx%lld pixels; at "
		    "most %d a side",
		    (long long)w, (long long)h, CD_SHEET_SIDE_MAX);
	s->w = (int)w;
	s->h = (int)h;
	s->rgb = cd_calloc((size_t)w * (size_t)h, 3, e);
	if (!s->rgb)
		return -1;
	memset(s->rgb, 255, 3 * (size_t)w * (size_t)h);
	return 0;
}

void
cd_sheet_free(struct cd_sheet *s)
{
	free(s->rgb);
	s->rgb = NULL;
}

static unsigned char *
pixel(struct cd_sheet *s, int x, int y)
{
	return s->rgb + 3 * ((size_t)y * (size_t)s->w + (size_t)x);
}

static int
cell_x(const struct cd_sheet *s, int i)
{
	return GAP + i % s->columns * step_x(s);
}

static int
cell_y(const struct cd_sheet *s, int i)
{
	return GAP + i / s->columns * step_y(s);
}

/* The size at which a picture of w x h is shown. */
static void
shown_size(const struct cd_sheet *s, int w, int h, int *tw, int *th)
{
	int64_t cw = s->cell_w, ch = s->cell_h;
	int by_w = s->cell_w / w, by_h = s->cell_h / h;
	int by = by_w < by_h ? by_w : by_h;

	if (by >= 1) {
		*tw = w * by;
		*th = h * by;
	} else if (cw * h < ch * w) {
		*tw = (int)cw;
		*th = (int)(cw * h / w);
	} else {
		*tw = (int)(ch * w / h);
		*th = (int)ch;
	}
	*tw = *tw < 1 ? 1 : *tw;
	*th = *th < 1 ? 1 : *th;
}

/* The mean of columns [x0, x1) and rows [y0, y1), channel c. */
static unsigned char
mean(const unsigned char *px, int w, int channels, int c, const int box[4])
{
	uint64_t sum = 0, n;
	int x, y;

	for (y = box[1]; y < box[3]; y++)
		for (x = box[0]; x < box[2]; x++)
			sum += px[((size_t)y * (size_t)w + (size_t)x) *
				(size_t)channels +
			    (size_t)c];
	n = (uint64_t)(box[2] - box[0]) * (uint64_t)(box[3] - box[1]);
	return (unsigned char)((sum + n / 2) / n);
}

/* The source pixels [*a, *b) of n, at least one, that pixel i of to covers. */
static void
source(int i, int n, int to, int *a, int *b)
{
	*a = (int)((int64_t)i * n / to);
	*b = (int)((int64_t)(i + 1) * n / to);
	if (*b <= *a)
		*b = *a + 1;
}

void
cd_sheet_picture(struct cd_sheet *s, int i, const unsigned char *px, int w,
    int h, int channels)
{
	int tw, th, x, y, c, x0, y0, box[4];

	shown_size(s, w, h, &tw, &th);
	x0 = cell_x(s, i) + (s->cell_w - tw) / 2;
	y0 = cell_y(s, i) + s->cell_h - th; /* above its text */
	for (y = 0; y < th; y++) {
		source(y, h, th, &box[1], &box[3]);
		for (x = 0; x < tw; x++) {
			source(x, w, tw, &box[0], &box[2]);
			for (c = 0; c < 3; c++)
				pixel(s, x0 + x, y0 + y)[c] = mean(px, w,
				    channels, channels == 3 ? c : 0, box);
		}
	}
}

/* Draws a character, its pixels squares of by. */
static void
draw_letter(struct cd_sheet *s, int x0, int y0, unsigned c, int by,
    const unsigned char rgb[3])
{
	int x, y, i;

	for (y = -CD_FONT_ABOVE; y < CD_FONT_H; y++)
		for (x = 0; x < CD_FONT_W; x++)
			for (i = 0; i < by * by && cd_font_ink(c, x, y); i++)
				memcpy(pixel(s, x0 + x * by + i % by,
					   y0 + y * by + i / by),
				    rgb, 3);
}

/* Draws text within room letters: what is too long loses its middle, if
 * keep_end, else its end, and has an ellipsis there. */
static void
draw_text(struct cd_sheet *s, int x, int y, int room, int by, const char *text,
    const unsigned char rgb[3], bool keep_end)
{
	int n = 0, i = 0, head = room, tail = 0;
	const char *p = text;
	unsigned c;

	while (cd_font_next(&p))
		n++;
	if (n > room) {
		/* a name's end tells more than its beginning */
		tail = keep_end ? (2 * room - 1) / 3 : 0;
		head = room - 1 - tail;
	}
	for (p = text; (c = cd_font_next(&p)); i++) {
		if (n > room && i == head)
			c = CD_FONT_ELLIPSIS;
		else if (n > room && i > head && i < n - tail)
			continue;
		draw_letter(s, x, y, c, by, rgb);
		x += LETTER * by;
	}
}

int
cd_sheet_room(const struct cd_sheet *s)
{
	return s->cell_w / LETTER;
}

void
cd_sheet_text(struct cd_sheet *s, int i, int line, const char *text,
    enum cd_ink ink, bool keep_end)
{
	int room = cd_sheet_room(s), n = 0, x = cell_x(s, i);
	const char *p = text;

	while (n < room && cd_font_next(&p))
		n++;
	x += (s->cell_w - n * LETTER) / 2; /* in the middle, as the picture */
	draw_text(s, x, cell_y(s, i) + s->cell_h + LINE * line + 4, room, 1,
	    text, inks[ink], keep_end);
}

int
cd_sheet_title(struct cd_sheet *s, const char *text, int w, struct cd_err *e)
{
	enum { BY = 2, BAND = BY * LINE + GAP };
	size_t row = 3 * (size_t)s->w;
	unsigned char *rgb;

	if (s->h > CD_SHEET_SIDE_MAX - BAND)
		return cd_fail(e, "no room for a title");
	rgb = cd_calloc(row, (size_t)(s->h + BAND), e);
	if (!rgb)
		return -1;
	memset(rgb, 255, row * BAND);
	memcpy(rgb + row * BAND, s->rgb, row * (size_t)s->h);
	free(s->rgb);
	s->rgb = rgb;
	s->h += BAND;
	draw_text(s, GAP, GAP, (w - 2 * GAP) / (BY * LETTER), BY, text,
	    inks[CD_INK_BLACK], false);
	return BAND;
}

void
cd_sheet_frame(struct cd_sheet *s, int i, enum cd_ink ink)
{
	int x0 = cell_x(s, i) - FRAME, y0 = cell_y(s, i) - FRAME;
	int w = s->cell_w + 2 * FRAME, h = s->cell_h + 2 * FRAME, x, y;

	for (y = 0; y < h; y++)
		for (x = 0; x < w; x++)
			if (y < FRAME || y >= h - FRAME || x < FRAME ||
			    x >= w - FRAME)
				memcpy(pixel(s, x0 + x, y0 + y), inks[ink], 3);
}

int
cd_sheet_used(const struct cd_sheet *s, int n, int *w)
{
	int columns = n < s->columns ? n : s->columns;

	*w = GAP + columns * step_x(s);
	return GAP + (n + s->columns - 1) / s->columns * step_y(s);
}
