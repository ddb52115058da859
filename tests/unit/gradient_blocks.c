/* Nets as the plan computes them, layers fused into steps, against the same
 * nets in double: the loss, the gradient of every parameter by central
 * differences, running statistics, predictions, gradients by the map of every
 * layer; at the net's own size and at another. A net for each kind of layer,
 * and nets of several. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "net/text.h"
#include "plan/plan.h"
#include "unit/net_double.h"

enum {
	N = 11, /* pictures: more than the parts of a sum, and odd */
	SIDE_MOST = 13,
	DIRECTIONS = 3,
};

static const struct {
	const char *name;
	int side; /* of the plan; the net's own is 10 */
	const char *text;
} nets[] = {
	{ "norms", 10,
	    "conv 5 3x3 norm relu pad same\nconv 8 3x3 norm pad same nobias\n"
	    "pool max 2\nnorm relu\npool max 2\nflatten\ndense 3\n"
	    "loss softmax\n" },
	{ "norm of the picture", 10,
	    "norm\nconv 8 3x3\nnorm relu gamma 0.5\nconv 16 3x3 norm relu\n"
	    "pool max 2\npool avg global\ndense 1\nloss logistic\n" },
	{ "identity", 10,
	    "conv 16 3x3 norm relu pad same\nblock\n"
	    "conv 16 3x3 norm relu pad same\nconv 16 3x3 norm pad same\n"
	    "end relu\nblock\nnorm relu\nconv 16 1x1 nobias\nend\n"
	    "block\nnorm\nend relu\nblock\nconv 16 3x3 norm pad same\nend\n"
	    "pool avg global\ndense 2\nloss softmax\n" },
	{ "projection", 13,
	    "conv 8 3x3 norm relu stride 2 pad same\nblock\n"
	    "conv 16 3x3 norm relu stride 2 pad same\n"
	    "conv 16 3x3 norm pad same\nexcite 4\nshortcut\n"
	    "pool avg 2 pad same\nconv 16 1x1 norm\nend relu\n"
	    "pool avg global\ndense 2\nloss softmax\n" },
	{ "Xception", 12,
	    "conv 8 3x3 nobias\nblock\nnorm relu\n"
	    "separable 16 3x3 pad same nobias\nnorm relu\n"
	    "separable 16 3x3 pad same\npool max 3 stride 2 pad same\n"
	    "shortcut\nconv 16 1x1 stride 2 nobias\nend\n"
	    "pool avg global\ndense 1\nloss logistic\n" },
	{ "groups and paths", 10,
	    "conv 8 3x3 relu\nblock\nblock\nrelu\n"
	    "conv 8 3x3 pad same groups 2\n"
	    "shortcut\nexcite 2\nend\npool avg 3 stride 1 pad same\nshortcut\n"
	    "pool max 2 stride 1 pad same\nconv 8 3x3 relu pad same groups 4\n"
	    "end relu\nflatten\ndense 4 relu\ndense 2\nloss softmax\n" },
	{ "norms of the picture beside it", 10,
	    "block\nconv 3 3x3 norm pad same\nshortcut\nnorm\nend relu\n"
	    "pool avg global\ndense 2\nloss softmax\n" },
	{ "and of what is made of it", 10,
	    "pool avg 2\nblock\nconv 3 3x3 norm pad same\nshortcut\nnorm\n"
	    "end relu\nblock\nnorm relu\nshortcut\nnorm\nend\n"
	    "pool avg global\ndense 2\nloss softmax\n" },
	{ "book", 10,
	    "conv 8 3x3 relu\npool max 2\nflatten\ndense 16 relu\n"
	    "dense 1\nloss logistic\n" },
	{ "many layers", 10,
	    "conv 8 3x3 pad same\npool max 3 stride 2\nrelu\n"
	    "conv 9 3x3 relu pad same\npool max 2\nconv 4 1x1\nrelu\n"
	    "flatten\ndense 16 relu\ndense 4\nloss softmax\n" },
	{ "fused pool", 10,
	    "conv 8 3x3 stride 2 pad 1\npool max 2\n"
	    "conv 12 2x2 relu pad 1\npool max 2\nflatten\ndense 2\n"
	    "loss softmax\n" },
	{ "dropout", 10,
	    "conv 8 3x3 relu\ndropout 0.5\npool max 2\nblock\n"
	    "dropout 0.4\nconv 8 3x3 norm pad same\ndropout 0.3\nend relu\n"
	    "flatten\ndropout 0.5\ndense 3\nloss softmax\n" },
	{ "wide", 10,
	    "conv 32 3x3 norm relu pad same\nblock\n"
	    "conv 32 3x3 norm relu pad same\nconv 32 3x3 norm pad same\n"
	    "end relu\npool max 2\nconv 48 3x3 norm relu stride 2 pad same\n"
	    "pool avg global\ndense 3\nloss softmax\n" },
	{ "many weights", 10,
	    "conv 96 3x3 norm relu pad same\npool max 2\nblock\n"
	    "conv 96 3x3 norm relu pad same\nend\n"
	    "conv 96 3x3 relu pad same\npool max 2\npool avg global\n"
	    "dense 3\nloss softmax\n" },
};

