#include "base/cpu.h"

#include <stdlib.h>

#include "base/num.h"

void (*cd_cpu_unknown)(const char *why);

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
#elif defined(__aarch64__)
	return CD_CPU_NEON;
#else
	return CD_CPU_PLAIN;
#endif
}

/* What CD_CPU makes of the level that the processor has. */
static enum cd_cpu
lower(enum cd_cpu has)
{
	static const char *const words[] = { "ref", "neon", "avx2", "avx512",
		NULL };
	static const enum cd_cpu most[] = { CD_CPU_REF, CD_CPU_NEON,
		CD_CPU_AVX2, CD_CPU_AVX512 };
	const char *s = getenv("CD_CPU");
	struct cd_err e = { "" };
	int n;

	if (!s || !*s)
		return has;
	if (cd_parse_word(s, words, &n, &e) == 0)
		return has < most[n] ? has : most[n];
	if (cd_cpu_unknown)
		cd_cpu_unknown(e.msg);
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
