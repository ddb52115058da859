/* What an epoch of pictures holds: how many of each class, and which keys. */
#ifndef CD_TRAIN_CENSUS_H
#define CD_TRAIN_CENSUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "rec/pictures.h"

struct cd_census {
	int nclasses;
	bool with_keys, full; /* full: of a whole epoch */
	uint64_t n;	      /* pictures */
	uint64_t *of_class;   /* [nclasses] */
	struct cd_buf keys;   /* their hashes, uint64_t, where they have keys */
};

/* Free with cd_census_free. */
int cd_census_new(struct cd_census *, int nclasses, bool with_keys,
    struct cd_err *) CD_MUST_CHECK;
void cd_census_free(struct cd_census *);

/* Adds the pictures of a sample or batch; label: [p->n], or NULL for none. */
int cd_census_add(struct cd_census *, const struct cd_pictures *p,
    const int32_t *label, struct cd_err *) CD_MUST_CHECK;

/* The end of an epoch: what was counted stands, or is forgotten if it was not
 * the whole epoch. */
void cd_census_end(struct cd_census *, bool whole);

/* The first class without a picture, or -1; *more: how many others. */
int cd_census_missing(const struct cd_census *, int *more);

/* How many keys of a are keys of b too, each counted once; *of: all keys of a.
 * Sorts both. */
uint64_t cd_census_common(struct cd_census *a, struct cd_census *b,
    uint64_t *of);

#endif
