/* The peak of one thread: independent fused multiply-adds in registers, in the
 * widest vectors that the kernels use (CD_CPU). */
#ifndef CD_TESTS_BENCH_PEAK_H
#define CD_TESTS_BENCH_PEAK_H

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include "base/clock.h"
#include "base/cpu.h"

enum {
	PEAK_LOOPS = 1000000,
	PEAK_CHAINS = 12, /* more than FMA latency times two per cycle */
	PEAK_TRIES = 5,
};

static volatile float peak_sink;

/* Defines peak_NAME: the loop in vectors of type VEC, by ALL(float),
 * FMA(a, b, c) and FIRST(vec). */
#define PEAK_LOOP(NAME, TARGET, VEC, ALL, FMA, FIRST)                         \
	TARGET static void peak_##NAME(void)                                  \
	{                                                                     \
		VEC a[PEAK_CHAINS], m = ALL(0.999f);                          \
		float sum = 0;                                                \
		int i, j;                                                     \
                                                                              \
		for (j = 0; j < PEAK_CHAINS; j++)                             \
			a[j] = ALL((float)j);                                 \
		for (i = 0; i < PEAK_LOOPS; i++) {                            \
			_Pragma("GCC unroll 12") for (j = 0; j < PEAK_CHAINS; \
						      j++)                    \
			    a[j] = FMA(a[j], m, m);                           \
		}                                                             \
		for (j = 0; j < PEAK_CHAINS; j++)                             \
			sum += FIRST(a[j]);                                   \
		peak_sink = sum;                                              \
	}

#if defined(__x86_64__)
PEAK_LOOP(avx2, __attribute__((target("avx2,fma"))), __m256, _mm256_set1_ps,
    _mm256_fmadd_ps, _mm256_cvtss_f32)
PEAK_LOOP(avx512, __attribute__((target("avx512f"))), __m512, _mm512_set1_ps,
    _mm512_fmadd_ps, _mm512_cvtss_f32)
#elif defined(__aarch64__)
#define PEAK_FIRST(v) vgetq_lane_f32(v, 0)
PEAK_LOOP(neon, , float32x4_t, vdupq_n_f32, vfmaq_f32, PEAK_FIRST)
#endif

/* GFLOP/s; 0: not known for this machine. */
static double
peak(void)
{
	void (*loop)(void) = NULL;
	double lanes = 0, best = 1e9, t;
	int n;

#if defined(__x86_64__)
	if (cd_cpu_level() == CD_CPU_AVX512) {
		loop = peak_avx512;
		lanes = 16;
	} else if (cd_cpu_level() == CD_CPU_AVX2) {
		loop = peak_avx2;
		lanes = 8;
	}
#elif defined(__aarch64__)
	loop = peak_neon;
	lanes = 4;
#endif
	for (n = 0; loop && n < PEAK_TRIES; n++) {
		t = cd_seconds();
		loop();
		t = cd_seconds() - t;
		best = t < best ? t : best;
	}
	return 2e-9 * lanes * PEAK_LOOPS * PEAK_CHAINS / best;
}

#endif
