/* The gradient of smooth nets, without ReLU and max pooling, against
 * differences of the plan's own loss: with dropout, which the nets in double
 * of gradient_blocks.c leave out. Parameter by parameter, along the gradient
 * and along random directions. */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "net/model.h"
#include "net/text.h"
#include "plan/plan.h"
#include "unit/check.h"

enum {
	N = 11, /* pictures: more than the parts of a sum, and odd */
	SIDE = 9,
	MOST = 4000, /* numbers of a parameter */
};

/* Dropout keeps its draws from run to run: they are made by seed and step. */
static const struct {
	const char *name;
	const char *text;
} nets[] = {
	{ "softmax",
	    "conv 4 3x3 pad same\nflatten\ndropout 0.5\ndense 8\ndense 3\n"
	    "loss softmax\n" },
	{ "logistic",
	    "conv 4 3x3 stride 2\nconv 5 2x2\nflatten\ndense 6\n"
	    "dropout 0.3\ndense 1\nloss logistic\n" },
};

static uint8_t images[N * SIDE * SIDE * 3];
static float targets[N * 4];

static double
loss(struct cd_plan *plan)
{
	return cd_plan_gradient(plan, images, targets, NULL, NULL, N, 3, 5)
		   .loss /
	    N;
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
		want = slope(plan, p, d);
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
