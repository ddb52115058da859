#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

#include "unit/check.h"

/* Known answers of Philox4x32-10, from the kat_vectors file of Random123. */
static const struct {
	uint32_t ctr[4], key[2], out[4];
} known[] = {
	{ { 0, 0, 0, 0 }, { 0, 0 },
	    { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
	{ { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
	    { 0xffffffff, 0xffffffff },
	    { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
	{ { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
	    { 0xa4093822, 0x299f31d0 },
	    { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
};

static void
test_philox(void)
{
	uint32_t out[4];
	size_t i;

	for (i = 0; i < sizeof known / sizeof *known; i++) {
		cd_philox(known[i].ctr, known[i].key, out);
		CHECK(memcmp(out, known[i].out, sizeof out) == 0);
	}
}

/* FNV-1a of "" and "a" (its authors' vectors), finished with the mixing of
 * MurmurHash3, whose inverse is computed here. */
static uint64_t
unmix(uint64_t h)
{
	h ^= h >> 33;
	h *= 0x9cb4b2f8129337db; /* inverse of c4ceb9fe1a85ec53 */
	h ^= h >> 33;
	h *= 0x4f74430c22a54005; /* inverse of ff51afd7ed558ccd */
	h ^= h >> 33;
	return h;
}

static void
test_hash(void)
{
	CHECK(unmix(cd_hash("", 0)) == 0xcbf29ce484222325);
	CHECK(unmix(cd_hash("a", 1)) == 0xaf63dc4c8601ec8c);
	CHECK(unmix(cd_hash("foobar", 6)) == 0x85944171f73967e8);
}

static uint64_t
first(uint64_t seed, uint64_t epoch, uint64_t hash, enum cd_rng_what what)
{
	struct cd_rng r;

	cd_rng_start(&r, seed, epoch, hash, what);
	return cd_rng_u64(&r);
}

/* Each of the four arguments makes another sequence; equal ones the same. */
static void
test_start(void)
{
	uint64_t hash = cd_hash("cat.7.jpg", 9);
	uint64_t a = first(1, 2, hash, CD_RNG_AUGMENT);

	CHECK(first(1, 2, hash, CD_RNG_AUGMENT) == a);
	CHECK(first(2, 2, hash, CD_RNG_AUGMENT) != a);
	CHECK(first(1 + (1ull << 32), 2, hash, CD_RNG_AUGMENT) != a);
	CHECK(first(1, 3, hash, CD_RNG_AUGMENT) != a);
	CHECK(first(1, 2, hash + 1, CD_RNG_AUGMENT) != a);
	CHECK(first(1, 2, hash + (1ull << 32), CD_RNG_AUGMENT) != a);
	CHECK(first(1, 2, hash, CD_RNG_SHUFFLE) != a);
}

enum { DRAWS = 200000 };

/* Moments within five standard errors; the draws are fixed, so this passes
 * always or never. */
static void
test_moments(void)
{
	struct cd_rng r;
	double u, g, su = 0, su2 = 0, sg = 0, sg2 = 0, lo = 1, hi = 0;
	int i;

	cd_rng_start(&r, 1, 0, 0, CD_RNG_TEST);
	for (i = 0; i < DRAWS; i++) {
		u = cd_rng_unit(&r);
		lo = u < lo ? u : lo;
		hi = u > hi ? u : hi;
		su += u;
		su2 += u * u;
	}
	CHECK(lo >= 0 && lo < 1e-4 && hi < 1 && hi > 1 - 1e-4);
	CHECK_NEAR(su / DRAWS, 0.5, 5 * sqrt(1.0 / 12 / DRAWS));
	CHECK_NEAR(su2 / DRAWS, 1.0 / 3, 5 * sqrt(4.0 / 45 / DRAWS));
	for (i = 0; i < DRAWS; i++) {
		g = cd_rng_normal(&r);
		sg += g;
		sg2 += g * g;
	}
	CHECK_NEAR(sg / DRAWS, 0, 5 * sqrt(1.0 / DRAWS));
	CHECK_NEAR(sg2 / DRAWS, 1, 5 * sqrt(2.0 / DRAWS));
	for (i = 0; i < 1000; i++) {
		u = cd_rng_uniform(&r, -3, 5);
		CHECK(u >= -3 && u < 5);
	}
}

static void
test_below(void)
{
	struct cd_rng r;
	int count[7] = { 0 }, i;
	uint32_t v;

	cd_rng_start(&r, 1, 0, 0, CD_RNG_TEST);
	for (i = 0; i < 70000; i++) {
		v = cd_rng_below(&r, 7);
		CHECK(v < 7);
		count[v % 7]++;
	}
	for (i = 0; i < 7; i++)
		CHECK_NEAR(count[i], 10000, 5 * sqrt(10000 * 6 / 7.0));
	CHECK(cd_rng_below(&r, 1) == 0);
	/* where v % n would be biased most: 2^31 + 1 rejects nearly half */
	for (i = 0; i < 100; i++)
		CHECK(cd_rng_below(&r, 0x80000001u) <= 0x80000000u);
}

/* Moments of Beta(a, a): mean 1/2, variance 1/(4 (2a + 1)); within five
 * standard errors. */
static void
test_beta_moments(void)
{
	static const double alphas[] = { 0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 10,
		100, 1000 };
	size_t k;

	for (k = 0; k < sizeof alphas / sizeof *alphas; k++) {
		double a = alphas[k], var = 1 / (4 * (2 * a + 1)), s = 0,
		       s2 = 0, x;
		struct cd_rng r;
		int i;

		cd_rng_start(&r, 1, 0, k, CD_RNG_TEST);
		for (i = 0; i < DRAWS; i++) {
			x = cd_rng_beta(&r, a, a);
			CHECK(x >= 0 && x <= 1);
			s += x - 0.5;
			s2 += (x - 0.5) * (x - 0.5);
		}
		CHECK_NEAR(s / DRAWS, 0, 5 * sqrt(var / DRAWS));
		/* the kurtosis is below 3, that of the normal law */
		CHECK_NEAR(s2 / DRAWS, var, 5 * sqrt(2 * var * var / DRAWS));
	}
}

/* Distribution functions in closed form, by Kolmogorov and Smirnov at 0.001:
 * Beta(1/2, 1/2) is the arcsine law, Beta(1, 1) uniform, Beta(2, 1) x^2,
 * Beta(1, 3) 1 - (1 - x)^3. */
static double
law(int which, double x)
{
	switch (which) {
	case 0:
		return 2 / 3.141592653589793 * asin(sqrt(x));
	case 1:
		return x;
	case 2:
		return x * x;
	default:
		return 1 - (1 - x) * (1 - x) * (1 - x);
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
test_beta_laws(void)
{
	static const double ab[][2] = { { 0.5, 0.5 }, { 1, 1 }, { 2, 1 },
		{ 1, 3 } };
	static double x[DRAWS];
	double most;
	int k, i;

	for (k = 0; k < 4; k++) {
		struct cd_rng r;

		cd_rng_start(&r, 2, 0, (uint64_t)k, CD_RNG_TEST);
		for (i = 0; i < DRAWS; i++)
			x[i] = cd_rng_beta(&r, ab[k][0], ab[k][1]);
		qsort(x, DRAWS, sizeof *x, compare);
		for (i = 0, most = 0; i < DRAWS; i++)
			most = fmax(most,
			    fabs(law(k, x[i]) - i / (double)DRAWS));
		CHECK(most < 1.95 / sqrt(DRAWS));
	}
}

static void
test_hash_view(void)
{
	CHECK(cd_hash_view("cat.7.jpg", 0) == cd_hash("cat.7.jpg", 9));
	CHECK(cd_hash_view("cat.7.jpg", 1) != cd_hash_view("cat.7.jpg", 2));
}

int
main(void)
{
	test_philox();
	test_hash();
	test_start();
	test_moments();
	test_below();
	test_beta_moments();
	test_beta_laws();
	test_hash_view();
	return CHECK_DONE();
}
