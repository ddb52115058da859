/* The gradient of whole nets against differences, parameter by parameter,
 * along the gradient and along random directions; of the plan's own loss where
 * that is smooth, and where it has corners (ReLU, pooling) of the same net
 * computed in double, whose steps can be so short that they meet none. */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "net/model.h"
#include "net/plan.h"
#include "unit/check.h"

enum {
	N = 11, /* pictures: more than the parts of a sum, and odd */
	SIDE = 9,
	MOST = 4000, /* numbers of a parameter */
};

/* Dropout keeps its draws from run to run: they are made by seed and step. */
static const struct {
	const char *name;
	bool smooth;
	const char *text;
} nets[] = {
	{ "smooth softmax", true,
	    "conv 4 3x3 pad same\nflatten\ndropout 0.5\ndense 8\ndense 3\n"
	    "loss softmax\n" },
	{ "smooth logistic", true,
	    "conv 4 3x3 stride 2\nconv 5 2x2\nflatten\ndense 6\n"
	    "dropout 0.3\ndense 1\nloss logistic\n" },
	{ "book", false,
	    "conv 8 3x3 relu\npool max 2\nflatten\ndense 16 relu\n"
	    "dense 1\nloss logistic\n" },
	{ "all layers", false,
	    "conv 8 3x3 pad same\npool max 3 stride 2\nrelu\n"
	    "conv 9 3x3 relu pad same\npool max 2\nconv 4 1x1\nrelu\n"
	    "flatten\ndense 16 relu\ndense 4\nloss softmax\n" },
	{ "fused pool", false,
	    "conv 8 3x3 stride 2 pad 1\npool max 2\n"
	    "conv 12 2x2 relu pad 1\npool max 2\nflatten\ndense 2\n"
	    "loss softmax\n" },
};

static uint8_t images[N * SIDE * SIDE * 3];
static float targets[N * 4];

/* ---- the net in double: layers take x [H,W,C] to y ---- */

static double
conv_at(const struct cd_layer *l, const double *x, const double *w, int i,
    int j, int o)
{
	int u, v, c, row, column, cout = l->out[2];
	double sum = 0;

	for (u = 0; u < l->kh; u++)
		for (v = 0; v < l->kw; v++)
			for (c = 0; c < l->in[2]; c++, w += cout) {
				row = i * l->stride + u - l->pad;
				column = j * l->stride + v - l->pad;
				if (row < 0 || row >= l->in[0] || column < 0 ||
				    column >= l->in[1])
					continue;
				row = row * l->in[1] + column;
				sum += x[row * l->in[2] + c] * w[o];
			}
	return sum + w[o]; /* the bias follows the weights */
}

static double
pool_at(const struct cd_layer *l, const double *x, int i, int j, int o)
{
	double most = -INFINITY;
	int u, v, row, column;

	for (u = 0; u < l->kh; u++)
		for (v = 0; v < l->kw; v++) {
			row = i * l->stride + u;
			column = j * l->stride + v;
			most = fmax(most,
			    x[(row * l->in[1] + column) * l->in[2] + o]);
		}
	return most;
}

static double
dense_at(const struct cd_layer *l, const double *x, const double *w, int o)
{
	double sum = 0;
	int k;

	for (k = 0; k < l->in[2]; k++, w += l->out[2])
		sum += x[k] * w[o];
	return sum + w[o];
}

/* w: weights and bias, one behind the other. */
static void
layer(const struct cd_layer *l, const double *x, const double *w, double *y)
{
	int at, n = l->out[0] * l->out[1] * l->out[2];

	for (at = 0; at < n; at++) {
		int o = at % l->out[2], ij = at / l->out[2];
		int i = ij / l->out[1], j = ij % l->out[1];

		y[at] = x[at];
		if (l->kind == CD_LAYER_CONV)
			y[at] = conv_at(l, x, w, i, j, o);
		else if (l->kind == CD_LAYER_POOL)
			y[at] = pool_at(l, x, i, j, o);
		else if (l->kind == CD_LAYER_DENSE)
			y[at] = dense_at(l, x, w, o);
		if (l->relu || l->kind == CD_LAYER_RELU)
			y[at] = fmax(y[at], 0);
	}
}

static double
loss_of(const struct cd_net *net, const double *z, const float *t)
{
	double two[2] = { 0, z[0] }, sum = 0, total = 0;
	int i;

	/* a logistic net is a softmax of 0 and z */
	z = net->loss == CD_LOSS_LOGISTIC ? two : z;
	for (i = 0; i < net->nclasses; i++)
		sum += exp(z[i]);
	for (i = 0; i < net->nclasses; i++)
		total += (double)t[i] * (log(sum) - z[i]);
	return total;
}

/* all: the parameters in their order. */
static double
loss_double(const struct cd_net *net, const double *all)
{
	static double x[MOST], y[MOST];
	int i, k, nin = net->in[0] * net->in[1] * net->in[2], nl;
	double sum = 0;

	for (i = 0; i < N; i++) {
		const double *w = all;

		for (k = 0; k < nin; k++)
			x[k] = images[i * nin + k] * (double)(float)net->scale;
		for (k = 0; k < net->nlayers; k++) {
			const struct cd_layer *l = &net->layer[k];

			layer(l, x, w, y);
			memcpy(x, y, sizeof x);
			nl = l->kind == CD_LAYER_CONV ?
			    l->kh * l->kw * l->in[2] + 1 :
			    l->kind == CD_LAYER_DENSE ? l->in[2] + 1 :
							0;
			w += nl * l->out[2];
		}
		sum += loss_of(net, x, targets + i * net->nclasses);
	}
	return sum / N;
}

