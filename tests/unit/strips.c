/* A depthwise convolution and one of 1x1, computed by strips of rows, against
 * the same two as steps of their own: a bias, which is 0, keeps them apart.
 * Maps are so large that there are several strips. And norms that are deferred
 * to the convolution behind them. */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "net/model.h"
#include "net/text.h"
#include "plan/plan.h"
#include "unit/check.h"

enum {
	N = 5, /* pictures */
	SIDE = 61,
};

/* %s: where the bias of the depthwise convolution is turned off. */
static const struct {
	const char *name;
	const char *text;
} nets[] = {
	{ "norm and pool",
	    "conv 24 3x3 norm relu pad same\n"
	    "conv 24 3x3 pad same groups 24 %s\nconv 40 1x1 norm relu\n"
	    "pool max 2\n" },
	{ "ReLU and pool, no padding",
	    "conv 32 3x3 norm relu pad same\nconv 32 5x5 groups 32 %s\n"
	    "conv 32 1x1 relu\npool max 2\n" },
	{ "stride 2",
	    "conv 32 3x3 norm relu pad same\n"
	    "conv 32 5x5 stride 2 pad 2 groups 32 %s\n"
	    "conv 64 1x1 norm relu\n" },
	{ "stride 3, a window of 4",
	    "conv 16 3x3 norm relu pad same\n"
	    "conv 16 4x4 stride 3 pad 1 groups 16 %s\nconv 128 1x1\n" },
	{ "a shortcut around it",
	    "conv 32 3x3 norm relu pad same\nblock\n"
	    "conv 32 3x3 pad same groups 32 %s\nconv 32 1x1 norm\nend relu\n"
	    "norm relu\nblock\nconv 32 3x3 pad same groups 32 nobias\n"
	    "conv 32 1x1 norm gamma 0.5\nend\n" },
	{ "a convolution before one of 3x3",
	    "conv 16 3x3 norm relu pad same\n"
	    "conv 32 3x3 norm relu pad same %s\nconv 32 1x1\n" },
	{ "on the picture",
	    "conv 3 7x7 pad same groups 3 %s\nconv 64 1x1 norm relu\n" },
};

static uint8_t images[N * SIDE * SIDE * 3];
static float targets[N * 3];

struct made {
	struct cd_net net;
	struct cd_model model;
	struct cd_plan *plan;
	double loss;
};

static void
make(struct made *m, int k, const char *bias, int threads)
{
	struct cd_err e = { "" };
	char text[800], layers[600];

	snprintf(layers, sizeof layers, nets[k].text, bias);
	snprintf(text, sizeof text,
	    "input %d %d 3 scale 1/255\n%spool avg global\ndense 3\n"
	    "loss softmax\n",
	    SIDE, SIDE, layers);
	if (cd_net_parse(&m->net, text, strlen(text), nets[k].name, &e) < 0 ||
	    cd_model_init(&m->model, &m->net, 1, &e) < 0 ||
	    cd_plan_new(&m->plan, &m->model, 0, 0, N, threads, true, &e) < 0) {
		printf("%s\n", e.msg);
		abort();
	}
	m->loss = cd_plan_gradient(m->plan, images, targets, NULL, NULL, N, 3,
	    5)
		      .loss;
}

static void
unmake(struct made *m)
{
	cd_plan_free(m->plan);
	cd_model_free(&m->model);
}

/* The gradient that the other has for the parameter of the same name. */
static const float *
gradient_of(const struct made *m, const char *name, size_t n)
{
	int i;

	for (i = 0; i < m->model.nparams; i++)
		if (strcmp(m->model.param[i].name, name) == 0 &&
		    m->model.param[i].n == n)
			return cd_plan_grad(m->plan, i);
	return NULL;
}

