/* Mixing the bytes of two pictures. */
#ifndef CD_PIX_MIX_H
#define CD_PIX_MIX_H

#include <stddef.h>
#include <stdint.h>

enum {
	CD_MIX_ONE = 1 << 16,
};

/* a[i] = (k a[i] + (CD_MIX_ONE - k) b[i]) / CD_MIX_ONE, rounded to the nearest
 * byte, halves up; 0 <= k <= CD_MIX_ONE. Exact. */
void cd_mix_bytes(uint8_t *restrict a, const uint8_t *restrict b, size_t n,
    uint32_t k);

/* Copies n rows of width bytes of b, in pictures with stride bytes a row, to
 * the same place in a. */
void cd_mix_rows(uint8_t *restrict a, const uint8_t *restrict b, size_t n,
    size_t width, size_t stride);

#endif
