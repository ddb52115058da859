/* Convolution of one picture, with what usually follows it: bias, ReLU, 2x2
 * max pooling. Layouts: maps [H,W,C], weights [kh,kw,cin,cout], fp32. */
#ifndef CD_KERN_CONV_H
#define CD_KERN_CONV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* y[i,j,o] = b[o] + sum over u,v,c of
 *	x[i*stride+u-pad, j*stride+v-pad, c] w[u,v,c,o], x = 0 outside;
 * then max(y, 0) where relu; then, where pool is 2, the maximum of each 2x2
 * window, windows side by side, an odd row or column at the end dropped.
 * Cross-correlation, as in every framework. */
struct cd_conv {
	int h, w, cin;		/* input */
	int kh, kw, stride, pad;
	int cout;
	bool relu;
	int pool;		/* 0 or 2 */
	int oh, ow;		/* of the convolution:
				 * (h + 2 pad - kh) / stride + 1 */
	int yh, yw;		/* of the output: oh, ow or half of them */
};

/* Fills oh, ow, yh, yw from the rest. */
void cd_conv_shape(struct cd_conv *);

enum {
	/* values of which[]: the place of the winner in its 2x2 window (0 to 3,
	 * row-major; of equals the first), or none, as ReLU closed it (the
	 * maximum is <= 0) */
	CD_CONV_CLOSED = 4,
};

/* x: [h,w,cin]; w: [kh,kw,cin,cout]; b: [cout] or NULL; y: [yh,yw,cout] out.
 * which: [yh,yw,cout] out where pool is 2; unused otherwise. scratch: as many floats as scratch() says,
 * 64-byte aligned, private to the thread. No two may overlap. */
typedef void cd_conv_forward_fn(const struct cd_conv *, const float *x,
    const float *w, const float *b, float *y, uint8_t *which, float *scratch);

/* The gradient, given dy: [yh,yw,cout] of the output, y and which as forward
 * left them. dw: [kh,kw,cin,cout] and db: [cout] (or NULL) are accumulated
 * into; dx: [h,w,cin] is overwritten, or NULL where it is not wanted. */
typedef void cd_conv_backward_fn(const struct cd_conv *, const float *x,
    const float *w, const float *y, const uint8_t *which, const float *dy,
    float *dw, float *db, float *dx, float *scratch);

struct cd_conv_variant {
	const char *name;
	bool (*fits)(const struct cd_conv *);	/* can it do this shape? */
	size_t (*scratch)(const struct cd_conv *);	/* floats a thread */
	cd_conv_forward_fn *forward;
	cd_conv_backward_fn *backward;
};

extern const struct cd_conv_variant cd_conv_ref, cd_conv_im2col;

/* All variants, the reference first, ended by NULL. */
extern const struct cd_conv_variant *const cd_conv_variants[];

/* The variant for this shape on this machine. */
const struct cd_conv_variant *cd_conv_best(const struct cd_conv *);

#endif
