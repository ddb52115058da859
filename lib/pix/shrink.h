/* Shrinking pictures by area averaging. */
#ifndef CD_PIX_SHRINK_H
#define CD_PIX_SHRINK_H

#include <stdint.h>

/* Rows top .. bottom-1 and columns left .. right-1, not empty. */
struct cd_shrink_part {
	int top, bottom, left, right;
};

/* dst[i][j] = the mean of src over rows [i h/oh, (i + 1) h/oh) and columns
 * [j w/ow, (j + 1) w/ow), pixels weighted by their overlap, rounded to the
 * nearest byte, halves up. Exact. Only in the part given; NULL: all.
 *
 * src: [h][w][channels]; dst: [oh][ow][channels], not src; 1 <= oh <= h <=
 * 65535, 1 <= ow <= w <= 65535, 1 <= channels <= 4. scratch: w * channels
 * numbers. */
void cd_shrink(uint8_t *dst, int oh, int ow, const uint8_t *src, int h, int w,
    int channels, const struct cd_shrink_part *, uint32_t *scratch);

#endif
