/* Finds equal pictures: keys whose pixels are the same, byte for byte. */
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

/* A key with a picture. Pixels are compared by their BLAKE2b-256 digests, which
 * are assumed not to collide. */
struct cd_duplicates_picture {
	unsigned char digest[CD_DUPLICATES_DIGEST];
	uint64_t dim[3]; /* height, width, channels */
	uint64_t order;	 /* pictures added before it */
	size_t key;	 /* offset of its key in keys */
	int32_t label;	 /* as given */
};

struct cd_duplicates_group {
	size_t first, n; /* of the sorted pictures */
	uint64_t order;	 /* of its first picture */
	bool labels;	 /* their labels differ */
};

/* All zero is empty. Takes about 100 bytes a picture, and its key. */
struct cd_duplicates {
	size_t n;	       /* pictures: distinct pairs of key and pixels */
	size_t ngroups, equal; /* after cd_duplicates_finish: groups of two or
				* more, and the pictures in them */
	struct cd_buf picture; /* cd_duplicates_picture [n] */
	struct cd_buf group;   /* cd_duplicates_group [ngroups] */
	struct cd_buf keys;    /* each with its NUL */
	size_t *slot;	       /* open addressing: 1 + i, or 0 */
	size_t nslots;	       /* a power of two, > n */
};

/* Adds a picture, u8 [dim[0],dim[1],dim[2]]. A key that comes again with the
 * same pixels, as in another epoch, is ignored. */
int cd_duplicates_add(struct cd_duplicates *, const char *key, int32_t label,
    const uint64_t dim[3], const void *pixels, struct cd_err *) CD_MUST_CHECK;

/* Finds the groups, ordered by their first pictures. Nothing can be added
 * afterwards. */
int cd_duplicates_finish(struct cd_duplicates *, struct cd_err *) CD_MUST_CHECK;

/* Group i; its picture k, in the order added; the key of a picture. */
const struct cd_duplicates_group *
cd_duplicates_group(const struct cd_duplicates *, size_t i);
const struct cd_duplicates_picture *
cd_duplicates_picture(const struct cd_duplicates *,
    const struct cd_duplicates_group *, size_t k);
const char *cd_duplicates_key(const struct cd_duplicates *,
    const struct cd_duplicates_picture *);

void cd_duplicates_free(struct cd_duplicates *);

#endif
