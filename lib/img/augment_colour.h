/* What a draw does to the pixels of the result, once it has been warped. */
#ifndef CD_IMG_AUGMENT_COLOUR_H
#define CD_IMG_AUGMENT_COLOUR_H

#include "img/augment.h"

/* The result, h x w pixels of c channels. */
struct cd_augment_pixels {
	uint8_t *p;
	int h, w, c;
	uint8_t *spare; /* as many bytes, where cd_augment_spare */
};

/* Channel shift, clamped to the picture's extremes as in Keras, brightness,
 * contrast, saturation, hue and grey (pix/colour.h), in this order, in real
 * numbers, rounded once at the end, halves up. Contrast: clamp(m + f (v - m)),
 * m the mean grey of the picture so far (not rounded). */
void cd_augment_colour(const struct cd_augment_draw *,
    const struct cd_augment_pixels *);

/* The operation of TrivialAugment unless it is geometric. */
void cd_augment_trivial(const struct cd_augment_draw *,
    const struct cd_augment_pixels *);
/* Does it need spare memory? */
bool cd_augment_spare(const struct cd_augment_draw *);

/* Fills the rectangle of random erasing, row by row, with the bytes of
 * Philox4x32-10 (base/rng.h) under the key (noise's low word, high word), for
 * the counters (0, 0, 0, 0), (1, 0, 0, 0) and on, each word's lowest byte
 * first. */
void cd_augment_erase(const struct cd_augment_draw *,
    const struct cd_augment_pixels *);

#endif
