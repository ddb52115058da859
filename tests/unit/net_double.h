/* A net in double, layer by layer (layer_double.h): the reference for plans. */
#ifndef CD_TESTS_UNIT_NET_DOUBLE_H
#define CD_TESTS_UNIT_NET_DOUBLE_H

#include "net/model.h"
#include "unit/layer_double.h"

struct net_double {
	const struct cd_model *model;
	const struct cd_layer *layer; /* for the input size */
	int n;			      /* pictures */
	bool training;
	double **param; /* [nparams], in the model's order */
	double *input;	/* [n,H,W,C], scaled */
	int in[3];
	double **map; /* [nlayers] */
};

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

static inline void
nd_layer(const struct net_double *d, int k)
{
	const struct cd_layer *l = &d->layer[k];
	struct layer_double of = { .l = l,
		.n = d->n,
		.training = d->training,
		.x = nd_map(d, l->from) };
	size_t at, n = nd_volume(l->out) * (size_t)d->n;
	int t;

	if (l->other != CD_LAYER_NONE)
		of.other = nd_map(d, l->other);
	for (t = 0; t < CD_LAYER_PARAMS_MAX; t++)
		of.param[t] = nd_param(d, k, t);
	layers[nd_row(l->kind)].forward(&of, d->map[k]);
	for (at = 0; at < n && l->relu; at++)
		d->map[k][at] = fmax(d->map[k][at], 0);
}

/* The forward pass from layer k on; returns the logits, [n, outputs]. */
static inline const double *
nd_forward_from(const struct net_double *d, int k)
{
	for (; k < d->model->net.nlayers; k++)
		nd_layer(d, k);
	return d->map[d->model->net.nlayers - 1];
}

static inline const double *
nd_forward(const struct net_double *d)
{
	return nd_forward_from(d, 0);
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

/* The mean over pictures of weight times loss; weights NULL: 1. Runs
 * nd_forward. */
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
