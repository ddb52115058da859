/* Time that passes. */
#ifndef CD_BASE_CLOCK_H
#define CD_BASE_CLOCK_H

/* Seconds of a clock that only goes forward. */
double cd_seconds(void);

#endif
