/* A thread beside the caller's that does one job after the other. */
#ifndef CD_BASE_ASIDE_H
#define CD_BASE_ASIDE_H

#include <stdbool.h>

#include "base/err.h"

struct cd_aside;

/* NULL with e filled if the thread cannot be created. */
struct cd_aside *cd_aside_new(struct cd_err *);
/* Waits for the job; NULL is allowed. */
void cd_aside_free(struct cd_aside *);

/* Begins job(arg), after the last one has ended. */
void cd_aside_begin(struct cd_aside *, void (*job)(void *arg), void *arg);
/* Waits until the last one has ended: what it wrote can be read. */
void cd_aside_wait(struct cd_aside *);
/* Has it ended already? */
bool cd_aside_idle(struct cd_aside *);

#endif
