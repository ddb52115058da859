/* Do the classes and sizes of a model and of its pictures agree? */
#ifndef CD_NET_MATCH_H
#define CD_NET_MATCH_H

#include <stdbool.h>

#include "base/err.h"
#include "net/model.h"

/* Takes class and fit lines from a stream's header if the model has no classes
 * yet. Otherwise fails unless they agree: every class of the stream is one of
 * the model's, and pictures were fitted in the same way; with any_size only the
 * way counts ("squash triangle", say), not the size. */
int cd_model_match(struct cd_model *, const struct cd_head *, bool any_size,
    struct cd_err *) CD_MUST_CHECK;

/* The model's class of each class of a stream's head that it was matched with:
 * [*n]. free() it. NULL with e filled where memory runs out. */
int *cd_model_classes(const struct cd_model *, const struct cd_head *, int *n,
    struct cd_err *);

#endif