static uint8_t images[N * SIDE_MOST * SIDE_MOST * 3];
static float targets[N * 4], weights[N];

static double
slope(struct net_double *d, int k, const double *direction)
{
	const double h = 1e-6;
	size_t n = d->model->param[k].n, i;
	double above;

	for (i = 0; i < n; i++)
		d->param[k][i] += h * direction[i];
	above = nd_loss(d, targets, weights);
	for (i = 0; i < n; i++)
		d->param[k][i] -= 2 * h * direction[i];
	above -= nd_loss(d, targets, weights);
	for (i = 0; i < n; i++)
		d->param[k][i] += h * direction[i];
	return above / (2 * h);
}

static double
length(const double *d, size_t n)
{
	double sum = 0;

	while (n-- > 0)
		sum += d[n] * d[n];
	return sqrt(sum);
}

/* The first direction is the gradient's own. */
static void
test_param(const struct cd_plan *plan, struct net_double *d, int k,
    const char *name, struct cd_rng *rng)
{
	const struct cd_param *p = &d->model->param[k];
	const float *g = cd_plan_grad(plan, k);
	double *way = nd_doubles(p->n), steepest, len, got;
	char what[160];
	int round;
	size_t i;

	for (i = 0; i < p->n; i++)
		way[i] = (double)g[i];
	steepest = length(way, p->n);
	for (round = 0; round < DIRECTIONS; round++) {
		for (i = 0; i < p->n && (round > 0 || steepest == 0); i++)
			way[i] = cd_rng_normal(rng);
		len = length(way, p->n);
		for (got = 0, i = 0; i < p->n; i++)
			got += (way[i] /= len) * (double)g[i];
		snprintf(what, sizeof what, "%s: slope of %s, direction %d",
		    name, p->name, round);
		check_near(got, slope(d, k, way), 1e-4 * steepest + 1e-6, what,
		    __FILE__, __LINE__);
	}
	free(way);
}

/* Running statistics after one step from `before`. */
static void
test_statistics(const struct net_double *d, float **before, const char *name)
{
	const struct cd_model *m = d->model;
	char what[160];
	size_t i, j;
	int k;

	for (k = 0; k < m->nparams; k++) {
		const struct cd_param *p = &m->param[k];
		const struct cd_layer *l = &d->layer[p->layer];
		const double *x = nd_map(d, l->from);
		double n = (double)(d->n * l->in[0] * l->in[1]);

		if (p->role != CD_PARAM_MEAN && p->role != CD_PARAM_VARIANCE)
			continue;
		for (i = 0; i < p->n; i++) {
			double sum = 0, square = 0, want;

			for (j = 0; j < (size_t)n; j++)
				sum += x[j * p->n + i];
			for (j = 0; j < (size_t)n; j++)
				square += pow(x[j * p->n + i] - sum / n, 2);
			want = p->role == CD_PARAM_MEAN ? sum / n :
							  square / (n - 1);
			want = 0.9 * (double)before[k][i] + 0.1 * want;
			snprintf(what, sizeof what, "%s: %s[%zu]", name,
			    p->name, i);
			check_near((double)p->value[i], want,
			    2e-5 * (1 + fabs(want)), what, __FILE__, __LINE__);
		}
	}
}

static void
copy_values(const struct cd_model *m, float **to)
{
	int k;

	for (k = 0; k < m->nparams; k++) {
		to[k] = malloc(m->param[k].n * sizeof **to);
		CHECK(to[k]);
		memcpy(to[k], m->param[k].value, m->param[k].n * sizeof **to);
	}
}

