/* Predicts samples or batches with a model: what cd-predict and cd-eval
 * share. */
#ifndef CD_SCORE_PREDICT_H
#define CD_SCORE_PREDICT_H

#include <stdbool.h>

#include "base/err.h"
#include "net/model.h"
#include "rec/rec.h"
#include "score/run_size.h"

enum {
	CD_PREDICT_BATCH = 32, /* default of cd_predict_how.batch */
};

struct cd_predictor;

/* Takes a prediction: a record of kind CD_PREDICTION with the picture's key,
 * epoch and view, "value" f32 [classes of the model], and "label" i32, an index
 * of the model's classes, if the picture has one. The record is valid until the
 * function returns. */
typedef int cd_prediction_fn(void *arg, const struct cd_rec *, struct cd_err *);

struct cd_predict_how {
	int batch, threads;
	struct cd_run_size size;
	bool no_average; /* use the parameters, not their moving average */
};

/* Loads the model in the file named. Pictures of one size are computed `batch`
 * at a time, and a prediction depends only on the picture, the model, the size
 * and, in its last bits, batch. Where pictures have sizes of their own, the
 * plans and waiting pictures of the eight that came last are kept. */
int cd_predictor_open(struct cd_predictor **, const char *model,
    const struct cd_predict_how *, struct cd_err *) CD_MUST_CHECK;
void cd_predictor_close(struct cd_predictor *);

/* Call once, with the header, before the first record. Fails if the model lacks
 * one of its classes, or if pictures were fitted in another way or, where the
 * net runs at its own size, to another size. A model that was never trained
 * takes the header's classes. */
int cd_predictor_start(struct cd_predictor *, const struct cd_head *,
    struct cd_err *) CD_MUST_CHECK;

/* The model, whose head names its classes after cd_predictor_start. */
const struct cd_model *cd_predictor_model(const struct cd_predictor *);

/* Takes a sample or a batch, with labels or without; other records are ignored.
 * Calls the function with predictions, in the order of the pictures, of
 * whatever sizes: with several threads and pictures in a batch, those of a
 * batch when it has been computed while later records are put. Errors do not
 * name the record. */
int cd_predictor_put(struct cd_predictor *, const struct cd_rec *,
    cd_prediction_fn *, void *arg, struct cd_err *) CD_MUST_CHECK;

/* Computes and passes on the predictions of pictures that still wait. */
int cd_predictor_flush(struct cd_predictor *, cd_prediction_fn *, void *arg,
    struct cd_err *) CD_MUST_CHECK;

#endif
