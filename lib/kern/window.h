/* What follows a convolution in one 2x2 pooling window, over the channels:
 * bias, maximum, ReLU, and the way back. Used by the fast convolutions. */
#ifndef CD_KERN_WINDOW_H
#define CD_KERN_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cpu.h"

/* z0: the window's upper two pixels, [2,n]; z1: the lower two; b: [n] or NULL.
 * y: [n] out, which: [n] out or NULL, as kern/conv.h says. */
typedef void cd_window_forward_fn(int n, const float *z0, const float *z1,
    const float *b, bool relu, float *y, uint8_t *which);

/* dz0, dz1: [2,n] out, dy at the winner's place and 0 elsewhere. db: [n] or
 * NULL; dy is added where the window was not closed. */
typedef void cd_window_backward_fn(int n, const uint8_t *which, const float *dy,
    float *dz0, float *dz1, float *db);

struct cd_window_variant {
	const char *name;
	cd_window_forward_fn *forward;
	cd_window_backward_fn *backward;
};

/* The variants (base/cpu.h). Their results are equal to the bit. */
struct cd_window_row {
	const struct cd_window_variant *variant;
	enum cd_cpu level;
};

extern const struct cd_window_variant cd_window_ref;
extern const struct cd_window_row cd_window_table[];

/* The best that this machine can run. */
const struct cd_window_variant *cd_window_best(void);

#endif
