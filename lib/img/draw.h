/* Drawings of cats and dogs, to stand in for photographs. The two differ in
 * shape (ears, snout, eyes, tail), never in colour. A drawing depends only on
 * (seed, animal, number) and its size. */
#ifndef CD_IMG_DRAW_H
#define CD_IMG_DRAW_H

#include <stdint.h>

enum cd_animal {
	CD_CAT,
	CD_DOG,
};

/* "cat", "dog". */
const char *cd_animal_name(enum cd_animal);

/* A size for this drawing: one side 160 to 200 pixels, the other 120 to 200. */
void cd_draw_size(enum cd_animal, uint64_t seed, uint64_t number, int *w,
    int *h);

/* Draws on rgb, u8 [h,w,3], overwritten; w and h >= 1. Thread-safe. */
void cd_draw(unsigned char *rgb, int w, int h, enum cd_animal, uint64_t seed,
    uint64_t number);

#endif
