/* cd_optim_step against what PyTorch makes of the same gradients
 * (tests/vectors/make-optim.py); clipping and averages for any number of
 * threads. Run it in the root of the source tree. */
#include "train/optim.h"
#include "net/text.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "base/rng.h"
#include "unit/check.h"
#include "unit/vector.h"

enum { W = 6, B = 2, N = W + B };

static struct cd_model model;
static struct cd_plan *plan;

static void
open_net(const char *text, int threads)
{
	struct cd_err e = { "" };
	struct cd_net net;

	if (cd_net_parse(&net, text, strlen(text), "net", &e) < 0 ||
	    cd_model_init(&model, &net, 1, &e) < 0 ||
	    cd_plan_new(&plan, &model, 0, 0, 1, threads, true, &e) < 0) {
		printf("%s\n", e.msg);
		exit(1);
	}
}

static void
close_net(void)
{
	cd_plan_free(plan);
	cd_model_free(&model);
}

/* The plan's own, which the test fills. */
static float *
grad(int i)
{
	return (float *)(size_t)cd_plan_grad(plan, i);
}

static void
read_floats(FILE *f, float *w, float *b)
{
	int i;

	for (i = 0; i < N; i++)
		*(i < W ? &w[i] : &b[i - W]) = (float)vector_number(f);
}

static void
same(FILE *f, const float *w, const float *b)
{
	float want[N];
	int i;

	read_floats(f, want, want + W);
	for (i = 0; i < N; i++)
		CHECK_NEAR(i < W ? w[i] : b[i - W], want[i], 2e-6);
}

static void
test_case(FILE *f, const char *kind, int threads)
{
	struct cd_optim o = { .kind = CD_OPTIM_SGD };
	struct cd_err e = { "" };
	struct cd_param *p;
	int n = 0, t, steps;

	CHECK(cd_parse_word(kind, cd_optim_names, &n, &e) == 0);
	o.kind = (enum cd_optim_kind)n;
	o.lr = vector_number(f);
	o.momentum = vector_number(f);
	o.nesterov = vector_number(f) != 0;
	o.rho = vector_number(f);
	o.beta1 = vector_number(f);
	o.beta2 = vector_number(f);
	o.epsilon = vector_number(f);
	o.weight_decay = vector_number(f);
	o.clip = vector_number(f);
	o.average = vector_number(f);
	steps = (int)vector_number(f);
	open_net("input 1 1 3 scale 1\nflatten\ndense 2\nloss softmax\n",
	    threads);
	p = model.param;
	CHECK(model.nparams == 2 && p[0].n == W && p[1].n == B);
	read_floats(f, p[0].value, p[1].value);
	CHECK(cd_optim_prepare(&o, &model, 0, &e) == 0);
	CHECK((cd_model_average(&model) >= 0) == (o.average > 0));
	for (t = 1; t <= steps; t++) {
		read_floats(f, grad(0), grad(1));
		CHECK((cd_optim_step(&o, &model, plan, (uint64_t)t) > 0) ==
		    (o.clip > 0));
		same(f, p[0].value, p[1].value);
		/* without an average the vectors' is the parameters */
		if (o.average > 0)
			same(f, p[0].slot[CD_AVERAGE_SLOT],
			    p[1].slot[CD_AVERAGE_SLOT]);
		else
			same(f, p[0].value, p[1].value);
	}
	close_net();
}

static void
test_vectors(int threads)
{
	FILE *f = vector_open("optim.txt");
	char kind[16];
	int cases = 0;

	for (; fscanf(f, "%15s", kind) == 1; cases++)
		test_case(f, kind, threads);
	CHECK(cases == 8);
	fclose(f);
}

static void
draw(float *x, size_t n, uint64_t seed)
{
	struct cd_rng r;

	cd_rng_start(&r, seed, 0, 0, CD_RNG_TEST);
	while (n-- > 0)
		*x++ = (float)cd_rng_uniform(&r, -1, 1);
}

