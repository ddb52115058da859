/* Training: a model, its plan, its optimiser and how far it came. What a
 * training program does between reading a batch and printing a line. */
#ifndef CD_NET_TRAIN_H
#define CD_NET_TRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/feed.h"
#include "net/model.h"
#include "net/optim.h"
#include "net/plan.h"

/* Figures of one epoch. Accuracies in 0 to 1, losses in nats a picture. */
struct cd_epoch {
	uint64_t epoch;	       /* from 0 */
	uint64_t step;	       /* of the optimiser, since the first epoch */
	uint64_t pictures;     /* trained on in this epoch */
	double loss, accuracy; /* while training, dropout and all */
	bool validated;
	double val_loss, val_accuracy;
	double seconds;	    /* training and validation, in this process */
	double val_seconds; /* of them, validation */
};

struct cd_trainer {
	/* set by the caller before cd_trainer_load */
	const char *path;     /* the model's file, read and rewritten */
	const char *validate; /* samples to validate on, or NULL */
	const char *best;     /* where the best model goes, or NULL */
	int threads;
	uint64_t seed; /* of dropout */
	struct cd_optim optim;
	/* and before cd_trainer_start */
	int batch; /* most pictures in a batch */

	/* set by cd_trainer_load from the model's file */
	struct cd_model model;
	struct cd_plan *plan;
	uint64_t epoch; /* not complete yet */
	uint64_t step;
	uint64_t position; /* pictures trained on in this epoch */
	double sum_loss;   /* over them */
	uint64_t sum_correct;
	bool has_best;
	uint64_t best_epoch;
	double best_loss, best_accuracy;
};

/* Loads the model and where it stopped. */
int cd_trainer_load(struct cd_trainer *, struct cd_err *) CD_MUST_CHECK;

/* Matches the data with the model and notes where both come from: the data's
 * "made" lines as "data" lines, and `provenance` as a "made" line, unless they
 * stand there already. */
int cd_trainer_match(struct cd_trainer *, const struct cd_head *data,
    const char *provenance, struct cd_err *) CD_MUST_CHECK;

/* Gives the model the optimiser's state and makes the plan. */
int cd_trainer_start(struct cd_trainer *, struct cd_err *) CD_MUST_CHECK;

/* Trains on the batch that the feed read last. A loss that is no finite number
 * is an error, and the parameters are left as they were before. */
int cd_trainer_step(struct cd_trainer *, const struct cd_feed *,
    struct cd_err *) CD_MUST_CHECK;

/* Closes the epoch, which must be the model's and have had pictures: validates,
 * fills *out but for seconds. On failure the epoch stays open. */
int cd_trainer_end_epoch(struct cd_trainer *, uint64_t epoch,
    struct cd_epoch *out, struct cd_err *) CD_MUST_CHECK;

/* Notes an epoch that validated best, and writes the model to `best`. */
int cd_trainer_keep_best(struct cd_trainer *, const struct cd_epoch *,
    struct cd_err *) CD_MUST_CHECK;

/* Was validation not better for this many epochs? (patience 0: never) */
bool cd_trainer_stalled(const struct cd_trainer *, int64_t patience);

/* Writes the model, with how far it came, to path. Parameters that are not
 * finite are an error, and the file stays as it was. */
int cd_trainer_save(struct cd_trainer *, const char *path,
    struct cd_err *) CD_MUST_CHECK;

void cd_trainer_close(struct cd_trainer *);

/* The history: one line an epoch, tab-separated, under a line of names. Lines
 * of epochs from first on are removed, as they come from training that was
 * lost; first = 0 begins a new file. */
int cd_history_begin(const char *path, uint64_t first,
    struct cd_err *) CD_MUST_CHECK;
int cd_history_add(const char *path, const struct cd_epoch *,
    struct cd_err *) CD_MUST_CHECK;

#endif
