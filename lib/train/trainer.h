/* Training: a model, its plan, its optimiser and how far it came. What a
 * training program does between reading a batch and printing a line. */
#ifndef CD_TRAIN_TRAINER_H
#define CD_TRAIN_TRAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "train/feed.h"
#include "net/model.h"
#include "train/optim.h"
#include "plan/plan.h"
#include "img/resizer.h"
#include "train/schedule.h"

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
	double lr;	    /* that the schedule has come to at its end */
	double waited;	    /* share of training's seconds spent waiting for
			     * input; set by cd_progress_epoch */
	int w, h;	    /* pictures' size at its end */
};

struct cd_trainer {
	/* set by the caller before cd_trainer_load */
	const char *path;     /* the model's file, read and rewritten */
	const char *validate; /* samples to validate on, or NULL */
	const char *best;     /* where the best model goes, or NULL */
	int threads;
	uint64_t seed; /* of dropout */
	struct cd_optim optim;
	struct cd_schedule schedule;
	struct cd_stages stages;
	double budget;	  /* seconds that the run takes; 0: as long as
				    * there are data */
	double smoothing; /* S: targets become (1 - S) t + S / classes */
	const char *class_weights; /* "cat=2,dog=1", or NULL: all 1 */
	/* and before cd_trainer_match */
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
	double elapsed; /* seconds of the budget, of earlier processes */

	/* private */
	double start;		    /* of this process's, cd_seconds */
	double epochs, pictures;    /* of the run, of an epoch; or 0 */
	int h, w;		    /* of the plan's pictures */
	struct cd_resizer *resizer; /* with stages */
	float *class_weight;	    /* [nclasses], or NULL */
	float *weight;		    /* [batch] */
};

/* Loads the model and where it stopped. */
int cd_trainer_load(struct cd_trainer *, struct cd_err *) CD_MUST_CHECK;

/* Matches the data with the model, takes the run's length from them, and notes
 * where both come from: the data's "made" lines as "data" lines, and
 * `provenance` as a "made" line, unless they stand there already. */
int cd_trainer_match(struct cd_trainer *, const struct cd_head *data,
    const char *provenance, struct cd_err *) CD_MUST_CHECK;

/* Gives the model the optimiser's state and makes the plan, after those of all
 * other stages, to see that the net takes their sizes. The budget's time
 * begins. */
int cd_trainer_start(struct cd_trainer *, struct cd_err *) CD_MUST_CHECK;

/* The share of the run that is done, 0 to 1: of the budget's time, or of the
 * epochs, (epoch + position / pictures of an epoch) / epochs; 0 where the
 * length of the run is not known. */
double cd_trainer_share(const struct cd_trainer *);

/* The learning rate at that share. */
double cd_trainer_lr(const struct cd_trainer *);

/* Seconds of the budget that are gone, in this process and earlier ones. */
double cd_trainer_elapsed(const struct cd_trainer *);

/* When the budget is used up, as cd_seconds tells; infinity where there is
 * none. */
double cd_trainer_end(const struct cd_trainer *);

/* Is there a budget, and has it been used up? */
bool cd_trainer_spent(const struct cd_trainer *);

/* Does anything go by the share, so that it matters when the run ends? */
bool cd_trainer_scheduled(const struct cd_trainer *);

/* Trains on a batch, whose targets are changed by the label smoothing. A loss
 * or, with clipping, a gradient that is not finite is an error that names the
 * step and the layer; the parameters are left as they were before. */
int cd_trainer_step(struct cd_trainer *, const struct cd_feed_batch *,
    struct cd_err *) CD_MUST_CHECK;

/* Makes the plan the one of the stage at this share of the run. */
int cd_trainer_stage(struct cd_trainer *, double share,
    struct cd_err *) CD_MUST_CHECK;

/* Loss and accuracy on the validation's samples, by the moving average where
 * there is one; fills val_loss and val_accuracy. */
int cd_trainer_validate(struct cd_trainer *, struct cd_epoch *out,
    struct cd_err *) CD_MUST_CHECK;
/* Opens them, and matches them with the model. */
int cd_trainer_open_validation(struct cd_trainer *, struct cd_feed *,
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
