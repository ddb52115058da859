/* Pictures with a map, such as where a net looked, in colours over them. */
#ifndef CD_IMG_HEAT_H
#define CD_IMG_HEAT_H

#include <stddef.h>
#include <stdint.h>

/* rgb [n,3]: each pixel of image [n,channels] (1: grey; 3: colour) made grey
 * and mixed with the colour of heat [n], the more the higher that is. Colours
 * go from black over purple, red and orange to pale yellow, lighter with every
 * step (matplotlib's inferno, van der Walt and Smith 2015). */
void cd_heat_blend(size_t n, int channels, const uint8_t *image,
    const uint8_t *heat, uint8_t *rgb);

#endif
