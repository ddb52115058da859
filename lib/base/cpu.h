/* Which kernels this machine may run. */
#ifndef CD_BASE_CPU_H
#define CD_BASE_CPU_H

enum cd_cpu {
	CD_CPU_REF,    /* the reference loops, as asked for by CD_CPU=ref */
	CD_CPU_PLAIN,  /* no special instructions; libraries may know some */
	CD_CPU_AVX2,   /* AVX2 and FMA */
	CD_CPU_AVX512, /* and AVX-512 F, BW, DQ and VL */
};

/* The level to use: what the processor has, lowered by the environment
 * variable CD_CPU (ref, avx2, avx512). An unknown word there lowers to ref.
 * Call it once before threads start; later calls are cheap. */
enum cd_cpu cd_cpu_level(void);

/* Called by the first cd_cpu_level where CD_CPU holds an unknown word, with a
 * message that says so. NULL, as at the start: nobody is told. */
extern void (*cd_cpu_unknown)(const char *why);

/* A family of kernels OP has a table of variants, cd_OP_table, in OP.c: rows
 * { &variant, level, ... }, the reference first, the best last, ended by
 * variant NULL. A variant needs at least its row's level, which is stated
 * nowhere else. The statement that follows is done for each row that may run
 * here, in order; the last one is what cd_OP_best() takes. */
#define CD_EACH_VARIANT(row, table)                            \
	for ((row) = (table); (row)->variant != NULL; (row)++) \
		if ((row)->level > cd_cpu_level()) {           \
		} else

#endif
