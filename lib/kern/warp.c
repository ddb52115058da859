#include "kern/warp.h"

#include "base/cpu.h"

static void (*const variant[])(const struct cd_warp *) = {
	[CD_CPU_REF] = cd_warp_ref,
	[CD_CPU_PLAIN] = cd_warp_ref,
#ifdef __x86_64__
	[CD_CPU_AVX2] = cd_warp_avx2,
	[CD_CPU_AVX512] = cd_warp_avx2,
#else
	[CD_CPU_AVX2] = cd_warp_ref,
	[CD_CPU_AVX512] = cd_warp_ref,
#endif
};

void
cd_warp(const struct cd_warp *w)
{
	variant[cd_cpu_level()](w);
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
