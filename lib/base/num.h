/* Numbers from text with bounds, overflow-checked sizes, little-endian bytes,
 * the largest of some.
 *
 * The parsers take the whole of s. */
#ifndef CD_BASE_NUM_H
#define CD_BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A decimal integer in [min, max]. The error quotes s and the bounds. */
int cd_parse_int(const char *s, int64_t min, int64_t max, int64_t *out,
    struct cd_err *) CD_MUST_CHECK;

/* A finite number, or a fraction such as 1/255, in [min, max]. The locale's
 * decimal point must be '.' (strtod). */
int cd_parse_real(const char *s, double min, double max, double *out,
    struct cd_err *) CD_MUST_CHECK;

/* A count of bytes: digits and an optional K, M or G (powers of 1024). */
int cd_parse_size(const char *s, int64_t min, int64_t max, int64_t *out,
    struct cd_err *) CD_MUST_CHECK;

enum {
	CD_WXH_MAX = 65535, /* longest side */
};

/* WxH, both in [min, max]; max <= CD_WXH_MAX. */
int cd_parse_wxh(const char *s, int min, int max, int *w, int *h,
    struct cd_err *) CD_MUST_CHECK;

/* The index of s in the NULL-terminated words. The error lists them:
 * "'x' is not a, b or c". */
int cd_parse_word(const char *s, const char *const *words, int *out,
    struct cd_err *) CD_MUST_CHECK;

/* *out = a * b; false on overflow. */
static inline bool
cd_mul(size_t a, size_t b, size_t *out)
{
	return !__builtin_mul_overflow(a, b, out);
}

/* a + b, or the largest number where it overflows. */
static inline uint64_t
cd_add_most(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* The index of the largest of v [n], n > 0: of equals the first. */
static inline int
cd_largest(const float *v, int n)
{
	int i, best = 0;

	for (i = 1; i < n; i++)
		if (v[i] > v[best])
			best = i;
	return best;
}

/* n rounded up to a multiple of to, a power of two. n + to must not
 * overflow. */
static inline size_t
cd_round_up(size_t n, size_t to)
{
	return (n + to - 1) & ~(to - 1);
}

/* Little-endian stores and loads, unaligned, on any machine. */
static inline void
cd_put16(unsigned char *p, uint16_t v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
}

static inline void
cd_put32(unsigned char *p, uint32_t v)
{
	cd_put16(p, (uint16_t)v);
	cd_put16(p + 2, (uint16_t)(v >> 16));
}

static inline void
cd_put64(unsigned char *p, uint64_t v)
{
	cd_put32(p, (uint32_t)v);
	cd_put32(p + 4, (uint32_t)(v >> 32));
}

static inline uint16_t
cd_get16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
cd_get32(const unsigned char *p)
{
	return cd_get16(p) | (uint32_t)cd_get16(p + 2) << 16;
}

static inline uint64_t
cd_get64(const unsigned char *p)
{
	return cd_get32(p) | (uint64_t)cd_get32(p + 4) << 32;
}

#endif
