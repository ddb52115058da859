#include "kern/elem.h"

#include <stddef.h>

extern const struct cd_elem_variant cd_elem_avx2, cd_elem_avx512, cd_elem_neon;

const struct cd_elem_row cd_elem_table[] = {
	{ &cd_elem_ref, CD_CPU_REF },
#if defined(__x86_64__)
	{ &cd_elem_avx2, CD_CPU_AVX2 },
	{ &cd_elem_avx512, CD_CPU_AVX512 },
#elif defined(__aarch64__)
	{ &cd_elem_neon, CD_CPU_NEON },
#endif
	{ NULL, 0 },
};

const struct cd_elem_variant *
cd_elem_best(void)
{
	const struct cd_elem_row *row, *best = cd_elem_table;

	CD_EACH_VARIANT (row, cd_elem_table)
		best = row;
	return best->variant;
}

void
cd_bytes_to_floats(size_t npixels, int c, const uint8_t *x, const float *mul,
    const float *sub, float *y)
{
	cd_elem_best()->bytes_to_floats(npixels, c, x, mul, sub, y);
}

void
cd_add(size_t n, const float *x, float *y)
{
	cd_elem_best()->add(n, x, y);
}

void
cd_relu(size_t n, float *x)
{
	cd_elem_best()->relu(n, x);
}

void
cd_relu_backward(size_t n, const float *y, float *dy)
{
	cd_elem_best()->relu_backward(n, y, dy);
}

void
cd_dropout(size_t n, float rate, uint64_t seed, uint64_t step, uint64_t first,
    const float *x, float *y)
{
	cd_elem_best()->dropout(n, rate, seed, step, first, x, y);
}
