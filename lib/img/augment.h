/* Random transformations of pictures as geometry and colour: what may happen,
 * what did happen to one picture, and its matrix. No pixel is touched here;
 * pix/warp.h does that.
 *
 * The meanings are those of Keras's ImageDataGenerator, so that a figure from
 * a book means the same here; where they differ, it is said. Angles are in
 * degrees, always. */
#ifndef CD_IMG_AUGMENT_H
#define CD_IMG_AUGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "pix/warp.h"

struct cd_range {
	double lo, hi;
};

/* What may happen to a picture; U is the uniform distribution. */
struct cd_augment {
	double rotate;		    /* angle U(-r, r), degrees */
	double shift_x, shift_y;    /* U(-f, f): f < 1 of the picture's width or
				 * height, f >= 1 in pixels */
	double shear;		    /* angle U(-s, s), degrees */
	struct cd_range zoom;	    /* factor from output to input: > 1 shows
				 * more, smaller; { 1, 1 }: none */
	bool zoom_uniform;	    /* one factor, else one for each axis */
	bool flip, flip_vertical;   /* each with probability 1/2 */
	double channel_shift;	    /* U(-c, c), added to all channels */
	struct cd_range brightness; /* factor; { 1, 1 }: none */
	struct cd_range crop;	    /* random resized crop: share of the area;
				 * { 1, 1 }: none */
	enum cd_fill fill;	    /* beyond the edges, with */
	uint8_t value;		    /* for CD_FILL_CONSTANT */
};

/* Nothing happens. */
extern const struct cd_augment cd_augment_none;

/* The book's: rotate 40, shift .2 of both sides, shear .2 radians, zoom .2 by
 * axis, flip. (Chollet, Deep Learning with Python, 2017, section 5.2.5; the
 * Keras of its time took shear in radians.) */
extern const struct cd_augment cd_augment_book;

/* What happens to one picture. */
struct cd_augment_draw {
	double rotate, shear;	 /* degrees */
	double shift_y, shift_x; /* pixels of the output, from output to
					 * input: positive moves the picture
					 * up, to the left */
	double zoom_y, zoom_x;
	bool flip, flip_vertical;
	double channel_shift, brightness;
	int top, left, height, width; /* the part of the picture that fills
					 * the output; all of it: no crop */
};

/* The size of a picture and that of what becomes of it: 1 to 65535. */
struct cd_augment_size {
	int h, w, oh, ow;
};

/* Draws for the picture with this key, as a pure function of the arguments.
 * Every parameter has its own numbers whether it is used or not: an option
 * more does not change the draws of the others. */
struct cd_augment_draw cd_augment_draw(const struct cd_augment *,
    const struct cd_augment_size *, uint64_t seed, uint64_t epoch,
    const char *key, uint32_t view);

/* The size to which the whole picture is to be averaged first, so that its
 * part fills the output without being made smaller: *h and *w are those of
 * the picture where nothing is made smaller (crop and output size count, zoom
 * does not: Keras does not antialias it). */
void cd_augment_shrunk(const struct cd_augment_draw *,
    const struct cd_augment_size *, int *h, int *w);

/* The matrix that takes (row, column, 1) of the output to (row, column) of the
 * picture as shrunk,
 *
 *	crop * centre * rotate * shift * shear * zoom * centre^-1 * flip,
 *
 * rotate = [cos -sin; sin cos], shear = [1 -sin; 0 cos], about the centre
 * (oh/2 - 1/2, ow/2 - 1/2): as if the part were cut out, brought to the
 * output's size, transformed as by Keras and flipped, in one resampling.
 * (Keras turns about h/2 + 1/2, w/2 + 1/2, a pixel off; later versions of it
 * do as here.) Pixel centres are at whole numbers. */
void cd_augment_matrix(const struct cd_augment_draw *,
    const struct cd_augment_size *, double m[2][3]);

/* Channel shift, held between lo and hi (the picture's smallest and largest
 * values, as in Keras), then brightness, as a table of bytes; halves round
 * up. False where it would change nothing. */
bool cd_augment_table(const struct cd_augment_draw *, uint8_t lo, uint8_t hi,
    uint8_t table[256]);

#endif