static void
test_training(struct cd_model *m, const struct cd_layer *layer, int side,
    const char *name, int threads, struct cd_rng *rng)
{
	const int in[3] = { side, side, 3 };
	struct net_double d = { .training = true };
	struct cd_err err = { "" };
	struct cd_plan *plan;
	float *before[100];
	char what[160];
	double want;
	int k;

	copy_values(m, before);
	nd_open(&d, m, layer, in, N, images);
	if (cd_plan_new(&plan, m, side, side, N + 2, threads, true, &err) < 0) {
		printf("%s: %s\n", name, err.msg);
		CHECK(0);
		return;
	}
	want = nd_loss(&d, targets, weights);
	snprintf(what, sizeof what, "%s: loss", name);
	check_near(cd_plan_gradient(plan, images, targets, NULL, weights, N, 1,
		       1)
		       .loss /
		N,
	    want, 2e-5 * want, what, __FILE__, __LINE__);
	test_statistics(&d, before, name);
	for (k = 0; k < m->nparams; k++) {
		free(before[k]);
		if (cd_plan_grad(plan, k))
			test_param(plan, &d, k, name, rng);
	}
	cd_plan_free(plan);
	nd_close(&d);
}

/* training: by a plan that can train, too. */
static void
test_predicting(struct cd_model *m, const struct cd_layer *layer, int side,
    const char *name, bool training)
{
	const int in[3] = { side, side, 3 };
	struct net_double d = { .training = false };
	struct cd_err err = { "" };
	struct cd_plan *plan;
	float p[N * 4];
	char what[160];
	int i, c, k = m->net.nclasses;

	nd_open(&d, m, layer, in, N, images);
	nd_forward(&d);
	if (cd_plan_new(&plan, m, side, side, N, 2, training, &err) < 0) {
		printf("%s: %s\n", name, err.msg);
		CHECK(0);
		return;
	}
	cd_plan_predict(plan, images, N, p);
	for (i = 0; i < N; i++)
		for (c = 0; c < k; c++) {
			snprintf(what, sizeof what, "%s: p of %d, %d", name, i,
			    c);
			check_near((double)p[i * k + c],
			    nd_probability(&d, i, c), 1e-5, what, __FILE__,
			    __LINE__);
		}
	cd_plan_free(plan);
	nd_close(&d);
}

/* ---- gradients of class scores by maps ---- */

/* The sum over the pictures of the scores of their classes, by the layers
 * behind k. */
static double
score(const struct net_double *d, int k)
{
	const double *z = nd_forward_from(d, k + 1);
	const struct cd_net *net = &d->model->net;
	double sum = 0;
	int i;

	for (i = 0; i < d->n; i++, z += net->noutputs)
		if (net->loss == CD_LOSS_LOGISTIC)
			sum += i % 2 ? z[0] : -z[0];
		else
			sum += z[i % net->nclasses];
	return sum;
}

/* By the map of layer k along way [n]. */
static double
score_slope(struct net_double *d, int k, const double *way, size_t n)
{
	const double h = 1e-6;
	double above;
	size_t i;

	for (i = 0; i < n; i++)
		d->map[k][i] += h * way[i];
	above = score(d, k);
	for (i = 0; i < n; i++)
		d->map[k][i] -= 2 * h * way[i];
	above -= score(d, k);
	for (i = 0; i < n; i++)
		d->map[k][i] += h * way[i];
	return above / (2 * h);
}

/* Numbers next to 0 stay: ReLU before and max pooling behind them have no
 * slope there. */
static void
test_map(struct net_double *d, int k, const float *map, const float *grad,
    const char *name, struct cd_rng *rng)
{
	size_t n = nd_volume(d->layer[k].out) * (size_t)d->n, i;
	double *way = nd_doubles(n), got, steepest, len;
	char what[160];
	int round;

	snprintf(what, sizeof what, "%s: map of %s", name, d->layer[k].name);
	for (i = 0; i < n; i++) {
		check_near((double)map[i], d->map[k][i],
		    1e-4 * (1 + fabs(d->map[k][i])), what, __FILE__, __LINE__);
		way[i] = fabs(d->map[k][i]) < 1e-4 ? 0 : (double)grad[i];
	}
	steepest = length(way, n);
	for (round = 0; round < DIRECTIONS; round++) {
		for (i = 0; i < n && (round > 0 || steepest == 0); i++)
			way[i] = fabs(d->map[k][i]) < 1e-4 ? 0 :
							     cd_rng_normal(rng);
		len = length(way, n);
		for (got = 0, i = 0; i < n; i++)
			got += (way[i] /= len) * (double)grad[i];
		snprintf(what, sizeof what, "%s: score by %s, direction %d",
		    name, d->layer[k].name, round);
		check_near(got, score_slope(d, k, way, n),
		    1e-4 * steepest + 1e-6, what, __FILE__, __LINE__);
	}
	free(way);
}

