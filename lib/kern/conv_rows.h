/* Bias, ReLU and 2x2 max pooling of a convolution's output rows, forward and
 * backward, for the convolutions that are matrix products. */
#ifndef CD_KERN_CONV_ROWS_H
#define CD_KERN_CONV_ROWS_H

#include "kern/conv.h"

/* z: [rows,ow,cout] of the convolution, the first row even; y: [rows/2,yw,cout]
 * out; which: likewise, or NULL. */
void cd_conv_pool_rows(const struct cd_conv *, const float *z, int rows,
    const float *b, float *y, uint8_t *which);

/* dz: [i1-i0,ow,cout] out, rows i0 (even) to i1-1 of the convolution; which,
 * dy: of the whole picture. db as in kern/conv.h. */
void cd_conv_unpool_rows(const struct cd_conv *, const uint8_t *which,
    const float *dy, int i0, int i1, float *dz, float *db);

#endif
