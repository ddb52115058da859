/* Bias, maximum and ReLU of one 2x2 pooling window, over the channels, forward
 * and backward: the end of the fast convolutions. */
#ifndef CD_KERN_WINDOW_H
#define CD_KERN_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cpu.h"

/* z0: the window's upper two pixels, [2,n]; z1: the lower two; b: [n] or NULL.
 * y: [n] out; which: [n] out, or NULL, as in kern/conv.h. */
typedef void cd_window_forward_fn(int n, const float *z0, const float *z1,
    const float *b, bool relu, float *y, uint8_t *which);

/* dz0, dz1: [2,n] out, dy at the winner's place, 0 elsewhere. db: [n] or NULL,
 * dy is added where the window is not closed. */
typedef void cd_window_backward_fn(int n, const uint8_t *which, const float *dy,
    float *dz0, float *dz1, float *db);

struct cd_window_variant {
	const char *name;
	cd_window_forward_fn *forward;
	cd_window_backward_fn *backward;
};

/* The variants (base/cpu.h). Results are bit-identical. The first NaN in a
 * window wins. */
struct cd_window_row {
	const struct cd_window_variant *variant;
	enum cd_cpu level;
};

extern const struct cd_window_variant cd_window_ref;
extern const struct cd_window_row cd_window_table[];

/* The best that this machine can run. */
const struct cd_window_variant *cd_window_best(void);

#endif
