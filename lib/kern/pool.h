/* Pooling of one picture that no convolution took on (conv.h): the maximum or
 * the mean of windows, the mean of the whole map. Maps [h,w,c], fp32. */
#ifndef CD_KERN_POOL_H
#define CD_KERN_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cpu.h"

/* Windows of size x size: that of output i,j begins at row i stride - before,
 * column j stride - before. Cells outside the map do not count; each window
 * has one inside. Without padding before is 0 and yh = (h - size) / stride + 1;
 * "same" has yh = ceil(h / stride), before = (size - 1) / 2. yw likewise. */
struct cd_pool {
	int h, w, c, size, stride, yh, yw;
	int before;
	bool add_dx; /* backward: dx is added to, not overwritten */
};

/* y[i,j,c] = max of the window; which: the winner's place in it, row-major (of
 * equals the first; a NaN wins, the first of them): [yh,yw,c] out, or NULL.
 * size <= 15. */
typedef void cd_pool_max_fn(const struct cd_pool *, const float *x, float *y,
    uint8_t *which);
/* dx: [h,w,c]: a pixel that won in several windows gets the sum. */
typedef void cd_pool_max_back_fn(const struct cd_pool *, const uint8_t *which,
    const float *dy, float *dx);

/* y = sum / m over the m cells of the window that are inside; back: dx = sum of
 * dy / m over the windows that a pixel is in. 1/m is rounded to fp32 once. */
typedef void cd_pool_mean_fn(const struct cd_pool *, const float *x, float *y);
typedef void cd_pool_mean_back_fn(const struct cd_pool *, const float *dy,
    float *dx);

/* y[c] = mean over the map, summed in double; back: dx = dy / (h w). Of the
 * shape h, w, c and add_dx count. */
typedef cd_pool_mean_fn cd_pool_global_fn;
typedef cd_pool_mean_back_fn cd_pool_global_back_fn;

struct cd_pool_variant {
	const char *name;
	cd_pool_max_fn *max;
	cd_pool_max_back_fn *max_back;
	cd_pool_mean_fn *mean;
	cd_pool_mean_back_fn *mean_back;
	cd_pool_global_fn *global;
	cd_pool_global_back_fn *global_back;
};

/* The variants (base/cpu.h). Their results are equal to the bit, but for a
 * NaN's and the sign of a gradient 0. */
struct cd_pool_row {
	const struct cd_pool_variant *variant;
	enum cd_cpu level;
};

extern const struct cd_pool_variant cd_pool_ref;
extern const struct cd_pool_row cd_pool_table[];

/* The best that this machine can run. */
const struct cd_pool_variant *cd_pool_best(void);

#endif
