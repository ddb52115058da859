/* The places of a stream's records and their order in a shuffled epoch. */
#ifndef CD_REC_ORDER_H
#define CD_REC_ORDER_H

#include "base/mem.h"
#include "rec/rec.h"

/* All that a shuffle keeps of a record. */
struct cd_place {
	uint64_t rank; /* set by cd_order_shuffle */
	uint64_t key;  /* cd_hash of the key */
	uint64_t offset;
	int file;
	uint32_t view;
};

/* Appends the place of a record to a buffer of struct cd_place. */
int cd_order_add(struct cd_buf *places, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

/* Sorts n places into the order of an epoch: by a random number that is a
 * function of (seed, epoch, key); records of one key by view, then by place. A
 * uniformly random permutation of the keys, independent of the order in which
 * the places are given. */
void cd_order_shuffle(struct cd_place *, size_t n, uint64_t seed,
    uint64_t epoch);

#endif
