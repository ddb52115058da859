#include "kern/elem.h"

#include "base/cpu.h"

static const struct cd_elem_variant *const variants[] = {
	&cd_elem_ref,
#if defined(__x86_64__)
	&cd_elem_avx2,
#endif
	NULL,
};

static const struct cd_elem_variant *const only_ref[] = { &cd_elem_ref, NULL };

const struct cd_elem_variant *const *
cd_elem_variants(void)
{
	return cd_cpu_level() >= CD_CPU_AVX2 ? variants : only_ref;
}

static const struct cd_elem_variant *
best(void)
{
	const struct cd_elem_variant *const *v = cd_elem_variants();

	while (v[1])
		v++;
	return *v;
}

void
cd_bytes_to_floats(size_t npixels, int c, const uint8_t *x, const float *mul,
    const float *sub, float *y)
{
	best()->bytes_to_floats(npixels, c, x, mul, sub, y);
}

void
cd_add(size_t n, const float *x, float *y)
{
	best()->add(n, x, y);
}

void
cd_relu(size_t n, float *x)
{
	best()->relu(n, x);
}

void
cd_relu_backward(size_t n, const float *y, float *dy)
{
	best()->relu_backward(n, y, dy);
}

void
cd_dropout(size_t n, float rate, uint64_t seed, uint64_t step, uint64_t first,
    const float *x, float *y)
{
	best()->dropout(n, rate, seed, step, first, x, y);
}
