/* Reads samples or batches of a stream as batches for a model: labels and
 * targets matched by class name, shapes checked. */
#ifndef CD_TRAIN_FEED_H
#define CD_TRAIN_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/model.h"
#include "rec/epochs.h"
#include "rec/rec.h"
#include "train/census.h"

enum {
	CD_FEED_MAX = CD_BATCH_MAX, /* pictures in a batch */
};

/* What sizes pictures may have. */
enum cd_feed_sizes {
	CD_FEED_NET_SIZE, /* that of the net's input */
	CD_FEED_ONE_SIZE, /* any, but all the same */
	CD_FEED_OWN_SIZE, /* any that the net takes, the same in a batch */
};

/* A batch, or the mark of an epoch. */
struct cd_feed_batch {
	const uint8_t *images; /* [n,h,w,C] */
	float *targets;	       /* [n,nclasses], rows sum to 1: to learn */
	int32_t *labels;       /* [n] to count: the label or, where there is
				* none, the class of the largest target */
	int n, h, w;	       /* a mark: the size of the pictures before,
				* passed over or not; 0: there were none */
	uint64_t epoch;	       /* of the batch, or of the mark */
	uint64_t passed;       /* pictures skipped so far (cd_feed_from) */
	bool counted;	       /* a mark: the census is of a whole epoch now */
};

struct cd_feed {
	struct cd_feed_batch batch; /* the last; valid until the next call */

	int size; /* most pictures in a batch, of those that came: more in a
		   * later one are possible where the stream holds batches */
	struct cd_census *census; /* may be set: what the first whole epoch
				   * holds is counted there */
	uint64_t epochs; /* may be set: no epoch but these may come, from 0,
			  * and none that is over */
	bool unlabelled; /* may be set: pictures without labels will do; the
			  * targets of any are then not to be used */

	/* private */
	enum cd_feed_sizes sizes;
	int h, w;		/* of the pictures; 0: not known yet */
	struct cd_layer *layer; /* to try a size on the net */
	struct cd_reader *in;
	const struct cd_model *model;
	bool batches;		       /* the stream holds batches */
	int nlabels, *label;	       /* class of the stream -> of the model */
	uint8_t *held;		       /* [size,h,w,C] of samples */
	size_t held_size;	       /* of a picture there */
	struct cd_buf targets, labels; /* those of the batch */
	int most;		       /* pictures in any batch */
	const struct cd_rec *peeked;   /* read, but not taken */
	struct cd_epochs order;
	uint64_t from_epoch, from_position, position;
	bool mark_waits, open_epoch;
	uint64_t mark;
};

enum cd_feed_event {
	CD_FEED_END = 0,
	CD_FEED_BATCH = 1,
	CD_FEED_EPOCH = 2, /* the end of epoch batch.epoch */
};

/* Opens the stream in the operands (n = 0: standard input), and reads up to the
 * first batch where it holds batches. size: pictures in a batch, at most
 * CD_FEED_MAX, for samples; for batches the most that one may have if the
 * header does not tell. The model must outlive the feed. */
int cd_feed_open(struct cd_feed *, const struct cd_model *, char *const *paths,
    int n, int size, enum cd_feed_sizes, struct cd_err *) CD_MUST_CHECK;

/* After CD_FEED_BATCH: an error if the stream holds samples, and the batch is a
 * whole epoch of them but smaller than `size`. */
int cd_feed_check_size(const struct cd_feed *, struct cd_err *) CD_MUST_CHECK;

/* Makes cd_feed_next skip what comes before this picture of this epoch. */
void cd_feed_from(struct cd_feed *, uint64_t epoch, uint64_t position);

/* The next event, or < 0. A stream without marks is one epoch. */
int cd_feed_next(struct cd_feed *, struct cd_err *) CD_MUST_CHECK;

/* After CD_FEED_BATCH: leaves the images in *b, to which they are moved rather
 * than copied if the stream holds batches; returns where they are. *b is
 * overwritten. NULL: out of memory. */
const uint8_t *cd_feed_keep_images(struct cd_feed *, struct cd_buf *b,
    struct cd_err *);

/* Can it be opened a second time, from its beginning: is it no pipe? */
bool cd_feed_again(const struct cd_feed *);

const struct cd_head *cd_feed_head(const struct cd_feed *);
uint64_t cd_feed_skipped(const struct cd_feed *);
void cd_feed_close(struct cd_feed *);

#endif
