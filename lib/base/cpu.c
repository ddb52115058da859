#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>

#include "base/opt.h"

static enum cd_cpu
detect(void)
{
#if defined(__x86_64__)
	__builtin_cpu_init();
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
		return CD_CPU_PLAIN;
	if (__builtin_cpu_supports("avx512f") &&
	    __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl"))
		return CD_CPU_AVX512;
	return CD_CPU_AVX2;
#endif
	return CD_CPU_PLAIN;
}

/* What CD_CPU makes of the level that the processor has. */
static enum cd_cpu
lower(enum cd_cpu has)
{
	const char *s = getenv("CD_CPU");

	if (!s || !*s || strcmp(s, "avx512") == 0)
		return has;
	if (strcmp(s, "avx2") == 0)
		return has < CD_CPU_AVX2 ? has : CD_CPU_AVX2;
	if (strcmp(s, "ref") != 0)
		cd_warn("CD_CPU: '%s' is not ref, avx2 or avx512; using ref",
		    s);
	return CD_CPU_REF;
}

enum cd_cpu
cd_cpu_level(void)
{
	static int known = -1;

	if (known < 0)
		known = (int)lower(detect());
	return (enum cd_cpu)known;
}
