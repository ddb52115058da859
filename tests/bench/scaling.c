/* scaling NET SIDE BATCH: what a training step does, and by how much more
 * threads would shorten it, by counting. One thread runs some steps and notes
 * how long each task of each round takes, and what lies between the rounds,
 * which no other thread can take part in; then T threads take the tasks in
 * turn, each round ending with its last task. What threads do to each other, in
 * caches, memory and clock, is not in it: these are bounds. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/peak.h"
#include "base/num.h"
#include "base/rng.h"
#include "cmd/msg.h"
#include "net/model.h"
#include "net/text.h"
#include "plan/plan.h"
#include "plan/steps.h"
#include "train/optim.h"

enum {
	STEPS = 5, /* of which the fastest counts, task by task */
	EVENTS_MAX = 1 << 16,
	THREADS_MAX = 64,
};

static const double BARRIER = 10e-6; /* to start a round and to end it */

/* What happened in a step, in order: tasks >= 0, and rounds that begin (-1);
 * the seconds of a task, or between the last round and this one. */
static struct event {
	int task;
	double seconds;
} event[EVENTS_MAX];
static int nevents, now;
static double last; /* the end of what was noted last */

static void
note(void *arg, int task, double from, double to)
{
	struct event *e = &event[now++];

	(void)arg;
	if (now > EVENTS_MAX)
		cd_die("more than %d tasks", EVENTS_MAX);
	if (now > nevents) {
		nevents = now;
		*e = (struct event){ task, INFINITY };
	}
	if (e->task != task)
		cd_die("a step is not like the last one");
	e->seconds = fmin(e->seconds, task < 0 ? to - last : to - from);
	last = to;
}

/* The tasks of a round, in the order in which they are begun. */
static double
round_of(const struct event *e, int n, int threads)
{
	double busy[THREADS_MAX] = { 0 }, end = 0;
	int i, t, first;

	for (i = 0; i < n; i++) {
		for (first = 0, t = 1; t < threads; t++)
			if (busy[t] < busy[first])
				first = t;
		busy[first] += e[i].seconds;
		end = fmax(end, busy[first]);
	}
	return end + (threads > 1 ? BARRIER : 0);
}

static double
step_of(int threads)
{
	double sum = 0;
	int i, n;

	for (i = 0; i < nevents; i += n) {
		for (n = 1; i + n < nevents && event[i + n].task >= 0; n++)
			;
		sum += event[i].seconds +
		    round_of(event + i + 1, n - 1, threads);
	}
	return sum;
}

static void
report(void)
{
	double longest = 0, serial = 0, one = step_of(1);
	int i, rounds = 0, threads;

	for (i = 0; i < nevents; i++) {
		if (event[i].task >= 0) {
			longest = fmax(longest, event[i].seconds);
			continue;
		}
		rounds++;
		serial += event[i].seconds;
	}
	printf("%d rounds of %d tasks; longest task %.2f ms, between rounds "
	       "%.2f ms, all %.1f ms\n",
	    rounds, nevents - rounds, 1e3 * longest, 1e3 * serial, 1e3 * one);
	for (threads = 1; threads <= THREADS_MAX; threads *= 2)
		printf("%2d threads: %5.2f times one\n", threads,
		    one / step_of(threads));
}

/* The operations, of multiply-adds two, that the products of a convolution
 * really do for a picture. Winograd's F(4x4,3x3) multiplies in 36 points of
 * each tile of 4x4. */
static double
products(const struct cd_conv_variant *v, const struct cd_conv *c)
{
	double tiles = (double)((c->oh + 3) / 4) * ((c->ow + 3) / 4);
	double channels = 2.0 * (c->cin / c->groups) * c->cout;

	if (strncmp(v->name, "wino", 4) == 0)
		return 36 * tiles * channels;
	return channels * c->kh * c->kw * c->oh * c->ow;
}

/* The share of the peak that the products of a step of these seconds come to:
 * forward, by the weights, and by the input where its gradient is wanted. */
static void
report_products(const struct cd_plan *p, double step)
{
	double sum = 0, most = peak();
	const struct cd_op *op;

	for (op = p->op; op < p->op + p->nops; op++) {
		double passes = op->din ? 3 : 2;

		if (strcmp(op->kind->name, "conv") == 0)
			sum += passes * products(op->how, &op->conv);
		if (op->depth) /* forward once more, going back */
			sum += (passes + 1) * products(op->how, &op->deep);
		if (strcmp(op->kind->name, "dense") == 0)
			sum += passes * 2 * (double)op->nx * (double)op->ny;
	}
	sum *= p->batch;
	printf("products: %.2f GFLOP a step, %.0f GFLOP/s", sum * 1e-9,
	    sum * 1e-9 / step);
	if (most > 0)
		printf(", %.0f %% of the peak of %.0f GFLOP/s",
		    100 * sum * 1e-9 / step / most, most);
	putchar('\n');
}

static void
load(const char *path, struct cd_model *m)
{
	static char text[1 << 16];
	struct cd_err e = { "" };
	struct cd_net net;
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(text, 1, sizeof text, f) : 0;

	if (!f || n == sizeof text)
		cd_die("%s: cannot be read", path);
	fclose(f);
	if (cd_net_parse(&net, text, n, path, &e) < 0 ||
	    cd_model_init(m, &net, 1, &e) < 0)
		cd_die("%s", e.msg);
}

static void
step(struct cd_plan *p, struct cd_model *m, const struct cd_optim *o, int side,
    int batch)
{
	size_t n = (size_t)batch * side * side * m->net.in[2], i;
	size_t k = (size_t)m->net.nclasses;
	uint8_t *images = malloc(n);
	float *targets = calloc((size_t)batch * k, sizeof *targets);
	struct cd_rng r;
	int s;

	if (!images || !targets)
		cd_die("out of memory");
	cd_rng_start(&r, 1, 0, 0, CD_RNG_TEST);
	for (i = 0; i < n; i++)
		images[i] = (uint8_t)cd_rng_below(&r, 256);
	for (i = 0; i < (size_t)batch; i++)
		targets[i * k + i % k] = 1;
	for (s = 0; s <= STEPS; s++) {
		/* the first step only warms up */
		cd_team_watch(cd_plan_team(p), s ? note : NULL, NULL);
		now = 0;
		last = cd_seconds();
		cd_plan_gradient(p, images, targets, NULL, NULL, batch, 1,
		    (uint64_t)s);
		cd_optim_step(o, m, p, (uint64_t)s + 1);
	}
	free(images);
	free(targets);
}

int
main(int argc, char **argv)
{
	struct cd_optim o = { .kind = CD_OPTIM_SGD,
		.lr = 1e-6,
		.momentum = 0.9,
		.nesterov = true,
		.average = 0.99 };
	struct cd_err e = { "" };
	struct cd_model m;
	struct cd_plan *p;
	int64_t side, batch;

	if (argc != 4)
		cd_die("usage: scaling net side batch");
	if (cd_parse_int(argv[2], 1, 4096, &side, &e) < 0 ||
	    cd_parse_int(argv[3], 1, 4096, &batch, &e) < 0)
		cd_die("%s", e.msg);
	load(argv[1], &m);
	if (cd_optim_prepare(&o, &m, 0, &e) < 0 ||
	    cd_plan_new(&p, &m, (int)side, (int)side, (int)batch, 1, true, &e) <
		0)
		cd_die("%s", e.msg);
	step(p, &m, &o, (int)side, (int)batch);
	report_products(p, step_of(1));
	report();
	cd_plan_free(p);
	cd_model_free(&m);
	return 0;
}
