/* The state of a training run: model, plan, optimiser and progress. */
#ifndef CD_TRAIN_STATE_H
#define CD_TRAIN_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ranks.h"
#include "img/resizer.h"
#include "net/model.h"
#include "plan/plan.h"
#include "train/average.h"
#include "train/census.h"
#include "train/optim.h"
#include "train/schedule.h"

/* What makes a validation the best so far; of equals the other one does. */
enum cd_best_by {
	CD_BEST_BY_ACCURACY,
	CD_BEST_BY_LOSS,
};

/* Figures of one epoch. Accuracies in 0 to 1, losses in nats a picture. */
struct cd_epoch {
	uint64_t epoch;	       /* from 0 */
	uint64_t step;	       /* of the optimiser, since the first epoch */
	uint64_t pictures;     /* trained on in this epoch */
	double loss, accuracy; /* while training, with dropout */
	bool last;	       /* of the run, as far as is known */
	bool validated;
	double val_loss, val_accuracy;
	double seconds;	    /* training and validation, in this process */
	double val_seconds; /* those of validation */
	double lr;	    /* at its end */
	double waited;	    /* share of the training seconds spent waiting for
			     * input; set by cd_progress_epoch */
	int w, h;	    /* of pictures, at its end */
};

struct cd_trainer {
	/* set by the caller before cd_trainer_load */
	const char *path;     /* file of the model, read and rewritten */
	const char *validate; /* file of samples to validate on, or NULL */
	/* in epochs; the last one, where that is known, is validated too */
	int64_t validate_every;
	const char *best; /* file for the best model, or NULL */
	/* file of samples to measure the statistics of norms on, or NULL */
	const char *statistics;
	enum cd_best_by best_by;
	int threads;
	/* NULL: alone. Else what is read must be the same on all, budget and
	 * limit 0, and one of them writes files */
	const struct cd_ranks *ranks;
	uint64_t seed;	       /* of dropout */
	struct cd_optim optim; /* its average is set from the next */
	struct cd_average average;
	struct cd_schedule schedule;
	struct cd_stages stages;
	double budget;	  /* seconds of the run; 0: to the end of the
				    * data */
	double limit;	  /* most seconds of the run; 0: no limit */
	double smoothing; /* S: targets become (1 - S) t + S / classes */
	const char *class_weights; /* as for cd_weights_find; NULL: all 1 */
	/* set by the caller before cd_trainer_match */
	int batch; /* most pictures in a batch so far */

	/* set by cd_trainer_load from the model's file */
	struct cd_model model;
	struct cd_plan *plan; /* made by cd_trainer_start */
	uint64_t epoch;	      /* the one not complete yet, from 0 */
	uint64_t step;
	uint64_t position; /* pictures trained on in this epoch */
	double sum_loss;   /* over these pictures */
	uint64_t sum_correct;
	bool has_best;
	uint64_t best_epoch;
	double best_loss, best_accuracy;
	double elapsed; /* seconds of the budget or limit, in earlier
			 * processes */

	/* private */
	double start;		 /* of this process, cd_seconds */
	double epochs, pictures; /* of the run, of an epoch; or 0 */
	double steps;		 /* of an epoch, or 0 */
	double passed_at;	 /* the share at the last cd_trainer_passed */
	int h, w;		 /* of the plan's pictures */
	bool measured;		 /* on `statistics`, since the last step */
	struct cd_resizer *resizer; /* with stages */
	struct cd_census validated; /* what the file to validate on holds */
	bool other_data; /* they are not those that it was trained on before */
	bool other_how;	 /* nor are the options */
	float *class_weight; /* [nclasses], or NULL */
	float *weight;	     /* [batch] */
};

#endif
