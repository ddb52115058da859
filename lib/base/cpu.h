/* CPU levels and the tables of kernel variants that they select from. */
#ifndef CD_BASE_CPU_H
#define CD_BASE_CPU_H

enum cd_cpu {
	CD_CPU_REF,    /* the reference loops; only by CD_CPU=ref */
	CD_CPU_PLAIN,  /* portable C; BLAS may dispatch on its own */
	CD_CPU_NEON,   /* Advanced SIMD of arm64 */
	CD_CPU_AVX2,   /* AVX2 and FMA */
	CD_CPU_AVX512, /* plus AVX-512 F, BW, DQ and VL */
};

/* The level to use: the processor's, lowered by the environment variable
 * CD_CPU (ref, neon, avx2, avx512; an unknown word means ref). The first call
 * must precede the first thread; later calls are cheap. */
enum cd_cpu cd_cpu_level(void);

/* Called with a message by the first cd_cpu_level if CD_CPU holds an unknown
 * word. NULL (the default): no message. */
extern void (*cd_cpu_unknown)(const char *why);

/* Each family of kernels OP has a table of variants, cd_OP_table, in OP.c: rows
 * { &variant, level, ... } from the reference to the best, ended by variant
 * NULL. level is the lowest that can run the variant. This loop visits the rows
 * that can run here, in order; cd_OP_best() takes the last one (that fits). */
#define CD_EACH_VARIANT(row, table)                            \
	for ((row) = (table); (row)->variant != NULL; (row)++) \
		if ((row)->level > cd_cpu_level()) {           \
		} else

#endif
