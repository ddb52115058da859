/* Sums over the parts of a batch, in a tree of one shape however many threads
 * and ranks (base/ranks.h) share the work: parts 0 and 1, 2 and 3 and so on are
 * added, then these sums in pairs. So a rank's parts, which are a subtree, can
 * be added before those of others. */
#ifndef CD_LAYER_PARTS_H
#define CD_LAYER_PARTS_H

#include <stddef.h>

#include "base/ranks.h"

/* x: [n][count], rows `stride` floats apart, n a power of two: row 0 becomes
 * the sum of all, the others are overwritten. */
void cd_tree_add(float *x, size_t stride, int n, size_t count);
/* The same; rows are adjacent. */
void cd_tree_add_doubles(double *x, int n, size_t count);

/* x: [count] becomes the sum over the ranks, the upper part of that tree.
 * scratch: [count]. */
void cd_ranks_sum(const struct cd_ranks *, float *x, float *scratch,
    size_t count);

#endif
