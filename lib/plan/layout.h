/* Offsets in one stretch of memory for buffers that are not all in use at the
 * same time. */
#ifndef CD_PLAN_LAYOUT_H
#define CD_PLAN_LAYOUT_H

#include <stddef.h>

struct cd_interval {
	size_t size;  /* in any unit */
	int from, to; /* when it is in use: moments, both included */
	size_t at;    /* out: where it begins */
};

/* Sets `at` of n spans so that no two that are in use at one moment overlap;
 * returns the length of the stretch. The largest are placed first, each as low
 * as it goes (first fit by decreasing size: no optimum, near one in practice).
 * order: memory for n numbers. */
size_t cd_layout(struct cd_interval *, int n, int *order);

#endif
