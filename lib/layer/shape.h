/* Shapes of maps: height, width, channels. */
#ifndef CD_LAYER_SHAPE_H
#define CD_LAYER_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	CD_SHAPE_TEXT = 48, /* bytes of "150x150x3" */
};

/* "150x150x3". Returns buf. */
char *cd_shape_text(const int shape[3], char buf[CD_SHAPE_TEXT]);

/* Is it a vector (1, 1, n)? */
bool cd_shape_is_vector(const int shape[3]);

/* How many numbers it has. A layer's shape is at most 2^18 x 2^18 x 2^20, so
 * that 2^56 is the most. */
uint64_t cd_shape_volume(const int shape[3]);

#endif
