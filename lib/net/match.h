/* A model and the pictures it is given: do their classes and sizes agree? */
#ifndef CD_NET_MATCH_H
#define CD_NET_MATCH_H

#include <stdbool.h>

#include "base/err.h"
#include "net/model.h"

/* Takes classes and fit from a stream's head where the model has none yet;
 * otherwise checks that they agree: every class of the stream is one of the
 * model's, and pictures were brought to size in the same way; with any_size
 * only the way counts (squash and triangle, say), not the size. */
int cd_model_match(struct cd_model *, const struct cd_head *, bool any_size,
    struct cd_err *) CD_MUST_CHECK;

/* The model's class of each class of a stream's head that it was matched with:
 * [*n]. free() it. NULL with e filled where memory runs out. */
int *cd_model_classes(const struct cd_model *, const struct cd_head *, int *n,
    struct cd_err *);

#endif
