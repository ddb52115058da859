/* What samples and batches hold: counts, sizes, classes, and the mean and the
 * deviation of each channel. */
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
	/* in place of a label, also in struct cd_duplicates_picture */
	CD_STAT_NO_LABEL = -1,
	CD_STAT_TARGET = -2,
};

/* Pixels that the sums have room for: 2^48 * 255^2 < 2^64. */
#define CD_STAT_PIXELS_MAX ((uint64_t)1 << 48)

/* From least to most of something; nothing yet where n is 0. */
struct cd_stat_range {
	uint64_t n, least, most;
};

struct cd_stat_size {
	uint32_t w, h;
	uint64_t n; /* pictures of this size */
};

/* Everything is exact and does not depend on the order of the pictures, but for
 * the sums of targets, which are added in double precision as they come. */
struct cd_stat {
	int nclasses; /* of the header */
	bool equal;   /* look for equal pictures */

	uint64_t records, marks, others; /* with pictures; marks; unknown */
	uint64_t pictures;
	struct cd_stat_range batch; /* pictures in a batch */
	struct cd_stat_range epoch, view, width, height;

	int channels; /* of all pictures; 0: there was none */
	uint64_t pixels;
	uint64_t *sum, *square; /* [channels] of bytes, of their squares */

	uint64_t *label;	      /* [nclasses] pictures with this label */
	double *target;		      /* [nclasses] sum of the targets */
	uint64_t unlabelled, targets; /* pictures without, with targets */

	/* before cd_stat_finish a hash table, after it the sizes that there
	 * are, the most frequent first */
	struct cd_stat_size *size;
	size_t nsizes, room;
	struct cd_stat_size smallest, largest; /* by area; of equals, the
						* narrower, the wider */

	struct cd_duplicates duplicates;
};

/* Begins. cd_stat_free it in any case. */
int cd_stat_open(struct cd_stat *, int nclasses, bool equal,
    struct cd_err *) CD_MUST_CHECK;

/* Takes a record, its payload read. The caller adds which record to an
 * error. */
int cd_stat_record(struct cd_stat *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

/* After the last record: sorts the sizes, finds the equal pictures. */
int cd_stat_finish(struct cd_stat *, struct cd_err *) CD_MUST_CHECK;

/* The mean of a channel's bytes, and their standard deviation sqrt(sum of
 * (byte - mean)^2 / pixels): of all pixels, not estimated for more. NaN where
 * there are none. */
double cd_stat_mean(const struct cd_stat *, int channel);
double cd_stat_deviation(const struct cd_stat *, int channel);

void cd_stat_free(struct cd_stat *);

#endif
