/* Every kind of layer in double, by plain loops: its forward pass, the
 * reference for the plan's steps, and a net to compare with. A new kind needs a
 * row in layers[] below. */
#ifndef CD_TESTS_UNIT_LAYER_DOUBLE_H
#define CD_TESTS_UNIT_LAYER_DOUBLE_H

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "layer/kinds.h"
#include "unit/check.h"

/* A layer and its inputs, of all pictures. */
struct layer_double {
	const struct cd_layer *l;
	int n; /* pictures */
	bool training;
	const double *x, *other;		  /* [n,...]; other or NULL */
	const double *param[CD_LAYER_PARAMS_MAX]; /* NULL: has none */
};

static inline size_t
nd_volume(const int s[3])
{
	return (size_t)s[0] * (size_t)s[1] * (size_t)s[2];
}

static inline double *
nd_doubles(size_t n)
{
	double *p = calloc(n ? n : 1, sizeof *p);

	CHECK(p);
	return p;
}

/* The channels of one picture x at row, column; NULL outside. */
static inline const double *
nd_cell(const int in[3], const double *x, int row, int column)
{
	if (row < 0 || row >= in[0] || column < 0 || column >= in[1])
		return NULL;
	return x +
	    ((size_t)row * (size_t)in[1] + (size_t)column) * (size_t)in[2];
}

/* Fills y by at(), called with picture, row, column, channel. */
static inline void
nd_each(const struct layer_double *d, double *y,
    double (*at)(const struct layer_double *, const double *, int, int, int))
{
	const int *out = d->l->out;
	int p, i, j, o;

	for (p = 0; p < d->n; p++)
		for (i = 0; i < out[0]; i++)
			for (j = 0; j < out[1]; j++)
				for (o = 0; o < out[2]; o++)
					*y++ = at(d,
					    d->x +
						(size_t)p * nd_volume(d->l->in),
					    i, j, o);
}

static inline double
nd_conv_at(const struct layer_double *d, const double *x, int i, int j, int o)
{
	const struct cd_layer *l = d->l;
	const double *w = d->param[0];
	int each = l->in[2] / l->groups, u, v, c;
	int first = o / (l->out[2] / l->groups) * each;
	double sum = d->param[1] ? d->param[1][o] : 0;

	for (u = 0; u < l->kh; u++)
		for (v = 0; v < l->kw; v++, w += (size_t)each * l->out[2]) {
			const double *p = nd_cell(l->in, x,
			    i * l->stride + u - l->pad,
			    j * l->stride + v - l->pad);

			for (c = 0; p && c < each; c++)
				sum += p[first + c] * w[c * l->out[2] + o];
		}
	return sum;
}

static inline void
nd_conv(const struct layer_double *d, double *y)
{
	nd_each(d, y, nd_conv_at);
}

static inline double
nd_pool_at(const struct layer_double *d, const double *x, int i, int j, int o)
{
	const struct cd_layer *l = d->l;
	bool global = l->pool == CD_POOL_GLOBAL;
	int h = global ? l->in[0] : l->kh, w = global ? l->in[1] : l->kw;
	int before = l->same ? (l->kh - 1) / 2 : 0, u, v, n = 0;
	double most = -INFINITY, sum = 0;

	for (u = 0; u < h; u++)
		for (v = 0; v < w; v++) {
			const double *p = nd_cell(l->in, x,
			    i * l->stride + u - before,
			    j * l->stride + v - before);

			if (!p)
				continue;
			most = fmax(most, p[o]);
			sum += p[o];
			n++;
		}
	return l->pool == CD_POOL_MAX ? most : sum / n;
}

static inline void
nd_pool(const struct layer_double *d, double *y)
{
	nd_each(d, y, nd_pool_at);
}

static inline double
nd_dense_at(const struct layer_double *d, const double *x, int i, int j, int o)
{
	double sum = d->param[1][o];
	int c;

	(void)i, (void)j;
	for (c = 0; c < d->l->in[2]; c++)
		sum += x[c] * d->param[0][c * d->l->out[2] + o];
	return sum;
}

static inline void
nd_dense(const struct layer_double *d, double *y)
{
	nd_each(d, y, nd_dense_at);
}

/* flatten, and dropout, which is compared at rate 0 only */
static inline void
nd_copy(const struct layer_double *d, double *y)
{
	memcpy(y, d->x, (size_t)d->n * nd_volume(d->l->in) * sizeof *y);
}

