/* What follows a convolution whose output z comes by rows: 2x2 max pooling with
 * bias and ReLU, and the way back. For the convolutions made of products. */
#ifndef CD_KERN_CONV_ROWS_H
#define CD_KERN_CONV_ROWS_H

#include "kern/conv.h"

/* z: [rows,ow,cout] of the convolution, an even row first; y, which:
 * [rows/2,yw,cout] out, which may be NULL. */
void cd_conv_pool_rows(const struct cd_conv *, const float *z, int rows,
    const float *b, float *y, uint8_t *which);

/* dz: [i1-i0,ow,cout] out, of the convolution's rows i0 (even) to i1-1; which,
 * dy: of the whole picture. db as in kern/conv.h. */
void cd_conv_unpool_rows(const struct cd_conv *, const uint8_t *which,
    const float *dy, int i0, int i1, float *dz, float *db);

#endif
