/* Random transformations of pictures: their ranges, the draw for one picture,
 * and its matrix and colour table. pix/warp.h applies them to pixels.
 *
 * The parameters mean what they mean in Keras's ImageDataGenerator, except
 * where noted. All angles are in degrees. */
#ifndef CD_IMG_AUGMENT_H
#define CD_IMG_AUGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "pix/warp.h"

struct cd_range {
	double lo, hi;
};

/* The ranges to draw from; U is the uniform distribution. */
struct cd_augment {
	double rotate;		    /* angle U(-r, r), degrees */
	double shift_x, shift_y;    /* U(-f, f): f < 1 of the output's width or
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
	enum cd_fill fill;	    /* beyond the edges */
	uint8_t value;		    /* of CD_FILL_CONSTANT */
};

/* Changes nothing. */
extern const struct cd_augment cd_augment_none;

/* Chollet, Deep Learning with Python, 2017, section 5.2.5: rotate 40, shift .2
 * of both sides, shear .2 radians (as Keras took it then), zoom .2 for each
 * axis, flip. */
extern const struct cd_augment cd_augment_book;

/* The draw for one picture. */
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

/* The sides of a picture and of its output, 1 to 65535. */
struct cd_augment_size {
	int h, w, oh, ow;
};

/* Draws for the picture with this key: a pure function of the arguments. Each
 * parameter has its own random numbers, used or not, so that one more option
 * does not change the draws of the others. */
struct cd_augment_draw cd_augment_draw(const struct cd_augment *,
    const struct cd_augment_size *, uint64_t seed, uint64_t epoch,
    const char *key, uint32_t view);

/* The size to which the whole picture is shrunk by averaging first, so that
 * the warp does not shrink the part that fills the output; the picture's own
 * size where that part is no larger than the output. Zoom is not counted:
 * Keras does not antialias it. */
void cd_augment_shrunk(const struct cd_augment_draw *,
    const struct cd_augment_size *, int *h, int *w);

/* The matrix that takes (row, column, 1) of the output to (row, column) of the
 * shrunk picture,
 *
 *	crop * centre * rotate * shift * shear * zoom * centre^-1 * flip,
 *
 * rotate = [cos -sin; sin cos], shear = [1 -sin; 0 cos], about the centre
 * (oh/2 - 1/2, ow/2 - 1/2): in one resampling, the part is cut out, resized to
 * the output, transformed as by Keras and flipped. (Older versions of Keras
 * rotate about (h/2 + 1/2, w/2 + 1/2), a pixel off.) Pixel centres are at
 * whole numbers. */
void cd_augment_matrix(const struct cd_augment_draw *,
    const struct cd_augment_size *, double m[2][3]);

/* The table of channel shift, clamped to [lo, hi] (the picture's extremes, as
 * in Keras), then brightness, rounded half up. False, and no table, where it
 * would change nothing. */
bool cd_augment_table(const struct cd_augment_draw *, uint8_t lo, uint8_t hi,
    uint8_t table[256]);

#endif
