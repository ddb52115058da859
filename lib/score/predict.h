/* A model applied to samples or batches: what cd-predict and cd-eval share. */
#ifndef CD_SCORE_PREDICT_H
#define CD_SCORE_PREDICT_H

#include <stdbool.h>

#include "base/err.h"
#include "net/model.h"
#include "rec/rec.h"

enum {
	CD_PREDICT_BATCH = 32, /* pictures computed at a time, by default */
};

struct cd_predictor;

/* Takes a prediction: a record of kind CD_PREDICTION with the picture's key,
 * epoch and view, "value" f32 [classes of the model], and "label" i32 where
 * it has one, numbered as the model's classes. Valid until it returns. */
typedef int cd_prediction_fn(void *arg, const struct cd_rec *, struct cd_err *);

struct cd_predict_how {
	int batch, threads;
	int w, h;	 /* bring pictures of any size to this one, and run the
			  * net at it; 0: its own, which they must have */
	bool no_average; /* the parameters as they are, also where the model
			  * has a moving average of them */
};

/* Loads the model in the file named. Pictures are computed `batch` at a time,
 * and the last ones are filled up to as many, so that a prediction depends on
 * nothing but the picture, the model, the size and, in its last bits, batch. */
int cd_predictor_open(struct cd_predictor **, const char *model,
    const struct cd_predict_how *, struct cd_err *) CD_MUST_CHECK;
void cd_predictor_close(struct cd_predictor *);

/* Gets ready for the records under this head, once, before the first of them.
 * An error where a class of it is unknown to the model or pictures were
 * brought to size in another way, or to another size where none was given. A
 * model that was never trained takes the
 * head's classes. */
int cd_predictor_start(struct cd_predictor *, const struct cd_head *,
    struct cd_err *) CD_MUST_CHECK;

/* The model, whose head names its classes after cd_predictor_start. */
const struct cd_model *cd_predictor_model(const struct cd_predictor *);

/* Takes a sample or a batch with labels or without; other records are passed
 * over. Hands on the predictions of earlier ones as they are computed, all in
 * order. The caller adds which record to an error. */
int cd_predictor_put(struct cd_predictor *, const struct cd_rec *,
    cd_prediction_fn *, void *arg, struct cd_err *) CD_MUST_CHECK;

/* Hands on those that wait. */
int cd_predictor_flush(struct cd_predictor *, cd_prediction_fn *, void *arg,
    struct cd_err *) CD_MUST_CHECK;

#endif
