/* Pooling of one picture, if not fused into a convolution (conv.h): maximum or
 * mean of windows, mean of the whole map. Maps [h,w,c], fp32. */
#ifndef CD_KERN_POOL_H
#define CD_KERN_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cpu.h"

/* Windows of size x size: that of output i,j begins at row i stride - before,
 * column j stride - before. Cells outside the map do not count; each window
 * must have one inside. Without padding: before = 0, yh = (h - size) / stride +
 * 1; "same": before = (size - 1) / 2, yh = ceil(h / stride). yw likewise. */
struct cd_pool {
	int h, w, c, size, stride, yh, yw;
	int before;
	bool add_dx; /* backward: dx is added to, not overwritten */
};

/* y[i,j,c] = max of the window; which: [yh,yw,c] out, or NULL: the winner's
 * place in it, row-major, the first of equals; the first NaN wins. size <=
 * 15. */
typedef void cd_pool_max_fn(const struct cd_pool *, const float *x, float *y,
    uint8_t *which);
/* dx: [h,w,c]: the sum of dy over the windows that the pixel won. */
typedef void cd_pool_max_back_fn(const struct cd_pool *, const uint8_t *which,
    const float *dy, float *dx);

/* y = sum / m over the m cells of the window that are inside; back: dx = sum of
 * dy / m over the windows that the pixel is in. Both multiply by 1/m, rounded
 * to fp32. */
typedef void cd_pool_mean_fn(const struct cd_pool *, const float *x, float *y);
typedef void cd_pool_mean_back_fn(const struct cd_pool *, const float *dy,
    float *dx);

/* y[c] = mean over the map, summed in double; back: dx = dy times 1/(h w),
 * rounded to fp32. Only h, w, c and add_dx are used. */
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

/* The variants (base/cpu.h). Results are bit-identical, NaN payloads and the
 * sign of a zero gradient aside. */
struct cd_pool_row {
	const struct cd_pool_variant *variant;
	enum cd_cpu level;
};

extern const struct cd_pool_variant cd_pool_ref;
extern const struct cd_pool_row cd_pool_table[];

/* The best that this machine can run. */
const struct cd_pool_variant *cd_pool_best(void);

#endif
