#include "pix/mix.h"

#include <string.h>

void
cd_mix_bytes(uint8_t *restrict a, const uint8_t *restrict b, size_t n,
    uint32_t k)
{
	/* 16 bits: products of such numbers are vectorised without AVX too */
	uint16_t p = (uint16_t)k, q = (uint16_t)(CD_MIX_ONE - k);
	size_t i;

	if (k == CD_MIX_ONE)
		return;
	if (k == 0) {
		memcpy(a, b, n);
		return;
	}
	for (i = 0; i < n; i++)
		a[i] = (uint8_t)(((uint32_t)p * a[i] + (uint32_t)q * b[i] +
				     CD_MIX_ONE / 2) >>
		    16);
}

void
cd_mix_rows(uint8_t *restrict a, const uint8_t *restrict b, size_t n,
    size_t width, size_t stride)
{
	for (; n > 0; n--, a += stride, b += stride)
		memcpy(a, b, width);
}
