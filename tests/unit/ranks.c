/* Passes of several ranks together against those of one: losses, gradients,
 * statistics of norms and predictions have equal bytes. The ranks are threads;
 * of the images each has but its own. */
#include <pthread.h>
#include <stdlib.h>

#include "base/rng.h"
#include "layer/parts.h"
#include "net/model.h"
#include "net/text.h"
#include "plan/plan.h"
#include "unit/check.h"

enum {
	MOST = 21, /* pictures */
	SIDE = 24,
	IMAGE = SIDE * SIDE * 3,
	CLASSES = 3,
};

static const struct {
	const char *name;
	const char *text;
} nets[] = {
	{ "dense layers and dropout",
	    "conv 16 3x3 relu\npool max 2\nconv 24 3x3 relu\npool max 2\n"
	    "flatten\ndropout 0.5\ndense 40 relu\ndropout 0.3\ndense 3\n" },
	{ "a residual net",
	    "conv 16 3x3 norm relu stride 2 pad same\npool max 2\nblock\n"
	    "conv 16 3x3 norm relu pad same\n"
	    "conv 16 3x3 norm gamma 0.5 pad same\nend relu\nblock\n"
	    "conv 32 3x3 norm relu stride 2 pad same\n"
	    "conv 32 3x3 norm pad same\nshortcut\npool avg 2 pad same\n"
	    "conv 32 1x1 norm\nend relu\npool avg global\ndense 3\n" },
	{ "many weights, behind norms",
	    "conv 64 3x3 norm relu stride 4 pad same\n"
	    "conv 128 3x3 norm relu pad same\n"
	    "conv 160 3x3 norm relu stride 2 pad same\n"
	    "pool avg global\ndense 3\n" },
	{ "many weights, with ReLU and pool",
	    "conv 96 3x3 relu stride 3 pad same\n"
	    "conv 128 3x3 relu pad same\npool max 2\n"
	    "conv 160 3x3 relu stride 2 pad same\n"
	    "conv 3 1x1\npool avg global\nflatten\n" },
	{ "excitation, depthwise convolutions",
	    "norm\nconv 16 3x3 norm relu stride 2 pad same\n"
	    "conv 16 3x3 pad same groups 16 nobias\n"
	    "conv 32 1x1 norm relu\nexcite 4\nconv 32 3x3 norm relu groups 4\n"
	    "pool avg global\ndense 3\n" },
	{ "a norm and convolutions behind a dense layer",
	    "pool avg 4\nflatten\ndense 64\nnorm relu\nblock\n"
	    "conv 64 1x1 norm relu\nend relu\ndense 3\n" },
};
enum {
	NETS = sizeof nets / sizeof nets[0],
};

static uint8_t images[MOST * IMAGE];
static float targets[MOST * CLASSES];
static int32_t labels[MOST];

/* ---- ranks that are threads ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct {
	const void *at; /* NULL: none, or taken */
	size_t n;
} box[CD_RANKS_MAX][CD_RANKS_MAX];

