/* A feed read one batch ahead, by a thread of its own: the next batch comes
 * (read, checksums checked) while training works on this one. */
#ifndef CD_TRAIN_PREFETCH_H
#define CD_TRAIN_PREFETCH_H

#include "base/err.h"
#include "train/feed.h"

struct cd_prefetch;

/* Starts the thread. The feed is its own until cd_prefetch_free; only
 * cd_feed_head may be called meanwhile. */
int cd_prefetch_new(struct cd_prefetch **, struct cd_feed *,
    struct cd_err *) CD_MUST_CHECK;

/* As cd_feed_next, with cd_feed_check_size: an event or < 0, and what came, the
 * caller's until the next call. CD_FEED_END too where, while it waited, the
 * program was told to stop (base/stop.h) or the time `until` (cd_seconds) came.
 * After the end it is the end again. */
int cd_prefetch_next(struct cd_prefetch *, struct cd_feed_batch *, double until,
    struct cd_err *) CD_MUST_CHECK;

/* Seconds spent in cd_prefetch_next, waiting. */
double cd_prefetch_waited(const struct cd_prefetch *);

/* Ends the thread, also where it waits for input. NULL is allowed. */
void cd_prefetch_free(struct cd_prefetch *);

#endif
