/* Reads a feed one batch ahead, on a thread of its own, while training works on
 * the batch before. */
#ifndef CD_TRAIN_PREFETCH_H
#define CD_TRAIN_PREFETCH_H

#include "base/err.h"
#include "train/feed.h"

struct cd_prefetch;

/* Starts the thread, which owns the feed until cd_prefetch_free; only
 * cd_feed_head may be called on it meanwhile. */
int cd_prefetch_new(struct cd_prefetch **, struct cd_feed *,
    struct cd_err *) CD_MUST_CHECK;

/* cd_feed_next and cd_feed_check_size: an event or < 0, and the batch, which is
 * the caller's until the next call. Also returns CD_FEED_END if the program is
 * told to stop (base/stop.h), or `until` (cd_seconds) passes, while it waits.
 * After the end of the feed it returns CD_FEED_END again. */
int cd_prefetch_next(struct cd_prefetch *, struct cd_feed_batch *, double until,
    struct cd_err *) CD_MUST_CHECK;

/* Seconds that cd_prefetch_next has waited. */
double cd_prefetch_waited(const struct cd_prefetch *);

/* Ends the thread, even one that waits for input. NULL is allowed. */
void cd_prefetch_free(struct cd_prefetch *);

#endif
