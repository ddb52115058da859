/* Statistics of the pictures in samples and batches: counts, sizes, classes,
 * and the mean and deviation of each channel. */
#ifndef CD_IMG_STAT_H
#define CD_IMG_STAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "img/duplicates.h"
#include "rec/rec.h"

enum {
	CD_STAT_CHANNELS_MAX = 1024,
	/* instead of a label, also in struct cd_duplicates_picture */
	CD_STAT_NO_LABEL = -1,
	CD_STAT_TARGET = -2, /* a target and no label */
};

/* Pixels that the sums have room for: 2^48 * 255^2 < 2^64. */
#define CD_STAT_PIXELS_MAX ((uint64_t)1 << 48)

/* The least and most of n values. */
struct cd_stat_range {
	uint64_t n, least, most;
};

struct cd_stat_size {
	uint32_t w, h;
	uint64_t n; /* pictures of this size */
};

/* All is exact and independent of the order of the pictures, except the sums of
 * targets, which are added in double precision in their order. */
struct cd_stat {
	int nclasses; /* of the header */
	bool equal;   /* look for equal pictures */

	uint64_t records, marks, others; /* samples, batches; marks; rest */
	uint64_t pictures;
	struct cd_stat_range batch; /* pictures in a batch */
	struct cd_stat_range epoch, view, width, height;

	int channels; /* of each picture; 0: none so far */
	uint64_t pixels;
	uint64_t *sum, *square; /* [channels] sums of bytes, of squares */

	uint64_t *label;	      /* [nclasses] pictures with this label */
	double *target;		      /* [nclasses] sum of the targets */
	uint64_t unlabelled, targets; /* pictures with neither, with targets */

	/* a hash table; from cd_stat_finish on the sizes that occurred, the
	 * most frequent first */
	struct cd_stat_size *size;
	size_t nsizes, room;
	struct cd_stat_size smallest, largest; /* by area, then by width */

	struct cd_duplicates duplicates;
};

/* Initialises s. Call cd_stat_free after an error too. */
int cd_stat_open(struct cd_stat *, int nclasses, bool equal,
    struct cd_err *) CD_MUST_CHECK;

/* Adds a record whose payload has been read. Errors do not name the record. */
int cd_stat_record(struct cd_stat *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

/* Call after the last record: sorts the sizes, finds the equal pictures. */
int cd_stat_finish(struct cd_stat *, struct cd_err *) CD_MUST_CHECK;

/* The mean of a channel's bytes, and their population standard deviation,
 * sqrt(sum (byte - mean)^2 / pixels). NaN where there are no pixels. */
double cd_stat_mean(const struct cd_stat *, int channel);
double cd_stat_deviation(const struct cd_stat *, int channel);

void cd_stat_free(struct cd_stat *);

#endif
