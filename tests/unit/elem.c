/* The vector loops: edge values, accuracy of the losses against long double,
 * dropout's draws. The optimisers are compared in torch_vectors.c. */
#include "kern/elem.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "kern/excite.h"
#include "kern/pool.h"
#include "unit/check.h"

enum { N = 1003 }; /* no multiple of a vector */

static void
draw(float *p, size_t n, uint64_t seed)
{
	struct cd_rng r;

	cd_rng_start(&r, seed, 0, 0, CD_RNG_TEST);
	while (n-- > 0)
		*p++ = (float)cd_rng_uniform(&r, -2, 2);
}

static void
test_relu(void)
{
	float x[] = { -1, -0.0f, 0, FLT_TRUE_MIN, -FLT_TRUE_MIN, 3, INFINITY,
		-INFINITY, NAN };
	float dy[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	static const float y[] = { 0, 0, 0, FLT_TRUE_MIN, 0, 3, INFINITY, 0 };
	static const float want[] = { 0, 0, 0, 1, 0, 1, 1, 0, 1 };
	int i;

	cd_relu(9, x);
	for (i = 0; i < 8; i++)
		CHECK(x[i] == y[i]);
	CHECK(isnan(x[8]));
	cd_relu_backward(9, x, dy);
	for (i = 0; i < 9; i++)
		CHECK(dy[i] == want[i]);
}

static void
test_sums(void)
{
	static uint8_t bytes[256];
	static float x[N], y[N], z[N], scaled[256];
	float m[6] = { 1, 2, 3, 4, 5, 6 }, b[3] = { 10, 20, 30 };
	int i;

	draw(x, N, 1);
	draw(y, N, 2);
	memcpy(z, y, sizeof z);
	cd_add(N, x, y);
	for (i = 0; i < N; i++)
		CHECK(y[i] == x[i] + z[i]);
	for (i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	cd_bytes_to_floats(85, 3, bytes, m, b, scaled);
	for (i = 0; i < 85; i++) { /* pixels of three channels */
		CHECK(scaled[3 * i] == (float)(3 * i) - 10);
		CHECK(scaled[3 * i + 1] == (float)(6 * i + 2) - 20);
		CHECK(scaled[3 * i + 2] == (float)(9 * i + 6) - 30);
	}
	cd_add_bias(2, 3, b, m);
	CHECK(m[0] == 11 && m[1] == 22 && m[2] == 33);
	CHECK(m[3] == 14 && m[4] == 25 && m[5] == 36);
	cd_sum_rows(2, 3, m, b);
	CHECK(b[0] == 35 && b[1] == 67 && b[2] == 99);
}

static void
test_dropout(void)
{
	static float x[N], y[N], part[N];
	double zeros = 0;
	int i, from, to;

	draw(x, N, 3);
	cd_dropout(N, 0.25f, 1, 7, 0, x, y);
	for (i = 0; i < N; i++) {
		zeros += y[i] == 0;
		CHECK(y[i] == 0 || fabsf(y[i] - x[i] / 0.75f) <= 4e-7f);
	}
	CHECK_NEAR(zeros / N, 0.25, 5 * sqrt(0.25 * 0.75 / N));
	/* in pieces of any length, in place: the same */
	for (from = 0; from < N; from = to) {
		to = from + 1 + from % 11 < N ? from + 1 + from % 11 : N;
		memcpy(part + from, x + from,
		    (size_t)(to - from) * sizeof *part);
		cd_dropout((size_t)(to - from), 0.25f, 1, 7, (uint64_t)from,
		    part + from, part + from);
	}
	CHECK(memcmp(y, part, sizeof y) == 0);
	/* other seeds, steps and places: others */
	cd_dropout(N, 0.25f, 2, 7, 0, x, part);
	CHECK(memcmp(y, part, sizeof y) != 0);
	cd_dropout(N, 0.25f, 1, 8, 0, x, part);
	CHECK(memcmp(y, part, sizeof y) != 0);
	cd_dropout(N, 0.25f, 1, 7 + (1ull << 32), 0, x, part);
	CHECK(memcmp(y, part, sizeof y) != 0);
	cd_dropout(N, 0.25f, 1, 7, 1ull << 34, x, part);
	CHECK(memcmp(y, part, sizeof y) != 0);
	cd_dropout(N, 0, 1, 7, 0, x, part);
	CHECK(memcmp(x, part, sizeof x) == 0);
}

static const float far[] = { 0, -0.0f, 1e-30f, 1e-4f, -1e-4f, 0.7f, -3, 20, -20,
	50, -50, 88, -88, 104, -104, 800, -800, 1e4f, -1e4f };
enum { FAR = sizeof far / sizeof *far };

static void
near_ld(double got, long double want, double relative)
{
	CHECK_NEAR(got, want, (double)fabsl(want) * relative + 1e-45);
}

static void
test_logistic(void)
{
	static const float targets[] = { 0, 1, 0.3f };
	float p, dz;
	long double z, t, e, wp, want;
	double loss;
	int i, j;

	for (i = 0; i < FAR; i++)
		for (j = 0; j < 3; j++) {
			loss = cd_logistic_loss(1, &far[i], &targets[j], 0.5f,
			    &p, &dz);
			z = (long double)far[i];
			t = (long double)targets[j];
			e = expl(-fabsl(z));
			wp = z < 0 ? e / (1 + e) : 1 / (1 + e);
			want = t * log1pl(expl(-z)) + (1 - t) * log1pl(expl(z));
			near_ld(loss, want, 1e-12);
			near_ld(p, wp, 6e-8);
			/* (1 - t) p - t (1 - p), without cancelling */
			want = (1 - t) * wp - t * (z < 0 ? 1 : e) / (1 + e);
			near_ld(dz, want / 2, t == 0 || t == 1 ? 6e-8 : 1e-6);
		}
	/* a sum, and nothing wanted but that */
	loss = cd_logistic_loss(FAR, far, far, 1, NULL, NULL);
	want = 0;
	for (i = 0; i < FAR; i++)
		want += (long double)cd_logistic_loss(1, &far[i], &far[i], 1,
		    NULL, NULL);
	near_ld(loss, want, 1e-14);
}

static void
test_sigmoid(void)
{
	float s[FAR], ds[FAR], dz[FAR];
	long double z, e;
	int i;

	cd_sigmoid(FAR, far, s);
	for (i = 0; i < FAR; i++) {
		z = (long double)far[i];
		e = expl(-fabsl(z));
		near_ld(s[i], z < 0 ? e / (1 + e) : 1 / (1 + e), 6e-8);
		ds[i] = (float)(i + 1);
	}
	cd_sigmoid_backward(FAR, s, ds, dz);
	for (i = 0; i < FAR; i++) {
		z = (long double)s[i];
		near_ld(dz[i], (i + 1) * z * (1 - z), 2e-7);
	}
}

static void
test_softmax(void)
{
	enum { K = 5, M = FAR - K };
	float z[M * K], t[M * K] = { 0 }, p[M * K], dz[M * K];
	long double sum, max, want, total = 0;
	int i, j;

	for (i = 0; i < M; i++) {
		memcpy(z + i * K, far + i, K * sizeof *z);
		t[i * K + i % K] = 0.75f;
		t[i * K + (i + 2) % K] = 0.25f;
	}
	CHECK(cd_softmax_loss(M, K, z, t, 1, NULL, NULL) ==
	    cd_softmax_loss(M, K, z, t, 2, p, dz));
	for (i = 0; i < M; i++) {
		max = sum = 0;
		for (j = 0; j < K; j++)
			max = fmaxl(max, (long double)z[i * K + j]);
		for (j = 0; j < K; j++)
			sum += expl((long double)z[i * K + j] - max);
		for (j = 0; j < K; j++) {
			want = expl((long double)z[i * K + j] - max) / sum;
			near_ld(p[i * K + j], want, 6e-8);
			want = 2 * (want - (long double)t[i * K + j]);
			CHECK_NEAR(dz[i * K + j], want, 2e-7);
			total += (long double)t[i * K + j] *
			    (logl(sum) + max - (long double)z[i * K + j]);
		}
	}
	near_ld(cd_softmax_loss(M, K, z, t, 1, p, NULL), total, 1e-12);
}

/* Windows that overlap and do not fill the map; ties. */
static void
test_pool(void)
{
	static const struct cd_pool p = { 5, 6, 2, 3, 2, 2, 2 };
	float x[60], y[8], best, dx[60], sum = 0;
	float dy[8] = { 1, 2, 4, 8, 16, 32, 64, 128 };
	uint8_t which[8];
	int i, j, k, q, at, first;

	for (i = 0; i < 60; i++)
		x[i] = (float)(i * 7 % 5);
	cd_pool_best()->max(&p, x, y, which);
	for (i = 0; i < 8; i++) {
		k = i % 2;
		j = i / 2 % 2;
		best = -1;
		first = -1;
		for (q = 0; q < 9; q++) {
			at = ((i / 4 * 2 + q / 3) * 6 + j * 2 + q % 3) * 2 + k;
			if (x[at] > best) {
				best = x[at];
				first = q;
			}
		}
		CHECK(y[i] == best && which[i] == first);
	}
	/* every cell won at the same pixel, the centre of all four */
	memset(x, 0, sizeof x);
	x[(2 * 6 + 2) * 2] = x[(2 * 6 + 2) * 2 + 1] = 1;
	cd_pool_best()->max(&p, x, y, NULL);
	cd_pool_best()->max(&p, x, y, which);
	memset(dx, 0xff, sizeof dx);
	cd_pool_best()->max_back(&p, which, dy, dx);
	CHECK(dx[(2 * 6 + 2) * 2] == 1 + 4 + 16 + 64);
	CHECK(dx[(2 * 6 + 2) * 2 + 1] == 2 + 8 + 32 + 128);
	for (i = 0; i < 60; i++)
		sum += dx[i];
	CHECK(sum == 255);
}

int
main(void)
{
	test_relu();
	test_sums();
	test_dropout();
	test_logistic();
	test_sigmoid();
	test_softmax();
	test_pool();
	return CHECK_DONE();
}
