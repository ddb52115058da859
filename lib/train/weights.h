/* What the loss of a picture counts, by its class. */
#ifndef CD_TRAIN_WEIGHTS_H
#define CD_TRAIN_WEIGHTS_H

#include "base/err.h"
#include "base/mem.h"
#include "net/model.h"

/* The file of "balanced:FILE", or NULL. */
const char *cd_weights_file(const char *text);

/* Sets weight[i] of each class of the model from the text: "cat=2,dog=1", where
 * classes that are not named weigh 1, or "balanced:FILE", by the labels of the
 * samples in that file, of all its epochs:
 *
 *	n / (nclasses * samples of the class), n = all samples
 *
 * as scikit-learn's compute_class_weight has it. Then their numbers are
 * appended to *told, " (20 cat, 5 dog)", else nothing is. The model must have
 * its classes. */
int cd_weights_find(float *weight, const struct cd_model *, const char *text,
    struct cd_buf *told, struct cd_err *) CD_MUST_CHECK;

#endif
