#include "kern/pool.h"

#include <stddef.h>

#include "base/cpu.h"

static const struct cd_pool_variant *const variants[] = {
	&cd_pool_ref,
#if defined(__x86_64__)
	&cd_pool_avx2,
#endif
	NULL,
};

static const struct cd_pool_variant *const only_ref[] = { &cd_pool_ref, NULL };

const struct cd_pool_variant *const *
cd_pool_variants(void)
{
	return cd_cpu_level() >= CD_CPU_AVX2 ? variants : only_ref;
}

const struct cd_pool_variant *
cd_pool_best(void)
{
	const struct cd_pool_variant *const *v = cd_pool_variants();

	while (v[1])
		v++;
	return *v;
}
