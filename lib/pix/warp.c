#include "pix/warp.h"

#include <stddef.h>

extern const struct cd_warp_variant cd_warp_avx2;

const struct cd_warp_row cd_warp_table[] = {
	{ &cd_warp_ref, CD_CPU_REF },
#if defined(__x86_64__)
	{ &cd_warp_avx2, CD_CPU_AVX2 },
#endif
	{ NULL, 0 },
};

const struct cd_warp_variant *
cd_warp_best(void)
{
	const struct cd_warp_row *row, *best = cd_warp_table;

	CD_EACH_VARIANT (row, cd_warp_table)
		best = row;
	return best->variant;
}

void
cd_warp(const struct cd_warp *w)
{
	cd_warp_best()->warp(w);
}

void
cd_lookup(uint8_t *p, size_t n, const uint8_t table[256])
{
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = table[p[i]];
}

void
cd_extremes(const uint8_t *p, size_t n, uint8_t *lo, uint8_t *hi)
{
	uint8_t a = 255, b = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		a = p[i] < a ? p[i] : a;
		b = p[i] > b ? p[i] : b;
	}
	*lo = a;
	*hi = b;
}
