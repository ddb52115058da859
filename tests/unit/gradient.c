/* Gradients against central differences. The formulas are written down once
 * more here, in double, forward only; a kernel's gradient must be theirs to
 * 1e-4. Every variant of the convolution; pooling; dense layers; losses. */
#include <math.h>

#include "base/rng.h"
#include "kern/conv.h"
#include "kern/elem.h"
#include "kern/gemm.h"
#include "kern/pool.h"
#include "unit/check.h"
#include "unit/conv.h"

enum { MOST = 4000 }; /* numbers in a map or in weights */

static struct cd_rng rng;

static void
draw(float *p, size_t n)
{
	CHECK(n <= MOST);
	while (n-- > 0)
		*p++ = (float)cd_rng_uniform(&rng, -1, 1);
}

/* ---- differences ---- */

/* A function of all that its arg holds. */
typedef double fn_of(void *arg);

static void
widen(double *to, const float *from, size_t n)
{
	while (n-- > 0)
		*to++ = (double)*from++;
}

/* Is got[n] the gradient of fn by x[n], which fn reads? Of many, about a
 * hundred are tried. */
static void
check_gradient(const char *what, fn_of *fn, void *arg, double *x,
    const float *got, size_t n)
{
	static double want[MOST];
	const double h = 1e-6;
	double keep, most = 0, above, tolerance;
	size_t i, step = n / 100 + 1;

	for (i = 0; i < n; i += step) {
		keep = x[i];
		x[i] = keep + h;
		above = fn(arg);
		x[i] = keep - h;
		want[i] = (above - fn(arg)) / (2 * h);
		x[i] = keep;
		most = fmax(most, fabs(want[i]));
	}
	CHECK(most > 0);
	for (i = 0; i < n; i += step) {
		tolerance = 1e-4 * fabs(want[i]) + 1e-5 * most;
		check_near((double)got[i], want[i], tolerance, what, __FILE__,
		    __LINE__);
	}
}

/* ---- convolution ---- */

struct conv_args {
	struct cd_conv cv;
	double x[MOST], w[MOST], b[MOST], dy[MOST];
};

/* One number of the convolution, before ReLU and pooling. */
static double
conv_at(const struct conv_args *a, int i, int j, int o)
{
	const struct cd_conv *cv = &a->cv;
	double sum = a->b[o];
	int u, v, c, row, column;

	for (u = 0; u < cv->kh; u++)
		for (v = 0; v < cv->kw; v++) {
			row = i * cv->stride + u - cv->pad;
			column = j * cv->stride + v - cv->pad;
			if (row < 0 || row >= cv->h || column < 0 ||
			    column >= cv->w)
				continue;
			for (c = 0; c < cv->cin; c++)
				sum += a->x[(row * cv->w + column) * cv->cin +
					   c] *
				    a->w[((u * cv->kw + v) * cv->cin + c) *
					    cv->cout +
					o];
		}
	return sum;
}

/* The output times dy: its gradient by the output is dy. */
static double
conv_product(void *arg)
{
	const struct conv_args *a = arg;
	const struct cd_conv *cv = &a->cv;
	int i, j, o, q, p = cv->pool ? 2 : 1, at = 0;
	double sum = 0, y;

	for (i = 0; i < cv->yh; i++)
		for (j = 0; j < cv->yw; j++)
			for (o = 0; o < cv->cout; o++, at++) {
				y = conv_at(a, i * p, j * p, o);
				for (q = 1; q < p * p; q++)
					y = fmax(y,
					    conv_at(a, i * p + q / p,
						j * p + q % p, o));
				sum += a->dy[at] * (cv->relu ? fmax(y, 0) : y);
			}
	return sum;
}

