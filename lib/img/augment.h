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

/* What is left out of some pictures: see skip. */
enum cd_augment_part {
	CD_AUGMENT_ROTATE,
	CD_AUGMENT_SHIFT_Y,
	CD_AUGMENT_SHIFT_X,
	CD_AUGMENT_SHEAR,
	CD_AUGMENT_ZOOM,
	CD_AUGMENT_CHANNEL_SHIFT,
	CD_AUGMENT_BRIGHTNESS,
	CD_AUGMENT_CONTRAST,
	CD_AUGMENT_SATURATION,
	CD_AUGMENT_HUE,
	CD_AUGMENT_CROP,
	CD_AUGMENT_ERASE,
	CD_AUGMENT_PARTS,
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
	struct cd_range contrast;   /* factor; { 1, 1 }: none */
	struct cd_range saturation; /* factor; { 1, 1 }: none */
	double hue;		    /* U(-h, h), share of the circle */
	double grey;		    /* probability */
	struct cd_range erase;	    /* random erasing: share of the result's
				 * area; { 0, 0 }: none */
	double trivial;		    /* TrivialAugment: probability */
	bool flip_alternating;	    /* the side in epoch 0 is drawn, then it
				 * changes with each epoch */
	bool shift_together;	    /* one decision for both axes' skip */
	double skip[CD_AUGMENT_PARTS]; /* probability that this part is left
					* out, 1 - P */
	enum cd_fill fill;	       /* beyond the edges */
	uint8_t value;		       /* of CD_FILL_CONSTANT */
};

/* Changes nothing. */
extern const struct cd_augment cd_augment_none;

/* Chollet, Deep Learning with Python, 2017, section 5.2.5: rotate 40, shift .2
 * of both sides, shear .2 radians (as Keras took it then), zoom .2 for each
 * axis, flip. */
extern const struct cd_augment cd_augment_book;

/* The same without the strong operations: only crop and flips are left. */
struct cd_augment cd_augment_clean(const struct cd_augment *);

/* The operations of TrivialAugment "wide" (Mueller and Hutter, ICCV 2021, table
 * of the wide space; torchvision's TrivialAugmentWide), with the range of the
 * magnitude m, which is uniform; +-: of either sign. */
enum cd_trivial {
	CD_TRIVIAL_NONE, /* not drawn at all */
	CD_TRIVIAL_IDENTITY,
	CD_TRIVIAL_SHEAR_X,	 /* +-0.99: column + m row, from the corner */
	CD_TRIVIAL_SHEAR_Y,	 /* +-0.99: row + m column */
	CD_TRIVIAL_TRANSLATE_X,	 /* +-32, whole pixels to the right */
	CD_TRIVIAL_TRANSLATE_Y,	 /* +-32, whole pixels down */
	CD_TRIVIAL_ROTATE,	 /* +-135 degrees */
	CD_TRIVIAL_BRIGHTNESS,	 /* +-0.99: factor 1 + m, as below */
	CD_TRIVIAL_SATURATION,	 /* +-0.99: factor 1 + m */
	CD_TRIVIAL_CONTRAST,	 /* +-0.99: factor 1 + m */
	CD_TRIVIAL_SHARPNESS,	 /* +-0.99: factor 1 + m */
	CD_TRIVIAL_POSTERIZE,	 /* 8 to 2, bits kept */
	CD_TRIVIAL_SOLARIZE,	 /* 0 to 255, inverted from there on */
	CD_TRIVIAL_AUTOCONTRAST, /* none */
	CD_TRIVIAL_EQUALIZE,	 /* none */
	CD_TRIVIALS,
};

/* Their names, "none", "identity" and so on; NULL ends them. */
extern const char *const cd_trivial_names[];

/* The least and the largest magnitude. */
struct cd_range cd_trivial_range(enum cd_trivial);

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
	double contrast, saturation, hue;
	bool grey;
	enum cd_trivial trivial;
	double magnitude; /* of trivial; 0 where it has none */
	/* the rectangle of the output that is erased; height 0: none */
	int erase_top, erase_left, erase_height, erase_width;
	uint64_t noise; /* seed of its bytes, below 2^53 */
};

/* The sides of a picture and of its output, 1 to 65535. */
struct cd_augment_size {
	int h, w, oh, ow;
};

/* The draw that changes nothing. */
struct cd_augment_draw cd_augment_draw_none(const struct cd_augment_size *);

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
 *	crop * centre * rotate * shift * shear * zoom * centre^-1 * flip
 *		* trivial,
 *
 * rotate = [cos -sin; sin cos], shear = [1 -sin; 0 cos], about the centre
 * (oh/2 - 1/2, ow/2 - 1/2): in one resampling, the part is cut out, resized to
 * the output, transformed as by Keras, flipped, and transformed by trivial
 * where that is geometric. (Older versions of Keras
 * rotate about (h/2 + 1/2, w/2 + 1/2), a pixel off.) Pixel centres are at
 * whole numbers. */
void cd_augment_matrix(const struct cd_augment_draw *,
    const struct cd_augment_size *, double m[2][3]);

#endif
