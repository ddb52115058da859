/* Max pooling of one picture that no convolution took on (conv.h). */
#ifndef CD_KERN_POOL_H
#define CD_KERN_POOL_H

#include <stdint.h>

/* Windows of size x size, stride from one to the next, those that do not fit
 * inside dropped. yh = (h - size) / stride + 1, yw likewise. */
struct cd_pool {
	int h, w, c, size, stride, yh, yw;
};

/* y[i,j,c] = max of the window; which: the winner's place in it, row-major (of
 * equals the first): [yh,yw,c] out, or NULL. size <= 15. */
void cd_pool_max_forward(const struct cd_pool *, const float *x, float *y,
    uint8_t *which);
/* dx: [h,w,c], overwritten. */
void cd_pool_max_backward(const struct cd_pool *, const uint8_t *which,
    const float *dy, float *dx);

#endif