static void
test_conv(const struct cd_conv_variant *v, const struct cd_conv *cv)
{
	static struct conv_args a;
	static float x[MOST], w[MOST], b[MOST], y[MOST], dy[MOST];
	static float dx[MOST], dw[MOST], db[MOST];
	static uint8_t which[MOST];
	size_t nx = (size_t)cv->h * cv->w * cv->cin, nb = (size_t)cv->cout;
	size_t nw = (size_t)cv->kh * cv->kw * cv->cin * nb;
	size_t ny = (size_t)cv->yh * cv->yw * nb;
	struct conv_maps maps = { x, w, b, dy, y, dw, db, dx, which };

	draw(x, nx);
	draw(w, nw);
	draw(b, nb);
	draw(dy, ny);
	a.cv = *cv;
	widen(a.x, x, nx);
	widen(a.w, w, nw);
	widen(a.b, b, nb);
	widen(a.dy, dy, ny);
	conv_run(v, cv, 1, &maps);
	check_gradient("dx", conv_product, &a, a.x, dx, nx);
	check_gradient("dw", conv_product, &a, a.w, dw, nw);
	check_gradient("db", conv_product, &a, a.b, db, nb);
}

static void
test_convs(const struct cd_conv_variant *v)
{
	/* h, w, cin, kh, kw, stride, pad, cout */
	static const int shapes[][8] = { { 6, 7, 3, 3, 3, 1, 0, 4 },
		{ 5, 6, 2, 3, 3, 1, 1, 5 }, { 8, 7, 2, 2, 3, 2, 1, 3 },
		{ 4, 4, 3, 1, 1, 1, 0, 6 }, { 9, 8, 1, 5, 5, 3, 2, 4 },
		{ 8, 8, 4, 3, 3, 1, 1, 8 }, { 7, 6, 16, 3, 3, 1, 1, 16 } };
	struct cd_conv cv;
	size_t i;
	int j;

	for (i = 0; i < sizeof shapes / sizeof *shapes; i++)
		for (j = 0; j < 4; j++) {
			const int *s = shapes[i];

			cv = (struct cd_conv){ .h = s[0],
				.w = s[1],
				.cin = s[2],
				.kh = s[3],
				.kw = s[4],
				.stride = s[5],
				.pad = s[6],
				.cout = s[7],
				.relu = j & 1,
				.pool = j & 2 };
			cd_conv_shape(&cv);
			if (v->fits(&cv))
				test_conv(v, &cv);
		}
}

/* ---- pooling ---- */

struct pool_args {
	struct cd_pool p;
	double x[MOST], dy[MOST];
};

static double
pool_product(void *arg)
{
	const struct pool_args *a = arg;
	const struct cd_pool *p = &a->p;
	int i, j, k, u, v, at = 0;
	double sum = 0, most;

	for (i = 0; i < p->yh; i++)
		for (j = 0; j < p->yw; j++)
			for (k = 0; k < p->c; k++, at++) {
				most = -INFINITY;
				for (u = i * p->stride;
				     u < i * p->stride + p->size; u++)
					for (v = j * p->stride;
					     v < j * p->stride + p->size; v++)
						most = fmax(most,
						    a->x[(u * p->w + v) * p->c +
							k]);
				sum += a->dy[at] * most;
			}
	return sum;
}

static void
test_pool(void)
{
	static const struct cd_pool shapes[] = { { 6, 7, 3, 2, 2, 3, 3 },
		{ 7, 9, 2, 3, 2, 3, 4 }, { 5, 5, 4, 2, 1, 4, 4 } };
	static struct pool_args a;
	static float x[MOST], y[MOST], dy[MOST], dx[MOST];
	static uint8_t which[MOST];
	size_t i, nx, ny;

	for (i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		a.p = shapes[i];
		nx = (size_t)a.p.h * a.p.w * a.p.c;
		ny = (size_t)a.p.yh * a.p.yw * a.p.c;
		draw(x, nx);
		draw(dy, ny);
		widen(a.x, x, nx);
		widen(a.dy, dy, ny);
		cd_pool_best()->max(&a.p, x, y, which);
		cd_pool_best()->max_back(&a.p, which, dy, dx);
		check_gradient("pool dx", pool_product, &a, a.x, dx, nx);
	}
}

/* ---- dense layers: y = max(x w + b, 0) of M rows ---- */

enum { M = 5, IN = 13, OUT = 7 };

struct dense_args {
	double x[M * IN], w[IN * OUT], b[OUT], dy[M * OUT];
};

