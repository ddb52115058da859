/* Drawings of cats and dogs: stand-ins for photographs. What tells the two
 * apart is shape (ears, snout, eyes, tail), never colour. Each drawing is a
 * function of (seed, animal, number) and the size, of nothing else. */
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

/* Draws on rgb, u8 [h,w,3], overwritten; w and h >= 1. Any number of threads
 * at once. */
void cd_draw(unsigned char *rgb, int w, int h, enum cd_animal, uint64_t seed,
    uint64_t number);

#endif