/* ---- slopes ---- */

static double
loss(struct cd_plan *plan)
{
	return cd_plan_gradient(plan, images, targets, NULL, N, 3, 5).loss / N;
}

/* The plan's loss when p goes t along direction d from start. */
static double
loss_at(struct cd_plan *plan, struct cd_param *p, const float *start,
    const double *d, double t)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		p->value[i] = (float)((double)start[i] + t * d[i]);
	return loss(plan);
}

/* Along d (of length 1), by five points: exact to the fourth power of the
 * step, which can so be long against rounding. */
static double
slope(struct cd_plan *plan, struct cd_param *p, const double *d)
{
	static float start[MOST];
	const double h = 0.02;
	double s;

	memcpy(start, p->value, p->n * sizeof *start);
	s = 8 *
	    (loss_at(plan, p, start, d, h) - loss_at(plan, p, start, d, -h));
	s -= loss_at(plan, p, start, d, 2 * h) -
	    loss_at(plan, p, start, d, -2 * h);
	memcpy(p->value, start, p->n * sizeof *start);
	return s / (12 * h);
}

static double
slope_double(const struct cd_model *m, int k, const double *d)
{
	static double all[3 * MOST];
	const double h = 1e-6;
	double *w = all, *at = all, above;
	size_t j;
	int i;

	for (i = 0; i < m->nparams; i++) {
		at = i == k ? w : at;
		for (j = 0; j < m->param[i].n; j++)
			*w++ = (double)m->param[i].value[j];
	}
	CHECK(w <= all + 3 * MOST);
	for (j = 0; j < m->param[k].n; j++)
		at[j] += h * d[j];
	above = loss_double(&m->net, all);
	for (j = 0; j < m->param[k].n; j++)
		at[j] -= 2 * h * d[j];
	return (above - loss_double(&m->net, all)) / (2 * h);
}

static double
length(const double *d, size_t n)
{
	double sum = 0;

	while (n-- > 0)
		sum += d[n] * d[n];
	return sqrt(sum);
}

/* Round 0 goes along the gradient, the others anywhere. */
static void
test_param(struct cd_plan *plan, struct cd_model *m, int k, int net,
    struct cd_rng *rng)
{
	static double g[MOST], d[MOST];
	struct cd_param *p = &m->param[k];
	double steepest, len, got, want;
	char what[160];
	size_t i;
	int round;

	CHECK(p->n <= MOST);
	loss(plan);
	for (i = 0; i < p->n; i++)
		g[i] = (double)cd_plan_grad(plan, k)[i];
	steepest = length(g, p->n);
	CHECK(steepest > 0.01);
	for (round = 0; round < 4; round++) {
		for (i = 0; i < p->n; i++)
			d[i] = round ? cd_rng_normal(rng) : g[i];
		len = length(d, p->n);
		got = 0;
		for (i = 0; i < p->n; i++)
			got += (d[i] /= len) * g[i];
		want = nets[net].smooth ? slope(plan, p, d) :
					  slope_double(m, k, d);
		snprintf(what, sizeof what, "%s: slope of %s, direction %d",
		    nets[net].name, p->name, round);
		check_near(got, want, 1e-4 * steepest, what, __FILE__,
		    __LINE__);
	}
}

static void
test_net(int k, struct cd_rng *rng)
{
	char text[400];
	struct cd_err err = { { 0 } };
	struct cd_model m;
	struct cd_plan *plan;
	struct cd_net net;
	size_t i, j, classes;

	snprintf(text, sizeof text, "input %d %d 3 scale 1/255\n%s", SIDE, SIDE,
	    nets[k].text);
	if (cd_net_parse(&net, text, strlen(text), nets[k].name, &err) < 0 ||
	    cd_model_init(&m, &net, 1, &err) < 0 ||
	    cd_plan_new(&plan, &m, 0, 0, N, 1 + k % 2, true, &err) < 0) {
		printf("%s\n", err.msg);
		CHECK(0);
		return;
	}
	classes = (size_t)m.net.nclasses;
	memset(targets, 0, sizeof targets);
	for (i = 0; i < N; i++)
		targets[i * classes + i % classes] = 1;
	/* biases start at 0: where the gradient is easy to get right */
	for (i = 1; i < (size_t)m.nparams; i += 2)
		for (j = 0; j < m.param[i].n; j++)
			m.param[i].value[j] = (float)cd_rng_uniform(rng, -0.1,
			    0.2);
	for (i = 0; i < (size_t)m.nparams; i++)
		test_param(plan, &m, (int)i, k, rng);
	cd_plan_free(plan);
	cd_model_free(&m);
}

int
main(void)
{
	struct cd_rng rng;
	size_t i;

	cd_rng_start(&rng, 1, 0, 0, CD_RNG_TEST);
	for (i = 0; i < sizeof images; i++)
		images[i] = (uint8_t)cd_rng_below(&rng, 256);
	for (i = 0; i < sizeof nets / sizeof *nets; i++)
		test_net((int)i, &rng);
	return CHECK_DONE();
}
