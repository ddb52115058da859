/* Equal pictures: keys whose pixels are the same, to the byte. */
#ifndef CD_IMG_DUPLICATES_H
#define CD_IMG_DUPLICATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

enum {
	CD_DUPLICATES_DIGEST = 32, /* bytes */
};

/* A key with a picture. Pixels are compared by their BLAKE2b-256: that two
 * pictures that differ have the same is out of the question. */
struct cd_duplicates_picture {
	unsigned char digest[CD_DUPLICATES_DIGEST];
	uint64_t dim[3]; /* height, width, channels */
	uint64_t order;	 /* it came after so many others */
	size_t key;	 /* where in the keys its own begins */
	int32_t label;	 /* as it was given */
};

struct cd_duplicates_group {
	size_t first, n; /* of the pictures, sorted */
	uint64_t order;	 /* of its first picture */
	bool labels;	 /* not all have the same label */
};

/* All zero is empty. About 100 bytes a picture, and its key. */
struct cd_duplicates {
	size_t n;	       /* pictures: different pairs of key and pixels */
	size_t ngroups, equal; /* after cd_duplicates_finish: groups of two and
				* more, and the pictures in them */
	struct cd_buf picture; /* cd_duplicates_picture [n] */
	struct cd_buf group;   /* cd_duplicates_group [ngroups] */
	struct cd_buf keys;    /* each with its NUL */
	size_t *slot;	       /* open addressing: 1 + i, or 0 */
	size_t nslots;	       /* a power of two, > n */
};

/* Adds a picture, u8 [dim[0],dim[1],dim[2]]. A key that comes again with the
 * same pixels, as in another epoch, is nothing new. */
int cd_duplicates_add(struct cd_duplicates *, const char *key, int32_t label,
    const uint64_t dim[3], const void *pixels, struct cd_err *) CD_MUST_CHECK;

/* Finds the groups, in the order of their first pictures. Nothing can be added
 * after it. */
int cd_duplicates_finish(struct cd_duplicates *, struct cd_err *) CD_MUST_CHECK;

/* Group i, and its picture k, in the order in which they came. */
const struct cd_duplicates_group *
cd_duplicates_group(const struct cd_duplicates *, size_t i);
const struct cd_duplicates_picture *
cd_duplicates_picture(const struct cd_duplicates *,
    const struct cd_duplicates_group *, size_t k);
const char *cd_duplicates_key(const struct cd_duplicates *,
    const struct cd_duplicates_picture *);

void cd_duplicates_free(struct cd_duplicates *);

#endif
