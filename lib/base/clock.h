/* Elapsed time. */
#ifndef CD_BASE_CLOCK_H
#define CD_BASE_CLOCK_H

/* Seconds on the monotonic clock; its zero is arbitrary. */
double cd_seconds(void);

#endif
