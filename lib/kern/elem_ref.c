#include "kern/elem.h"

#include <math.h>

#include "base/rng.h"

static void
bytes_to_floats(size_t npixels, int c, const uint8_t *x, const float *mul,
    const float *sub, float *y)
{
	size_t i;
	int k;

	for (i = 0; i < npixels; i++)
		for (k = 0; k < c; k++)
			*y++ = (float)*x++ * mul[k] - sub[k];
}

static void
add(size_t n, const float *restrict x, float *restrict y)
{
	size_t i;

	for (i = 0; i < n; i++)
		y[i] += x[i];
}

void
cd_add_bias(int m, int n, const float *b, float *x)
{
	int i;

	for (i = 0; i < m; i++)
		cd_add((size_t)n, b, x + (size_t)i * n);
}

void
cd_sum_rows(int m, int n, const float *dy, float *db)
{
	int i;

	for (i = 0; i < m; i++)
		cd_add((size_t)n, dy + (size_t)i * n, db);
}

/* Written so that NaN passes: it must reach the loss and be seen. */
static void
relu(size_t n, float *x)
{
	size_t i;

	for (i = 0; i < n; i++)
		x[i] = x[i] <= 0 ? 0 : x[i];
}

static void
relu_backward(size_t n, const float *restrict y, float *restrict dy)
{
	size_t i;

	for (i = 0; i < n; i++)
		dy[i] = y[i] <= 0 ? 0 : dy[i];
}

/* The four draws for elements 4 block to 4 block + 3. */
static void
draw4(uint64_t seed, uint64_t step, uint64_t block, uint32_t u[4])
{
	struct cd_rng r;

	cd_rng_start(&r, seed, step, block, CD_RNG_DROPOUT);
	r.ctr[0] = (uint32_t)(step >> 32);
	cd_philox(r.ctr, r.key, u);
}

static void
dropout(size_t n, float rate, uint64_t seed, uint64_t step, uint64_t first,
    const float *x, float *y)
{
	uint32_t below = (uint32_t)((double)rate * 0x1p32);
	float scale = 1 / (1 - rate);
	uint32_t u[4];
	uint64_t at;
	size_t i;

	for (i = 0; i < n; i++) {
		at = first + i;
		if (i == 0 || at % 4 == 0)
			draw4(seed, step, at / 4, u);
		y[i] = u[at % 4] < below ? 0 : x[i] * scale;
	}
}

const struct cd_elem_variant cd_elem_ref = { "ref", bytes_to_floats, add, relu,
	relu_backward, dropout };

/* From exp(-|z|), which cannot overflow; q = 1 - p without cancellation keeps
 * small gradients accurate. */
double
cd_logistic_loss(int m, const float *z, const float *t, float scale, float *p,
    float *dz)
{
	double sum = 0, e, large, pi, qi;
	int i;

	for (i = 0; i < m; i++) {
		e = exp(-fabs((double)z[i]));
		large = 1 / (1 + e);
		pi = z[i] < 0 ? e * large : large;
		qi = z[i] < 0 ? large : e * large;
		sum += fmax((double)z[i], 0) - (double)z[i] * t[i] + log1p(e);
		if (p)
			p[i] = (float)pi;
		if (dz)
			dz[i] = (float)((pi * (1 - t[i]) - qi * t[i]) * scale);
	}
	return sum;
}

double
cd_softmax_loss(int m, int k, const float *z, const float *t, float scale,
    float *p, float *dz)
{
	double total = 0, max, sum, lsum, pj;
	size_t at;
	int i, j;

	for (i = 0; i < m; i++) {
		at = (size_t)i * k;
		max = z[at];
		for (j = 1; j < k; j++)
			if (z[at + j] > max) /* gcc 12 fails on fmax: arm64 */
				max = z[at + j];
		sum = 0;
		for (j = 0; j < k; j++)
			sum += exp(z[at + j] - max);
		lsum = log(sum);
		for (j = 0; j < k; j++) {
			pj = exp(z[at + j] - max) / sum;
			/* because t sums to 1; avoids cancellation */
			total += t[at + j] * (lsum + (max - z[at + j]));
			if (p)
				p[at + j] = (float)pj;
			if (dz)
				dz[at + j] = (float)((pj - t[at + j]) * scale);
		}
	}
	return total;
}

void
cd_sgd(size_t n, float *restrict w, const float *restrict g, float *restrict v,
    float lr, float mu, int nesterov)
{
	float ahead = nesterov ? mu : 1, now = nesterov ? 1 : 0;
	size_t i;

	for (i = 0; !v && i < n; i++)
		w[i] -= lr * g[i];
	for (i = 0; v && i < n; i++) {
		v[i] = mu * v[i] + g[i];
		w[i] -= lr * (now * g[i] + ahead * v[i]);
	}
}

void
cd_rmsprop(size_t n, float *restrict w, const float *restrict g,
    float *restrict s, float lr, float rho, float eps)
{
	size_t i;

	for (i = 0; i < n; i++) {
		s[i] = rho * s[i] + (1 - rho) * g[i] * g[i];
		w[i] -= lr * g[i] / (sqrtf(s[i]) + eps);
	}
}

void
cd_adam(size_t n, float *restrict w, const float *restrict g, float *restrict m,
    float *restrict v, float lr, float beta1, float beta2, float eps,
    uint64_t t)
{
	/* bias correction: the moments start at 0 */
	float unbias1 = (float)(1 / (1 - pow(beta1, (double)t)));
	float unbias2 = (float)(1 / (1 - pow(beta2, (double)t)));
	size_t i;

	for (i = 0; i < n; i++) {
		m[i] = beta1 * m[i] + (1 - beta1) * g[i];
		v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
		w[i] -= lr * (m[i] * unbias1) / (sqrtf(v[i] * unbias2) + eps);
	}
}

void
cd_decay_gradient(size_t n, const float *restrict g, float scale,
    const float *restrict w, float decay, float *restrict out)
{
	size_t i;

	for (i = 0; i < n; i++)
		out[i] = scale * g[i] + decay * w[i];
}

void
cd_decay(size_t n, float *w, float share)
{
	size_t i;

	for (i = 0; i < n; i++)
		w[i] -= share * w[i];
}

void
cd_average(size_t n, float *restrict a, const float *restrict w, float d)
{
	size_t i;

	for (i = 0; i < n; i++)
		a[i] += (1 - d) * (w[i] - a[i]);
}

double
cd_sum_squares(size_t n, const float *g)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += (double)g[i] * g[i];
	return sum;
}
