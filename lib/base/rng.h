/* Random numbers without hidden state: a pure function of (seed, epoch, key,
 * what), by the counter-based generator Philox4x32-10 (Salmon et al., "Parallel
 * random numbers: as easy as 1, 2, 3", SC 2011). */
#ifndef CD_BASE_RNG_H
#define CD_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* The purpose of a draw: no two uses of a seed share numbers (dropout layers
 * also vary the seed). Never renumber: results depend on it. */
enum cd_rng_what {
	CD_RNG_SHUFFLE = 1,
	CD_RNG_SPLIT = 2,
	CD_RNG_AUGMENT = 3,
	CD_RNG_INIT = 4,
	CD_RNG_DROPOUT = 5,
	CD_RNG_DRAW = 6,
	CD_RNG_TEST = 7,
	CD_RNG_MIX = 8,	    /* how a picture is mixed */
	CD_RNG_PARTNER = 9, /* with which, for a batch */
	CD_RNG_REPORT = 10, /* which pictures are shown */
	CD_RNG_SHARD = 11,  /* in which shard a key is */
};

struct cd_rng {
	uint32_t key[2];
	uint32_t ctr[4]; /* block number, epoch, key hash low, high */
	uint32_t out[4];
	int left; /* words of out not used yet */
};

/* out = Philox4x32-10(ctr, key). */
void cd_philox(const uint32_t ctr[4], const uint32_t key[2], uint32_t out[4]);

/* A 64-bit hash of n bytes: FNV-1a, then the finalizer of MurmurHash3. */
uint64_t cd_hash(const void *, size_t n);

/* The hash of a view of a sample. View 0 adds nothing to that of the key. */
uint64_t cd_hash_view(const char *key, uint32_t view);

/* Starts the sequence of (seed, epoch, keyhash, what), of 2^34 32-bit numbers.
 * Only the low 32 bits of the epoch count. */
void cd_rng_start(struct cd_rng *, uint64_t seed, uint64_t epoch,
    uint64_t keyhash, enum cd_rng_what);

uint32_t cd_rng_u32(struct cd_rng *);
uint64_t cd_rng_u64(struct cd_rng *);

/* Uniform in [0, 1), 53 bits. */
double cd_rng_unit(struct cd_rng *);

/* Uniform in [lo, hi). */
double cd_rng_uniform(struct cd_rng *, double lo, double hi);

/* Uniform in 0 .. n-1, unbiased; n > 0. */
uint32_t cd_rng_below(struct cd_rng *, uint32_t n);

/* Standard normal (Box-Muller). */
double cd_rng_normal(struct cd_rng *);

/* Beta(a, b), in [0, 1], for a and b from 0.001 to 1000. From two gamma
 * variables (Marsaglia and Tsang, "A simple method for generating gamma
 * variables", ACM TOMS 2000), by their logarithms, as both underflow where a
 * and b are small. A gamma variable takes at most 64 tries of 6 numbers each;
 * one try in twenty fails at the worst. */
double cd_rng_beta(struct cd_rng *, double a, double b);

#endif
