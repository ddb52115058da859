/* Lays out buffers in one stretch of memory, shared by those that are not in
 * use at the same time. */
#ifndef CD_PLAN_LAYOUT_H
#define CD_PLAN_LAYOUT_H

#include <stddef.h>

struct cd_interval {
	size_t size;  /* in any unit */
	int from, to; /* first and last moment of its use */
	size_t at;    /* out: its offset */
};

/* Sets `at` of n intervals so that no two that are in use at the same time
 * overlap; returns the length of the stretch. First fit by decreasing size: not
 * optimal, but close in practice. order: scratch, [n]. */
size_t cd_layout(struct cd_interval *, int n, int *order);

#endif