/* More numbers than a task takes, and not a multiple of anything. */
static const char wide[] = "input 11 13 3 scale 1\nflatten\ndense 501\n"
			   "dense 2\nloss softmax\n";

static void
test_threads(void)
{
	struct cd_optim o = { .kind = CD_OPTIM_ADAMW,
		.lr = 0.01,
		.beta1 = 0.9,
		.beta2 = 0.999,
		.epsilon = 1e-7,
		.weight_decay = 0.1,
		.clip = 1,
		.average = 0.99 };
	static float first[11 * 13 * 3 * 501];
	struct cd_err e = { "" };
	double norm, want = 0, sum;
	int threads, i;
	size_t k;

	for (threads = 1; threads <= 3; threads++) {
		open_net(wide, threads);
		CHECK(cd_optim_prepare(&o, &model, 0, &e) == 0);
		for (sum = 0, i = 0; i < model.nparams; i++) {
			draw(grad(i), model.param[i].n, (uint64_t)i);
			for (k = 0; k < model.param[i].n; k++)
				sum += (double)grad(i)[k] * grad(i)[k];
		}
		norm = cd_optim_step(&o, &model, plan, 1);
		CHECK_NEAR(norm, sqrt(sum), 1e-10 * norm);
		CHECK(threads == 1 || norm == want);
		want = norm;
		CHECK(model.param[0].n * sizeof(float) == sizeof first);
		if (threads == 1)
			memcpy(first, model.param[0].value, sizeof first);
		CHECK(memcmp(first, model.param[0].value, sizeof first) == 0);
		close_net();
	}
}

static void
test_not_finite(void)
{
	struct cd_optim o = { .kind = CD_OPTIM_SGD, .lr = 0.1, .clip = 1 };
	struct cd_err e = { "" };
	float before;

	open_net("input 1 1 3 scale 1\nflatten\ndense 2\nloss softmax\n", 1);
	CHECK(cd_optim_prepare(&o, &model, 0, &e) == 0);
	draw(grad(0), W, 1);
	draw(grad(1), B, 2);
	CHECK(!cd_optim_not_finite(&model, plan));
	grad(1)[1] = INFINITY;
	before = model.param[0].value[0];
	CHECK(isinf(cd_optim_step(&o, &model, plan, 1)));
	CHECK(model.param[0].value[0] == before);
	CHECK_TEXT(cd_optim_not_finite(&model, plan), "dense1/bias");
	close_net();
}

/* Another optimiser's state, and averages that begin late or are left. */
static void
test_prepare(void)
{
	struct cd_optim o = { .kind = CD_OPTIM_SGD, .lr = 0.1 };
	struct cd_err e = { "" }, none = { "" };

	open_net("input 1 1 3 scale 1\nflatten\ndense 2\nloss softmax\n", 1);
	CHECK(cd_optim_prepare(&o, &model, 0, &e) == 0);
	CHECK(cd_model_average(&model) < 0);
	o.average = 0.9;
	CHECK(cd_optim_prepare(&o, &model, 7, &e) == 0);
	CHECK(cd_model_average(&model) == CD_AVERAGE_SLOT);
	CHECK(memcmp(model.param[0].slot[CD_AVERAGE_SLOT], model.param[0].value,
		  W * sizeof(float)) == 0);
	o.kind = CD_OPTIM_ADAM;
	CHECK(cd_optim_prepare(&o, &model, 7, &e) < 0);
	CHECK_TEXT(e.msg,
	    "the model was trained by another optimiser: it has no 'moment1' "
	    "to go on with");
	o.kind = CD_OPTIM_SGD;
	o.average = 0;
	CHECK(cd_optim_prepare(&o, &model, 7, &none) < 0);
	CHECK_TEXT(none.msg,
	    "the model has a moving average, which --average must go on "
	    "with");
	close_net();
}

int
main(void)
{
	test_vectors(1);
	test_vectors(2);
	test_threads();
	test_not_finite();
	test_prepare();
	return CHECK_DONE();
}
