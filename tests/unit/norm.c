/* The numbers that kern/norm.h tells a caller to compute give the gradient of
 * the normalised batch: against central differences of a loss in double. */
#include "kern/norm.h"

#include <math.h>

#include "base/rng.h"
#include "unit/check.h"

enum { N = 2, H = 3, W = 4, C = 9, M = N * H * W, SIZE = M * C };

#define EPSILON 1e-3

/* One batch: y = relu(norm(x) + add), loss = sum of y dy. */
struct batch {
	double x[SIZE], add[SIZE], gamma[C], beta[C];
	float dy[SIZE];
};

static double
loss(const struct batch *b)
{
	double sum = 0, mean, var, y;
	int i, j;

	for (j = 0; j < C; j++) {
		mean = var = 0;
		for (i = j; i < SIZE; i += C)
			mean += b->x[i] / M;
		for (i = j; i < SIZE; i += C)
			var += (b->x[i] - mean) * (b->x[i] - mean) / M;
		for (i = j; i < SIZE; i += C) {
			y = (b->x[i] - mean) / sqrt(var + EPSILON);
			y = y * b->gamma[j] + b->beta[j] + b->add[i];
			sum += y > 0 ? y * b->dy[i] : 0;
		}
	}
	return sum;
}

/* The change of the loss with one of its numbers. */
static double
slope(const struct batch *b, double *at)
{
	const double was = *at, step = 1e-6;
	double up, down;

	*at = was + step;
	up = loss(b);
	*at = was - step;
	down = loss(b);
	*at = was;
	return (up - down) / (2 * step);
}

static void
draw(struct batch *b, uint64_t seed)
{
	struct cd_rng r;
	int i;

	cd_rng_start(&r, seed, 0, 0, CD_RNG_TEST);
	for (i = 0; i < SIZE; i++) {
		/* floats, so that the kernel sees the same */
		b->x[i] = (float)cd_rng_uniform(&r, 3, 5);
		b->add[i] = (float)cd_rng_uniform(&r, -2, 2);
		b->dy[i] = (float)cd_rng_uniform(&r, -1, 1);
	}
	for (i = 0; i < C; i++) {
		b->gamma[i] = cd_rng_uniform(&r, -2, 2);
		b->beta[i] = cd_rng_uniform(&r, -1, 1);
	}
}

/* As the header says. */
static void
test(const struct cd_norm_variant *v)
{
	static const struct cd_norm p = { H, W, C, true, 0, H, W };
	struct batch b;
	float x[SIZE], add[SIZE], y[SIZE], dx[SIZE], dadd[SIZE];
	float shift[C], mean[C], scale[C], beta[C], fa[C], fb[C], fk[C];
	const struct cd_norm_channels f = { mean, scale, beta, fa, fb, fk };
	double s[2 * C] = { 0 }, back[2 * C] = { 0 }, r[C], d;
	int i;

	draw(&b, 1);
	for (i = 0; i < SIZE; i++) {
		x[i] = (float)b.x[i];
		add[i] = (float)b.add[i];
	}
	for (i = 0; i < C; i++)
		shift[i] = 4.2f;
	v->sums(&p, N, x, shift, s);
	for (i = 0; i < C; i++) {
		d = s[i] / M;
		mean[i] = (float)(shift[i] + d);
		r[i] = 1 / (s[C + i] / M - d * d + EPSILON);
		scale[i] = (float)(b.gamma[i] * sqrt(r[i]));
		beta[i] = (float)b.beta[i];
	}
	v->forward(&p, N, x, &f, add, y, NULL, NULL);
	d = 0;
	for (i = 0; i < SIZE; i++)
		d += (double)y[i] * b.dy[i];
	CHECK_NEAR(d, loss(&b), 1e-4);
	v->backward_sums(&p, N, x, &f, y, NULL, b.dy, back);
	for (i = 0; i < C; i++) {
		fa[i] = scale[i];
		fb[i] = (float)(-scale[i] * r[i] * back[C + i] / M);
		fk[i] = (float)(-scale[i] * back[i] / M);
		CHECK_NEAR(back[i], slope(&b, &b.beta[i]), 1e-4);
		CHECK_NEAR(back[C + i] * sqrt(r[i]), slope(&b, &b.gamma[i]),
		    1e-4);
	}
	v->backward(&p, N, x, &f, y, NULL, b.dy, dx, dadd);
	for (i = 0; i < SIZE; i++) {
		CHECK_NEAR(dx[i], slope(&b, &b.x[i]), 1e-4);
		CHECK_NEAR(dadd[i], slope(&b, &b.add[i]), 1e-4);
	}
}

int
main(void)
{
	const struct cd_norm_row *row;

	CD_EACH_VARIANT (row, cd_norm_table)
		test(row->variant);
	return CHECK_DONE();
}
