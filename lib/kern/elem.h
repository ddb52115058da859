/* Elementwise loops over n floats: activations, losses, optimisers. */
#ifndef CD_KERN_ELEM_H
#define CD_KERN_ELEM_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* y = x mul[c] - sub[c], bytes [npixels,c] to floats. */
void cd_bytes_to_floats(size_t npixels, int c, const uint8_t *x,
    const float *mul, const float *sub, float *y);

/* y += x. */
void cd_add(size_t n, const float *x, float *y);

/* x[i,j] += b[j], x: [m,n]. */
void cd_add_bias(int m, int n, const float *b, float *x);

/* db[j] += sum over i of dy[i,j], in order; dy: [m,n]. */
void cd_sum_rows(int m, int n, const float *dy, float *db);

/* In place: x = max(x, 0); NaN passes. */
void cd_relu(size_t n, float *x);
/* In place: dy = 0 where y <= 0. */
void cd_relu_backward(size_t n, const float *y, float *dy);

/* Dropout (Srivastava et al. 2014), inverted: y[i] = x[i] / (1 - rate) or, with
 * probability rate, 0. The draw of element i is a function of (seed, step,
 * first + i) alone. Its own backward pass, applied to the gradient. 0 <= rate <
 * 1. May be in place. */
void cd_dropout(size_t n, float rate, uint64_t seed, uint64_t step,
    uint64_t first, const float *x, float *y);

/* The functions above that have variants; they call the best one. */
struct cd_elem_variant {
	const char *name;
	void (*bytes_to_floats)(size_t npixels, int c, const uint8_t *x,
	    const float *mul, const float *sub, float *y);
	void (*add)(size_t n, const float *x, float *y);
	void (*relu)(size_t n, float *x);
	void (*relu_backward)(size_t n, const float *y, float *dy);
	void (*dropout)(size_t n, float rate, uint64_t seed, uint64_t step,
	    uint64_t first, const float *x, float *y);
};

/* The variants (base/cpu.h). Results are bit-identical, NaN payloads aside. */
struct cd_elem_row {
	const struct cd_elem_variant *variant;
	enum cd_cpu level;
};

extern const struct cd_elem_variant cd_elem_ref;
extern const struct cd_elem_row cd_elem_table[];

/* The best that this machine can run. */
const struct cd_elem_variant *cd_elem_best(void);

/* Logistic loss (binary cross-entropy) of m logits z with targets t in [0, 1]:
 * returns the sum over i of max(z,0) - z t + log(1 + exp(-|z|)). p: sigmoid(z),
 * out, or NULL. dz: (p - t) * scale, out, or NULL. */
double cd_logistic_loss(int m, const float *z, const float *t, float scale,
    float *p, float *dz);

/* Softmax cross-entropy of logits z [m,k] with targets t [m,k], whose rows sum
 * to 1: returns the sum over rows of log sum exp z - sum t z. p: softmax(z),
 * out, or NULL; dz: (p - t) * scale, out, or NULL. */
double cd_softmax_loss(int m, int k, const float *z, const float *t,
    float scale, float *p, float *dz);

/* Optimisers, as PyTorch and Keras define them, in place; g: the gradient.
 * SGD with momentum: v = mu v + g; w -= lr v, or with Nesterov w -= lr (g +
 * mu v). v may be NULL if mu is 0. */
void cd_sgd(size_t n, float *w, const float *g, float *v, float lr, float mu,
    int nesterov);
/* RMSprop: s = rho s + (1 - rho) g^2; w -= lr g / (sqrt(s) + eps) (Hinton,
 * lecture 6e; epsilon outside the root, as Keras and PyTorch have it). */
void cd_rmsprop(size_t n, float *w, const float *g, float *s, float lr,
    float rho, float eps);
/* Adam (Kingma and Ba 2015, algorithm 1), step t from 1: m, v moments. */
void cd_adam(size_t n, float *w, const float *g, float *m, float *v, float lr,
    float beta1, float beta2, float eps, uint64_t t);
/* out = scale g + decay w: the gradient, clipped by scale, with L2 weight
 * decay. */
void cd_decay_gradient(size_t n, const float *g, float scale, const float *w,
    float decay, float *out);
/* w -= share w: decoupled weight decay (Loshchilov and Hutter 2019). */
void cd_decay(size_t n, float *w, float share);
/* Moving average: a = d a + (1 - d) w, as a + (1 - d) (w - a), which is exact
 * if a = w. */
void cd_average(size_t n, float *a, const float *w, float d);
/* The sum of squares, in double, added in order. */
double cd_sum_squares(size_t n, const float *g);

#endif
