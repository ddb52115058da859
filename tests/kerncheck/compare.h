/* The means of the kernel checks: guarded buffers, values, bounds, verdicts.
 *
 * If values are small integers every sum is exact, and results must be equal.
 * Otherwise a result of n terms t may be off by (n + 2) 2^-24 sum |t|, the
 * bound of a sum in fp32 in any order, and for random numbers in [-1, 1] the
 * relative RMS error must not exceed (4 + 2 sqrt(n)) 2^-24. Variants whose
 * transforms mix pixels (Winograd) round even integers: their bound is 1e-4 of
 * the largest sum |t| (approached if all values are alike), RMS 1e-5.
 *
 * Buffers are between guard zones of NaN: writes there are detected, and values
 * read from there, or from outputs to be overwritten, spoil the result. */
#ifndef CD_TESTS_KERNCHECK_COMPARE_H
#define CD_TESTS_KERNCHECK_COMPARE_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

enum {
	GUARD = 256, /* bytes before and after a buffer */
};

/* ---- buffers ---- */

struct guarded {
	unsigned char *base;
	size_t lead, bytes; /* bytes before the buffer; of the buffer */
};

/* skew: bytes off 64-byte alignment. */
static void *
guarded_new(struct guarded *g, size_t bytes, size_t skew)
{
	size_t whole = (2 * GUARD + skew + bytes + 63) / 64 * 64;

	g->lead = GUARD + skew;
	g->bytes = bytes;
	g->base = aligned_alloc(64, whole);
	if (!g->base) {
		puts("kerncheck: out of memory");
		exit(2);
	}
	memset(g->base, 0xff, whole);
	return g->base + g->lead;
}

/* Frees the buffer; are its guards intact? */
static bool
guarded_end(struct guarded *g)
{
	const unsigned char *behind = g->base + g->lead + g->bytes;
	bool ok = true;
	size_t i;

	for (i = 0; i < g->lead; i++)
		ok = ok && g->base[i] == 0xff;
	for (i = 0; i < GUARD; i++)
		ok = ok && behind[i] == 0xff;
	free(g->base);
	return ok;
}

static bool
guards_end(struct guarded *g, int n)
{
	bool ok = true;

	while (n-- > 0)
		ok = guarded_end(&g[n]) && ok;
	return ok;
}

/* ---- values ---- */

enum values {
	WHOLE,	/* -4 .. 4 */
	TIES,	/* -1, 0, 1: equal sums, and sums of 0, are many */
	SPARSE, /* mostly 0 and -0 */
	EXACT,	/* sums of the values above are exact */
	UNIFORM = EXACT,
	POSITIVE,
	MIXED, /* 1e-12 .. 1e12 in magnitude, any sign */
	TINY,  /* products are denormal or vanish */
	LARGE, /* products of 1e30 */
	EQUAL, /* all alike */
	VALUES
};

static const char *const values_name[] = {
	"whole",
	"ties",
	"sparse",
	"uniform",
	"positive",
	"mixed",
	"tiny",
	"large",
	"equal",
};

static void
fill(float *p, size_t n, enum values values, struct cd_rng *r)
{
	double v;
	size_t i;

	for (i = 0; i < n; i++) {
		v = cd_rng_uniform(r, -1, 1);
		switch (values) {
		case WHOLE:
			v = floor(v * 4.5 + 0.5);
			break;
		case TIES:
			v = floor(v * 1.5 + 0.5);
			break;
		case SPARSE:
			v = v > 0.8 ? 2 : v > 0 ? 0.0 : -0.0;
			break;
		case POSITIVE:
			v = fabs(v);
			break;
		case MIXED:
			v *= pow(10, cd_rng_uniform(r, -12, 12));
			break;
		case TINY:
			v *= 3e-21;
			break;
		case LARGE:
			v *= 1e15;
			break;
		case EQUAL:
			v = 0.1;
			break;
		default:
			break;
		}
		p[i] = (float)v;
	}
}

/* ---- comparing ---- */