static void
swap(const struct cd_ranks *r, int with, const void *out, size_t nout, void *in,
    size_t nin)
{
	pthread_mutex_lock(&lock);
	box[r->rank][with].at = out;
	box[r->rank][with].n = nout;
	pthread_cond_broadcast(&changed);
	while (!box[with][r->rank].at)
		pthread_cond_wait(&changed, &lock);
	CHECK(box[with][r->rank].n == nin);
	if (nin > 0)
		memcpy(in, box[with][r->rank].at, nin);
	box[with][r->rank].at = NULL;
	pthread_cond_broadcast(&changed);
	while (box[r->rank][with].at)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

/* ---- what a rank computes ---- */

struct work {
	struct cd_ranks ranks;
	int net, n; /* pictures */
	struct cd_model model;
	struct cd_plan *plan;
	uint8_t *images; /* but its own: wrong */
	struct cd_batch_result result;
	float p[MOST * CLASSES];
};

static void
check(int rc, const struct cd_err *e)
{
	if (rc < 0) {
		printf("%s\n", e->msg);
		abort();
	}
}

static void
make(struct work *w)
{
	struct cd_err e = { "" };
	struct cd_net net;
	char text[1000];

	snprintf(text, sizeof text,
	    "input %d %d 3 scale 1/255\n%sloss softmax\n", SIDE, SIDE,
	    nets[w->net].text);
	check(cd_net_parse(&net, text, strlen(text), nets[w->net].name, &e),
	    &e);
	check(cd_model_init(&w->model, &net, 1, &e), &e);
	check(cd_plan_new(&w->plan, &w->model, 0, 0, MOST,
		  w->ranks.n > 4 ? 1 : 2, true, &e),
	    &e);
	w->images = malloc(sizeof images);
	if (!w->images)
		abort();
	memcpy(w->images, images, sizeof images);
}

static void
take_ranks(struct work *w)
{
	int from = cd_plan_pictures(&w->ranks, w->ranks.rank, w->n), i;
	int to = cd_plan_pictures(&w->ranks, w->ranks.rank + 1, w->n);
	struct cd_err e = { "" };

	check(cd_plan_share(w->plan, &w->ranks, &e), &e);
	for (i = 0; i < w->n; i++)
		if (i < from || i >= to)
			memset(w->images + i * IMAGE, 0xA5, IMAGE);
}

static void *
run(void *arg)
{
	struct work *w = arg;

	make(w);
	if (w->ranks.n > 1)
		take_ranks(w);
	cd_plan_measure(w->plan, w->images, w->n);
	cd_plan_predict(w->plan, w->images, w->n, w->p);
	w->result = cd_plan_gradient(w->plan, w->images, targets, labels, NULL,
	    w->n, 3, 5);
	CHECK(cd_plan_not_finite(w->plan, w->images, w->n, 3, 5) == NULL);
	return NULL;
}

static void
end(struct work *w)
{
	cd_plan_free(w->plan);
	cd_model_free(&w->model);
	free(w->images);
}

static void
compare(const struct work *w, const struct work *one)
{
	size_t np = (size_t)w->n * CLASSES;
	const float *g;
	char where[120];
	int i;

	snprintf(where, sizeof where, "%s, %d pictures, rank %d of %d",
	    nets[w->net].name, w->n, w->ranks.rank, w->ranks.n);
	check_text(memcmp(w->p, one->p, np * sizeof *w->p) ? where : "", "",
	    __FILE__, __LINE__);
	check_text(memcmp(&w->result.loss, &one->result.loss, sizeof(double)) ?
		where :
		"",
	    "", __FILE__, __LINE__);
	CHECK(w->result.correct == one->result.correct);
	for (i = 0; i < w->model.nparams; i++) {
		const struct cd_param *q = &w->model.param[i];
		size_t bytes = q->n * sizeof *q->value;

		snprintf(where, sizeof where, "%s: %s, %d pictures, rank %d/%d",
		    nets[w->net].name, q->name, w->n, w->ranks.rank,
		    w->ranks.n);
		check_text(memcmp(q->value, one->model.param[i].value, bytes) ?
			where :
			"",
		    "", __FILE__, __LINE__);
		g = cd_plan_grad(w->plan, i);
		if (g)
			check_text(memcmp(g, cd_plan_grad(one->plan, i),
				       bytes) ?
				where :
				"",
			    "", __FILE__, __LINE__);
	}
}

static void
test_net(int net, int n, int nranks, const struct work *one)
{
	static struct work w[CD_RANKS_MAX];
	pthread_t thread[CD_RANKS_MAX];
	int i;

	for (i = 0; i < nranks; i++) {
		w[i] = (struct work){ .ranks = { i, nranks, swap },
			.net = net,
			.n = n };
		if (pthread_create(&thread[i], NULL, run, &w[i]) != 0)
			abort();
	}
	for (i = 0; i < nranks; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < nranks; i++) {
		compare(&w[i], one);
		end(&w[i]);
	}
}

static void
test_pictures(int n)
{
	static struct work one;
	int net, nranks;

	for (net = 0; net < NETS; net++) {
		one = (struct work){ .ranks = { 0, 1, NULL },
			.net = net,
			.n = n };
		run(&one);
		for (nranks = 2; nranks <= 8; nranks *= 2)
			test_net(net, n, nranks, &one);
		end(&one);
	}
}

int
main(void)
{
	struct cd_rng rng;
	int i;

	cd_rng_start(&rng, 1, 0, 0, CD_RNG_TEST);
	for (i = 0; i < MOST * IMAGE; i++)
		images[i] = (uint8_t)cd_rng_below(&rng, 256);
	for (i = 0; i < MOST; i++) {
		labels[i] = (int32_t)cd_rng_below(&rng, CLASSES);
		targets[i * CLASSES + labels[i]] = 1;
	}
	test_pictures(MOST);
	test_pictures(3);
	return CHECK_DONE();
}
