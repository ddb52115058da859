/* A feed read one batch ahead, by a thread of its own: the next batch comes
 * (read, checksums checked) while training works on this one. */
#ifndef CD_NET_AHEAD_H
#define CD_NET_AHEAD_H

#include "base/err.h"
#include "net/feed.h"

struct cd_ahead;

/* Starts the thread. The feed is its own until cd_ahead_free; only
 * cd_feed_head may be called meanwhile. */
int cd_ahead_new(struct cd_ahead **, struct cd_feed *,
    struct cd_err *) CD_MUST_CHECK;

/* As cd_feed_next, with cd_feed_check_size: an event or < 0, and what came, the
 * caller's until the next call. CD_FEED_END too where, while it waited, the
 * program was told to stop (base/stop.h) or the time `until` (cd_seconds) came.
 * After the end it is the end again. */
int cd_ahead_next(struct cd_ahead *, struct cd_lot *, double until,
    struct cd_err *) CD_MUST_CHECK;

/* Seconds spent in cd_ahead_next, waiting. */
double cd_ahead_waited(const struct cd_ahead *);

/* Ends the thread, also where it waits for input. NULL is allowed. */
void cd_ahead_free(struct cd_ahead *);

#endif