static double
dense_product(void *arg)
{
	const struct dense_args *a = arg;
	double sum = 0, y;
	int i, j, k;

	for (i = 0; i < M; i++)
		for (j = 0; j < OUT; j++) {
			y = a->b[j];
			for (k = 0; k < IN; k++)
				y += a->x[i * IN + k] * a->w[k * OUT + j];
			sum += a->dy[i * OUT + j] * fmax(y, 0);
		}
	return sum;
}

static void
test_dense(cd_gemm_fn *gemm)
{
	static struct dense_args a;
	float x[M * IN], w[IN * OUT], b[OUT], y[M * OUT], dy[M * OUT];
	float dx[M * IN], dw[IN * OUT] = { 0 }, db[OUT] = { 0 };

	draw(x, M * IN);
	draw(w, IN * OUT);
	draw(b, OUT);
	draw(dy, M * OUT);
	widen(a.x, x, M * IN);
	widen(a.w, w, IN * OUT);
	widen(a.b, b, OUT);
	widen(a.dy, dy, M * OUT);
	gemm(false, false, M, OUT, IN, x, IN, w, OUT, 0, y, OUT);
	cd_add_bias(M, OUT, b, y);
	cd_relu(M * OUT, y);
	cd_relu_backward(M * OUT, y, dy);
	cd_sum_rows(M, OUT, dy, db);
	gemm(true, false, IN, OUT, M, x, IN, dy, OUT, 1, dw, OUT);
	gemm(false, true, M, IN, OUT, dy, OUT, w, OUT, 0, dx, IN);
	check_gradient("dense dx", dense_product, &a, a.x, dx, M * IN);
	check_gradient("dense dw", dense_product, &a, a.w, dw, IN * OUT);
	check_gradient("dense db", dense_product, &a, a.b, db, OUT);
}

/* ---- losses ---- */

enum { ROWS = 6, K = 4 };

struct loss_args {
	double z[ROWS * K];
	float t[ROWS * K];
};

static double
logistic(void *arg)
{
	const struct loss_args *a = arg;
	double sum = 0, t;
	int i;

	for (i = 0; i < ROWS * K; i++) {
		t = (double)a->t[i];
		sum += t * log(1 + exp(-a->z[i])) +
		    (1 - t) * log(1 + exp(a->z[i]));
	}
	return sum;
}

static double
softmax(void *arg)
{
	const struct loss_args *a = arg;
	double total = 0, sum;
	int i, j;

	for (i = 0; i < ROWS; i++) {
		sum = 0;
		for (j = 0; j < K; j++)
			sum += exp(a->z[i * K + j]);
		for (j = 0; j < K; j++)
			total -= (double)a->t[i * K + j] *
			    log(exp(a->z[i * K + j]) / sum);
	}
	return total;
}

static void
test_losses(void)
{
	static struct loss_args a;
	float z[ROWS * K], dz[ROWS * K], p[ROWS * K];
	int i;

	draw(z, ROWS * K);
	for (i = 0; i < ROWS * K; i++)
		z[i] *= 5;
	widen(a.z, z, ROWS * K);
	for (i = 0; i < ROWS * K; i++)
		a.t[i] = (float)(i % 3) / 2;
	CHECK_NEAR(cd_logistic_loss(ROWS * K, z, a.t, 1, p, dz), logistic(&a),
	    1e-6);
	check_gradient("logistic dz", logistic, &a, a.z, dz, ROWS * K);
	for (i = 0; i < ROWS * K; i++)
		a.t[i] = i % K == i / K % K;
	a.t[1] = a.t[0] = 0.5f;
	CHECK_NEAR(cd_softmax_loss(ROWS, K, z, a.t, 1, p, dz), softmax(&a),
	    1e-6);
	check_gradient("softmax dz", softmax, &a, a.z, dz, ROWS * K);
}

int
main(void)
{
	const struct cd_conv_row *conv;
	const struct cd_gemm_row *gemm;

	cd_rng_start(&rng, 1, 0, 0, CD_RNG_TEST);
	cd_gemm_best(); /* before its variants: they share settings */
	CD_EACH_VARIANT (conv, cd_conv_table)
		test_convs(conv->variant);
	test_pool();
	CD_EACH_VARIANT (gemm, cd_gemm_table)
		test_dense(gemm->variant->gemm);
	test_losses();
	return CHECK_DONE();
}
