/* Requirements on metrics: --require metric=value. */
#ifndef CD_CMD_REQUIRE_H
#define CD_CMD_REQUIRE_H

#include "base/err.h"

/* For struct cd_opt: notes a requirement; to is not used. */
int cd_require_take(void *to, const char *arg, struct cd_err *);

/* For cd_metrics_each: warns, and sets *status, an int, to 1, where the metric
 * is worse than required: log_loss above, others below, or undefined. */
void cd_require_check(void *status, const char *name, double value);

/* After all metrics: dies if one was required that there is not. */
void cd_require_known(void);

#endif