static void
compare(const struct made *got, const struct made *want, int k)
{
	const float *g, *w;
	double off, all;
	char what[160];
	size_t j, n;
	int i;

	check_near(got->loss, want->loss, 1e-5, nets[k].name, __FILE__,
	    __LINE__);
	for (i = 0; i < got->model.nparams; i++) {
		g = cd_plan_grad(got->plan, i);
		n = got->model.param[i].n;
		w = gradient_of(want, got->model.param[i].name, n);
		CHECK((g == NULL) == (w == NULL));
		for (off = all = 0, j = 0; g && w && j < n; j++) {
			off += ((double)g[j] - w[j]) * ((double)g[j] - w[j]);
			all += (double)w[j] * w[j];
		}
		snprintf(what, sizeof what, "%s: gradient of %s", nets[k].name,
		    got->model.param[i].name);
		check_near(sqrt(off), 0, 1e-4 * sqrt(all) + 1e-7, what,
		    __FILE__, __LINE__);
	}
}

/* The bits of another number of threads. */
static void
same(const struct made *a, const struct made *b)
{
	const float *g, *h;
	int i;

	CHECK(a->loss == b->loss);
	for (i = 0; i < a->model.nparams; i++) {
		g = cd_plan_grad(a->plan, i);
		h = cd_plan_grad(b->plan, i);
		CHECK(!g || memcmp(g, h, a->model.param[i].n * sizeof *g) == 0);
	}
}

/* Predictions, in which a norm is folded into the weights. */
static void
predict(const struct made *m, float *p)
{
	struct cd_err e = { "" };
	struct made copy = *m;
	struct cd_plan *plan;

	CHECK(cd_plan_new(&plan, &copy.model, 0, 0, N, 2, false, &e) == 0);
	cd_plan_predict(plan, images, N, p);
	cd_plan_free(plan);
}

/* Predictions by another slot, such as training's validation: of the plan that
 * trains, whose norms may be deferred, and of one that only predicts. */
static void
by_slot(struct made *m, int k)
{
	float p[N * 3], q[N * 3];
	struct cd_err e = { "" };
	struct cd_plan *plan;
	struct cd_param *at;
	size_t i;
	int j;

	CHECK(cd_model_slot(&m->model, CD_AVERAGE_SLOT, CD_AVERAGE_NAME, &e) ==
	    0);
	for (j = 0; j < m->model.nparams; j++)
		for (at = &m->model.param[j], i = 0; i < at->n; i++)
			at->slot[CD_AVERAGE_SLOT][i] = 1.25f * at->value[i] +
			    0.0625f;
	cd_plan_read_slot(m->plan, CD_AVERAGE_SLOT);
	cd_plan_predict(m->plan, images, N, p);
	cd_plan_read_slot(m->plan, -1);
	CHECK(cd_plan_new(&plan, &m->model, 0, 0, N, 2, false, &e) == 0);
	cd_plan_read_slot(plan, CD_AVERAGE_SLOT);
	cd_plan_predict(plan, images, N, q);
	cd_plan_free(plan);
	for (i = 0; i < N * 3; i++)
		check_near(p[i], q[i], 1e-5, nets[k].name, __FILE__, __LINE__);
}

int
main(void)
{
	float p[N * 3], q[N * 3];
	struct made strips, apart, threads;
	struct cd_rng rng;
	size_t i;
	int k;

	cd_rng_start(&rng, 1, 0, 0, 0);
	for (i = 0; i < sizeof images; i++)
		images[i] = (uint8_t)cd_rng_below(&rng, 256);
	for (i = 0; i < N; i++)
		targets[i * 3 + i % 3] = 1;
	for (k = 0; k < (int)(sizeof nets / sizeof nets[0]); k++) {
		make(&strips, k, "nobias", 1);
		make(&apart, k, "", 2);
		make(&threads, k, "nobias", 3);
		compare(&strips, &apart, k);
		same(&strips, &threads);
		predict(&strips, p);
		predict(&apart, q);
		for (i = 0; i < N * 3; i++)
			check_near(p[i], q[i], 1e-5, nets[k].name, __FILE__,
			    __LINE__);
		by_slot(&strips, k);
		unmake(&strips);
		unmake(&apart);
		unmake(&threads);
	}
	return CHECK_DONE();
}