static void
test_maps(struct cd_model *m, const struct cd_layer *layer, int side,
    const char *name, int threads, struct cd_rng *rng)
{
	const int in[3] = { side, side, 3 };
	struct net_double d = { .training = false };
	struct cd_err err = { "" };
	const float *map, *grad;
	struct cd_plan *plan;
	float p[N * 4];
	int i, k, class[N];

	nd_open(&d, m, layer, in, N, images);
	nd_forward(&d);
	for (i = 0; i < N; i++)
		class[i] = i % m->net.nclasses;
	for (k = 0; k < m->net.nlayers; k++) {
		if (!layer[k].kind->step) /* flatten */
			continue;
		if (cd_plan_new_map(&plan, m, side, side, N + 1, threads, k,
			&err) < 0) {
			printf("%s: %s\n", name, err.msg);
			CHECK(0);
			break;
		}
		/* twice: a run leaves nothing behind */
		for (i = 0; i < 2; i++) {
			cd_plan_predict(plan, images, N, p);
			cd_plan_score_gradient(plan, N, class, &map, &grad);
		}
		test_map(&d, k, map, grad, name, rng);
		cd_plan_free(plan);
	}
	nd_close(&d);
}

/* Gamma and the like, which start at 0 or 1, anywhere. */
static void
stir(struct cd_model *m, struct cd_rng *rng)
{
	size_t i;
	int k;

	for (k = 0; k < m->nparams; k++)
		for (i = 0; i < m->param[k].n; i++)
			if (m->param[k].role != CD_PARAM_WEIGHT)
				m->param[k].value[i] += (float)
				    cd_rng_uniform(rng, -0.2, 0.4);
}

static void
test_net(const char *name, int side, const char *lines, int threads,
    struct cd_rng *rng)
{
	struct cd_err err = { "" };
	struct cd_layer layer[64];
	struct cd_model m;
	struct cd_net net;
	char text[900];
	int i, classes;

	snprintf(text, sizeof text,
	    "input 10 10 3 scale 1/255 mean 0.5 0.4 0.3 deviation 0.3 0.2 "
	    "0.25\ninit he\n%s",
	    lines);
	if (cd_net_parse(&net, text, strlen(text), name, &err) < 0 ||
	    cd_model_init(&m, &net, 1, &err) < 0 || m.net.nlayers > 64 ||
	    m.nparams > 100 ||
	    cd_net_at_size(&m.net, side, side, layer, &err) < 0) {
		printf("%s: %s\n", name, err.msg);
		CHECK(0);
		return;
	}
	classes = m.net.nclasses;
	memset(targets, 0, sizeof targets);
	for (i = 0; i < N; i++) {
		targets[i * classes + i % classes] = 0.875f;
		targets[i * classes + (i + 1) % classes] += 0.125f;
		weights[i] = (float)cd_rng_uniform(rng, 0.5, 1.5);
	}
	stir(&m, rng);
	if (!strstr(lines, "dropout 0.")) /* not in net_double.h */
		test_training(&m, layer, side, name, threads, rng);
	test_maps(&m, layer, side, name, threads, rng);
	test_predicting(&m, layer, side, name, false);
	test_predicting(&m, layer, side, name, true);
	cd_model_free(&m);
}

static void
test_kind(const struct cd_layer_kind *kind, struct cd_rng *rng)
{
	size_t row = nd_row(kind);
	char text[400];

	snprintf(text, sizeof text, "%s\nflatten\ndense 3\nloss softmax\n",
	    layers[row].net);
	test_net(kind->name, 10, text, 2, rng);
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
		test_net(nets[i].name, nets[i].side, nets[i].text,
		    1 + (int)(i % 3), &rng);
	for (i = 0; i < CD_LAYER_KINDS; i++)
		test_kind(cd_layer_kinds[i], &rng);
	return CHECK_DONE();
}