struct check {
	const char *op, *variant;
	bool whole; /* results are exact if the sums are */
	long cases, failed;
	double worst, rms; /* worst error / bound; worst RMS / limit */
	/* the current case */
	char what[128];
	bool exact, random, said;
	double err2, size2;
};

static void
fail(struct check *c, const char *why, double got, double want, double bound)
{
	if (!c->said && c->failed < 5)
		printf("%s %s: %s: %s: got %.9g, want %.9g within %.3g\n",
		    c->op, c->variant, c->what, why, got, want, bound);
	c->said = true;
}

static double
bound(const struct check *c, double n, double sum, double largest)
{
	if (c->exact)
		return 0;
	return (c->whole ? (n + 2) * 0x1p-24 * sum : 1e-4 * largest) +
	    n * (c->whole ? 0x1p-148 : 0x1p-138); /* underflow */
}

/* want: the sum of n terms; sum: of their magnitudes; largest: the largest such
 * sum of the map. */
static void
compare(struct check *c, const char *name, double got, double want, double n,
    double sum, double largest)
{
	double b = bound(c, n, sum, largest), err = fabs(got - want);

	if (!(err <= b))
		fail(c, name, got, want, b);
	if (b > 0)
		c->worst = fmax(c->worst, err / b);
	c->err2 += err * err;
	c->size2 += sum * sum / n;
}

/* As compare, but want may be NaN or infinite: then got must be too. */
static void
compare_any(struct check *c, const char *name, double got, double want,
    double n, double sum)
{
	if (isfinite(want) && isfinite(sum))
		compare(c, name, got, want, n, sum, sum);
	else if (!(isnan(want) ? isnan(got) : got == want))
		fail(c, name, got, want, 0);
}

/* Fails unless all are equal to the bit, or both NaN. */
static void
same_floats(struct check *c, const char *name, const float *got,
    const float *want, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (memcmp(got + i, want + i, sizeof *got) != 0 &&
		    !(isnan(got[i]) && isnan(want[i])))
			fail(c, name, got[i], want[i], 0);
}

/* Replaces 1 + n / 50 random numbers by NaN, infinity or -0. */
static void
spoil(float *p, size_t n, struct cd_rng *r)
{
	static const float odd[] = { NAN, INFINITY, -INFINITY, -0.0f };
	size_t k;

	for (k = 0; n > 0 && k < 1 + n / 50; k++)
		p[cd_rng_below(r, (uint32_t)n)] = odd[cd_rng_below(r, 4)];
}

static void
begin(struct check *c, enum values v, const char *what)
{
	snprintf(c->what, sizeof c->what, "%s, %s", what, values_name[v]);
	c->exact = v < EXACT && c->whole;
	c->random = v == UNIFORM;
	c->said = false;
}

/* Checks the RMS error since the last call, of sums of n terms. */
static void
end_map(struct check *c, const char *name, double n)
{
	double limit = c->whole ? (4 + 2 * sqrt(n)) * 0x1p-24 : 1e-5;
	double rms = c->size2 > 0 ? sqrt(c->err2 / c->size2) : 0;

	if (c->random && !(rms <= limit))
		fail(c, name, rms, 0, limit);
	if (c->random)
		c->rms = fmax(c->rms, rms / limit);
	c->err2 = c->size2 = 0;
}

static void
end(struct check *c)
{
	c->cases++;
	c->failed += c->said;
}

static int passed, failed;

static void
report(const struct check *c)
{
	printf("%-14s %-8s %-6s %5ld cases, worst error %.2f of its bound, "
	       "rms %.2f of its limit\n",
	    c->op, c->variant, c->failed ? "FAILED" : "ok", c->cases, c->worst,
	    c->rms);
	if (c->failed)
		failed++;
	else
		passed++;
}

static double
largest(const double *p, size_t n)
{
	double l = 0;

	while (n--)
		l = fmax(l, p[n]);
	return l;
}

/* n zeros. */
static double *
doubles(size_t n)
{
	double *p = calloc(n + 1, sizeof *p);

	if (!p) {
		puts("kerncheck: out of memory");
		exit(2);
	}
	return p;
}

#endif
