/* A net in double, by plain loops over its list of layers: what the plan's
 * steps are compared with. Dropout is left out: nets tested here have none. */
#ifndef CD_TESTS_UNIT_NET_DOUBLE_H
#define CD_TESTS_UNIT_NET_DOUBLE_H

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "net/model.h"
#include "unit/check.h"

/* The map that a layer makes: [n,h,w,c]. */
struct map {
	const int *shape;
	double *at;
};

struct net_double {
	const struct cd_model *model;
	const struct cd_layer *layer; /* at the size wanted */
	int n;			      /* pictures */
	bool training;
	double **param; /* [nparams], of the model's order */
	double *input;	/* [n,H,W,C], scaled */
	int in[3];
	double **map; /* [nlayers] */
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

static inline void
nd_open(struct net_double *d, const struct cd_model *m,
    const struct cd_layer *layer, const int in[3], int n, const uint8_t *images)
{
	size_t i, volume = nd_volume(in) * (size_t)n;
	int k, c;

	d->model = m;
	d->layer = layer;
	d->n = n;
	memcpy(d->in, in, sizeof d->in);
	d->param = calloc((size_t)m->nparams, sizeof *d->param);
	d->map = calloc((size_t)m->net.nlayers, sizeof *d->map);
	CHECK(d->param && d->map);
	d->input = nd_doubles(volume);
	for (i = 0; i < volume; i++) {
		c = (int)(i % (size_t)in[2]);
		d->input[i] = (images[i] * m->net.scale -
				  (double)m->net.mean[c]) /
		    (double)m->net.deviation[c];
	}
	for (k = 0; k < m->nparams; k++) {
		d->param[k] = nd_doubles(m->param[k].n);
		for (i = 0; i < m->param[k].n; i++)
			d->param[k][i] = (double)m->param[k].value[i];
	}
	for (k = 0; k < m->net.nlayers; k++)
		d->map[k] = nd_doubles((size_t)n * nd_volume(layer[k].out));
}

static inline void
nd_close(struct net_double *d)
{
	int k;

	for (k = 0; k < d->model->nparams; k++)
		free(d->param[k]);
	for (k = 0; k < d->model->net.nlayers; k++)
		free(d->map[k]);
	free(d->param);
	free(d->map);
	free(d->input);
}

/* The t-th parameter of layer k. */
static inline const double *
nd_param(const struct net_double *d, int k, int t)
{
	int i;

	for (i = 0; i < d->model->nparams; i++)
		if (d->model->param[i].layer == k && t-- == 0)
			return d->param[i];
	return NULL;
}

static inline const double *
nd_map(const struct net_double *d, int layer)
{
	return layer == CD_NET_PICTURE ? d->input : d->map[layer];
}

/* x at row, column, channel of one picture; NULL outside. */
static inline const double *
nd_cell(const int in[3], const double *x, int row, int column)
{
	if (row < 0 || row >= in[0] || column < 0 || column >= in[1])
		return NULL;
	return x +
	    ((size_t)row * (size_t)in[1] + (size_t)column) * (size_t)in[2];
}

static inline double
nd_conv_at(const struct cd_layer *l, const double *x, const double *w, int i,
    int j, int o)
{
	int each = l->in[2] / l->groups, u, v, c;
	int first = o / (l->out[2] / l->groups) * each;
	double sum = 0;

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

static inline double
nd_pool_at(const struct cd_layer *l, const double *x, int i, int j, int o)
{
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

/* Layers that work on a picture by itself: cell at of picture x. */
static inline double
nd_at(const struct net_double *d, int k, const double *x, const double *other,
    size_t at)
{
	const struct cd_layer *l = &d->layer[k];
	const double *w = nd_param(d, k, 0), *b = nd_param(d, k, 1);
	int o = (int)(at % (size_t)l->out[2]), c;
	int ij = (int)(at / (size_t)l->out[2]);
	double y = x[l->kind == CD_LAYER_CONV || l->kind == CD_LAYER_POOL ||
		    l->kind == CD_LAYER_DENSE ?
		0 :
		at];

	switch (l->kind) {
	case CD_LAYER_CONV:
		y = nd_conv_at(l, x, w, ij / l->out[1], ij % l->out[1], o);
		return b ? y + b[o] : y;
	case CD_LAYER_POOL:
		return nd_pool_at(l, x, ij / l->out[1], ij % l->out[1], o);
	case CD_LAYER_ADD:
		return y + other[at];
	case CD_LAYER_DENSE:
		for (y = b[o], c = 0; c < l->in[2]; c++)
			y += x[c] * w[c * l->out[2] + o];
		return y;
	default:
		return y;
	}
}

static inline void
nd_norm(const struct net_double *d, int k, const double *x, double *y)
{
	const struct cd_layer *l = &d->layer[k];
	size_t c, i, nc = (size_t)l->in[2];
	size_t n = nd_volume(l->in) * (size_t)d->n;

	for (c = 0; c < nc; c++) {
		double mean = nd_param(d, k, 2)[c], v = nd_param(d, k, 3)[c];
		double m = (double)n / (double)nc, sum = 0, square = 0;

		for (i = c; i < n && d->training; i += nc)
			sum += x[i];
		mean = d->training ? sum / m : mean;
		for (i = c; i < n && d->training; i += nc)
			square += (x[i] - mean) * (x[i] - mean);
		v = d->training ? square / m : v;
		for (i = c; i < n; i += nc)
			y[i] = (x[i] - mean) / sqrt(v + l->epsilon) *
				nd_param(d, k, 0)[c] +
			    nd_param(d, k, 1)[c];
	}
}

/* Squeeze-and-excitation of one picture. */
static inline void
nd_excite(const struct net_double *d, int k, const double *x, double *y)
{
	const struct cd_layer *l = &d->layer[k];
	size_t c, i, r, nc = (size_t)l->in[2], n = nd_volume(l->in);
	size_t nr = (size_t)l->reduce;
	double *mean = nd_doubles(nc), *hidden = nd_doubles(nr);

	for (i = 0; i < n; i++)
		mean[i % nc] += x[i] / ((double)n / (double)nc);
	for (r = 0; r < nr; r++) {
		hidden[r] = nd_param(d, k, 1)[r];
		for (c = 0; c < nc; c++)
			hidden[r] += mean[c] * nd_param(d, k, 0)[c * nr + r];
		hidden[r] = fmax(hidden[r], 0);
	}
	for (c = 0; c < nc; c++) {
		double z = nd_param(d, k, 3)[c];

		for (r = 0; r < nr; r++)
			z += hidden[r] * nd_param(d, k, 2)[r * nc + c];
		for (i = c; i < n; i += nc)
			y[i] = x[i] / (1 + exp(-z));
	}
	free(mean);
	free(hidden);
}

static inline void
nd_layer(const struct net_double *d, int k)
{
	const struct cd_layer *l = &d->layer[k];
	size_t nx = nd_volume(l->in), ny = nd_volume(l->out), at;
	const double *x = nd_map(d, l->from);
	double *y = d->map[k];
	int p;

	if (l->kind == CD_LAYER_NORM)
		nd_norm(d, k, x, y);
	for (p = 0; p < d->n; p++)
		if (l->kind == CD_LAYER_EXCITE)
			nd_excite(d, k, x + p * nx, y + p * ny);
		else if (l->kind != CD_LAYER_NORM)
			for (at = 0; at < ny; at++)
				y[p * ny + at] = nd_at(d, k, x + p * nx,
				    l->kind == CD_LAYER_ADD ?
					nd_map(d, l->other) + p * ny :
					NULL,
				    at);
	for (at = 0; at < ny * (size_t)d->n; at++)
		if (l->relu || l->kind == CD_LAYER_RELU)
			y[at] = fmax(y[at], 0);
}

/* Forward; logits of the last layer, [n, outputs]. */
static inline const double *
nd_forward(const struct net_double *d)
{
	int k;

	for (k = 0; k < d->model->net.nlayers; k++)
		nd_layer(d, k);
	return d->map[d->model->net.nlayers - 1];
}

/* Probability of class c of picture p, after nd_forward. */
static inline double
nd_probability(const struct net_double *d, int p, int c)
{
	const struct cd_net *net = &d->model->net;
	const double *z = d->map[net->nlayers - 1] + p * net->noutputs;
	double two[2] = { 0, z[0] }, sum = 0;
	int i;

	/* a logistic net is a softmax of 0 and z */
	z = net->loss == CD_LOSS_LOGISTIC ? two : z;
	for (i = 0; i < net->nclasses; i++)
		sum += exp(z[i] - z[c]);
	return 1 / sum;
}

/* The mean over the pictures of weight times loss. */
static inline double
nd_loss(const struct net_double *d, const float *targets, const float *weights)
{
	int p, c, k = d->model->net.nclasses;
	double sum = 0;

	nd_forward(d);
	for (p = 0; p < d->n; p++)
		for (c = 0; c < k; c++)
			sum -= (double)targets[p * k + c] *
			    log(nd_probability(d, p, c)) *
			    (weights ? (double)weights[p] : 1);
	return sum / d->n;
}

#endif
