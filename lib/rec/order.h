/* The places of a stream's records and their order in a shuffled epoch. */
#ifndef CD_REC_ORDER_H
#define CD_REC_ORDER_H

#include "base/mem.h"
#include "rec/rec.h"

/* All that a shuffle keeps of a record. */
struct cd_place {
	uint64_t rank; /* its group, then set by cd_order_shuffle */
	uint64_t key;  /* cd_hash of the key */
	uint64_t offset;
	int file;
	uint32_t view;
};

/* How often samples come in an epoch. View v of a key becomes the views
 * (v most + i) copies + c, for repetition i < most and copy c < copies. */
struct cd_order_times {
	size_t size; /* of each group in an epoch, copies not counted */
	uint64_t most, copies;
};

/* Appends the place of a record to a buffer of struct cd_place. */
int cd_order_add(struct cd_buf *places, const struct cd_rec *, uint64_t group,
    struct cd_err *) CD_MUST_CHECK;

/* Sorts n places by key, view and place. Returns how many repeat the key and
 * view of an earlier one, and in *first the first of them by place. */
size_t cd_order_repeated(struct cd_place *, size_t n, struct cd_place *first);

/* Sorts n places by their groups. */
void cd_order_group(struct cd_place *, size_t n);

/* Sets size and most so that each of the groups, of group[i] samples, comes as
 * often as the largest; empty ones stay empty. Copies must be set, and be less
 * than 2^32. Returns the records of an epoch. */
uint64_t cd_order_count(struct cd_order_times *, const size_t *group,
    int ngroups);

/* A place whose views could not be numbered, or NULL. */
const struct cd_place *cd_order_check(const struct cd_order_times *,
    const struct cd_place *, size_t n);

/* Appends to an epoch's places those of a group of n, so often that it has
 * times->size of them, which is n or more: each size / n times, and the
 * size % n that follow a point in p once more. As the point moves on by as many
 * from epoch to epoch, no two samples differ by more than one after any number
 * of epochs. p must be in the same order for each. */
int cd_order_repeat(struct cd_buf *places, const struct cd_place *p, size_t n,
    const struct cd_order_times *, uint64_t epoch,
    struct cd_err *) CD_MUST_CHECK;

/* Sorts n places into the order of an epoch: by a random number that is a
 * function of (seed, epoch, key, view % stride), then by view and place. A
 * uniformly random permutation of the keys and, where stride is most * copies,
 * of each of their repetitions; independent of the order in which the places
 * are given. */
void cd_order_shuffle(struct cd_place *, size_t n, uint64_t seed,
    uint64_t epoch, uint64_t stride);

#endif
