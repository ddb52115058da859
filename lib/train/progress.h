/* The text of progress lines; the program prints them. */
#ifndef CD_TRAIN_PROGRESS_H
#define CD_TRAIN_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "rec/head.h"
#include "train/state.h"

enum {
	CD_PROGRESS_LINE = 256, /* bytes of a line, its NUL included */
};

struct cd_progress {
	double start, epoch_start, last_live; /* cd_seconds */
	uint64_t seen;		  /* pictures trained on in this process */
	uint64_t seen_now;	  /* those of this epoch */
	int64_t epochs, pictures; /* of the run, of an epoch; or -1 */
	bool about;		  /* pictures may be more than there are */
	double waited;		  /* seconds, for input, in this process */
	double epoch_waited;	  /* those before this epoch */
};

/* Begins, with epochs and pictures if the header of the data tells them. */
void cd_progress_begin(struct cd_progress *, const struct cd_head *);

/* "epoch 3: 640 of 2000 pictures, loss ..., waiting for input 12 %, 12:05 min
 * left"; "" within half a second of the last. Waiting for input is shown when
 * it is >= 5 % and at least 1 s has passed. Returns buf. */
const char *cd_progress_live(struct cd_progress *, const struct cd_trainer *,
    char buf[CD_PROGRESS_LINE]);

/* Sets s->seconds and s->waited and begins the next epoch. "epoch 3 of 30:
 * loss ...; validation ...; 21.5 s, training 93 pictures/s, waiting for input
 * 12 %". Returns buf. */
const char *cd_progress_epoch(struct cd_progress *, struct cd_epoch *s,
    char buf[CD_PROGRESS_LINE]);

#endif
