/* The pictures of a sample or a batch, checked against formats/stream.md,
 * "Kinds of records". */
#ifndef CD_REC_PICTURES_H
#define CD_REC_PICTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "rec/rec.h"

/* Everything points into the record and lives as long as it does. */
struct cd_pictures {
	uint64_t n;	      /* >= 1; a sample's is 1 */
	const uint64_t *dim;  /* height, width, channels, each >= 1 */
	size_t size;	      /* bytes of a picture: their product */
	const uint8_t *image; /* [n,height,width,channels] */
	const char *keys;     /* n keys, each with its NUL; NULL: none */
	const int32_t *label; /* [n], each 0 to nclasses - 1; NULL: none */
	const float *target;  /* [n,nclasses], each 0 to 1, rows sum to 1;
			       * NULL: none */

	/* private */
	uint64_t next;
	int nclasses;
	const char *next_key;
};

struct cd_picture {
	const char *key; /* NULL: the batch has no keys */
	const uint8_t *image;
	int label;	     /* -1: none */
	const float *target; /* [nclasses], or NULL */
};

/* Takes a record of kind CD_SAMPLE or CD_BATCH from a stream with nclasses
 * classes, its payload read and its data aligned for their types. Labels and
 * targets may be missing; so may a batch's keys, unless want_keys. Where both
 * are there, the target is learnt and the label counted. Errors: a tensor of
 * another type, rank or number of pictures; no pictures, or pictures without
 * pixels; a label out of range; targets that are no distribution; in a batch,
 * keys that are not exactly n of at most CD_KEY_MAX bytes. The caller adds the
 * record to the message. */
int cd_pictures_of(struct cd_pictures *, const struct cd_rec *, int nclasses,
    bool want_keys, struct cd_err *) CD_MUST_CHECK;

/* The next picture; false: there are no more. */
bool cd_pictures_next(struct cd_pictures *, struct cd_picture *);

#endif