static inline void
nd_relu(const struct layer_double *d, double *y)
{
	size_t i, n = (size_t)d->n * nd_volume(d->l->in);

	for (i = 0; i < n; i++)
		y[i] = fmax(d->x[i], 0);
}

static inline void
nd_leaky(const struct layer_double *d, double *y)
{
	size_t i, n = (size_t)d->n * nd_volume(d->l->in);

	for (i = 0; i < n; i++)
		y[i] = fmax(d->x[i], 0) + d->l->alpha * fmin(d->x[i], 0);
}

static inline void
nd_add(const struct layer_double *d, double *y)
{
	size_t i, n = (size_t)d->n * nd_volume(d->l->in);

	for (i = 0; i < n; i++)
		y[i] = d->x[i] + d->other[i];
}

static inline void
nd_norm(const struct layer_double *d, double *y)
{
	size_t c, i, nc = (size_t)d->l->in[2];
	size_t n = nd_volume(d->l->in) * (size_t)d->n;
	const double *x = d->x;

	for (c = 0; c < nc; c++) {
		double mean = d->param[2][c], v = d->param[3][c];
		double m = (double)n / (double)nc, sum = 0, square = 0;

		for (i = c; i < n && d->training; i += nc)
			sum += x[i];
		mean = d->training ? sum / m : mean;
		for (i = c; i < n && d->training; i += nc)
			square += (x[i] - mean) * (x[i] - mean);
		v = d->training ? square / m : v;
		for (i = c; i < n; i += nc)
			y[i] = (x[i] - mean) / sqrt(v + d->l->epsilon) *
				d->param[0][c] +
			    d->param[1][c];
	}
}

/* One picture. */
static inline void
nd_excite_one(const struct layer_double *d, const double *x, double *y)
{
	size_t c, i, r, nc = (size_t)d->l->in[2], n = nd_volume(d->l->in);
	size_t nr = (size_t)d->l->reduce;
	double *mean = nd_doubles(nc), *hidden = nd_doubles(nr);

	for (i = 0; i < n; i++)
		mean[i % nc] += x[i] / ((double)n / (double)nc);
	for (r = 0; r < nr; r++) {
		hidden[r] = d->param[1][r];
		for (c = 0; c < nc; c++)
			hidden[r] += mean[c] * d->param[0][c * nr + r];
		hidden[r] = fmax(hidden[r], 0);
	}
	for (c = 0; c < nc; c++) {
		double z = d->param[3][c];

		for (r = 0; r < nr; r++)
			z += hidden[r] * d->param[2][r * nc + c];
		for (i = c; i < n; i += nc)
			y[i] = x[i] / (1 + exp(-z));
	}
	free(mean);
	free(hidden);
}

static inline void
nd_excite(const struct layer_double *d, double *y)
{
	size_t n = nd_volume(d->l->in);
	int p;

	for (p = 0; p < d->n; p++)
		nd_excite_one(d, d->x + (size_t)p * n, y + (size_t)p * n);
}

/* net: the lines between the input, 10x10x3, and flatten, dense 3 and a softmax
 * loss. */
static const struct {
	const char *kind;
	void (*forward)(const struct layer_double *, double *y);
	const char *net;
} layers[] = {
	{ "conv", nd_conv, "conv 8 3x3 relu stride 2 pad 1\nconv 4 2x2" },
	{ "norm", nd_norm, "conv 4 3x3\nnorm relu gamma 0.5 momentum 0.9" },
	{ "relu", nd_relu, "conv 4 3x3\nrelu\nconv 4 1x1" },
	{ "leaky", nd_leaky,
	    "block\nconv 3 3x3 pad same\nleaky 0.2\nend\nleaky 0.01" },
	{ "pool", nd_pool, "conv 4 3x3\npool max 3 stride 2\npool avg 2" },
	{ "excite", nd_excite, "conv 8 3x3\nexcite 2" },
	{ "add", nd_add, "block\nconv 3 3x3 pad same\nend relu" },
	{ "flatten", nd_copy, "conv 4 3x3\nflatten" },
	{ "dropout", nd_copy, "conv 4 3x3\ndropout 0" },
	{ "dense", nd_dense, "conv 4 3x3\nflatten\ndense 7 relu" },
};

/* The row of a kind; exits with 1 if there is none. */
static inline size_t
nd_row(const struct cd_layer_kind *kind)
{
	size_t i, n = sizeof layers / sizeof *layers;

	for (i = 0; i < n; i++)
		if (strcmp(layers[i].kind, kind->name) == 0)
			return i;
	printf("%s has no row for the layer '%s'\n", __FILE__, kind->name);
	exit(1);
}

#endif
