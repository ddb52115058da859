#include "base/rng.h"

#include <math.h>
#include <string.h>

void
cd_philox(const uint32_t ctr[4], const uint32_t key[2], uint32_t out[4])
{
	uint32_t c0 = ctr[0], c1 = ctr[1], c2 = ctr[2], c3 = ctr[3];
	uint32_t k0 = key[0], k1 = key[1];
	uint64_t p0, p1;
	int i;

	for (i = 0; i < 10; i++) {
		p0 = (uint64_t)0xD2511F53u * c0;
		p1 = (uint64_t)0xCD9E8D57u * c2;
		c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
		c1 = (uint32_t)p1;
		c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
		c3 = (uint32_t)p0;
		k0 += 0x9E3779B9u;
		k1 += 0xBB67AE85u;
	}
	out[0] = c0;
	out[1] = c1;
	out[2] = c2;
	out[3] = c3;
}

static uint64_t
mix64(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdu;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53u;
	h ^= h >> 33;
	return h;
}

uint64_t
cd_hash(const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t h = 0xcbf29ce484222325u;

	while (n--)
		h = (h ^ *p++) * 0x100000001b3u;
	return mix64(h);
}

uint64_t
cd_hash_view(const char *key, uint32_t view)
{
	return cd_hash(key, strlen(key)) + view * 0x9E3779B97F4A7C15u;
}

void
cd_rng_start(struct cd_rng *r, uint64_t seed, uint64_t epoch, uint64_t keyhash,
    enum cd_rng_what what)
{
	uint64_t k = mix64(seed + 0x9E3779B97F4A7C15u * (uint64_t)what);

	memset(r, 0, sizeof *r);
	r->key[0] = (uint32_t)k;
	r->key[1] = (uint32_t)(k >> 32);
	r->ctr[1] = (uint32_t)epoch;
	r->ctr[2] = (uint32_t)keyhash;
	r->ctr[3] = (uint32_t)(keyhash >> 32);
}

uint32_t
cd_rng_u32(struct cd_rng *r)
{
	if (r->left == 0) {
		cd_philox(r->ctr, r->key, r->out);
		r->ctr[0]++;
		r->left = 4;
	}
	return r->out[4 - r->left--];
}

uint64_t
cd_rng_u64(struct cd_rng *r)
{
	uint64_t hi = cd_rng_u32(r);

	return hi << 32 | cd_rng_u32(r);
}

double
cd_rng_unit(struct cd_rng *r)
{
	return (double)(cd_rng_u64(r) >> 11) * 0x1p-53;
}

double
cd_rng_uniform(struct cd_rng *r, double lo, double hi)
{
	return lo + (hi - lo) * cd_rng_unit(r);
}

uint32_t
cd_rng_below(struct cd_rng *r, uint32_t n)
{
	uint32_t skew = -n % n; /* 2^32 mod n */
	uint32_t v;

	do
		v = cd_rng_u32(r);
	while (v < skew);
	return v % n;
}

double
cd_rng_normal(struct cd_rng *r)
{
	double u = 1 - cd_rng_unit(r); /* (0, 1] */
	double v = cd_rng_unit(r);

	return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* The logarithm of a gamma variable of shape a and scale 1. Below shape 1 it is
 * one of shape a + 1, times a uniform number to the power of 1 / a. */
static double
log_gamma(struct cd_rng *r, double a)
{
	double boost = a < 1 ? log(1 - cd_rng_unit(r)) / a : 0;
	double d = (a < 1 ? a + 1 : a) - 1.0 / 3, c = 1 / sqrt(9 * d);
	double x, v, u;
	int i;

	for (i = 0; i < 64; i++) {
		x = cd_rng_normal(r);
		u = 1 - cd_rng_unit(r);
		v = (1 + c * x) * (1 + c * x) * (1 + c * x);
		if (v > 0 && log(u) < x * x / 2 + d * (1 - v + log(v)))
			return log(d * v) + boost;
	}
	return log(d) + boost;
}

double
cd_rng_beta(struct cd_rng *r, double a, double b)
{
	double x = log_gamma(r, a), y = log_gamma(r, b);

	return 1 / (1 + exp(y - x));
}
