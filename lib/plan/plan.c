#include "plan/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "kern/elem.h"
#include "plan/steps.h"

/* Bytes to the net's input: (byte * scale - mean) / deviation. */
static void
set_input(struct cd_plan *p)
{
	const struct cd_net *net = &p->model->net;
	int i;

	for (i = 0; i < net->in[2]; i++) {
		double deviation = net->deviation[i];

		p->mul[i] = (float)(net->scale / deviation);
		p->sub[i] = (float)(net->mean[i] / deviation);
	}
}

static int
build(struct cd_plan *p, struct cd_err *e)
{
	const struct cd_model *m = p->model;
	size_t n = (size_t)m->net.nlayers;

	p->layer = cd_calloc(n, sizeof *p->layer, e);
	p->op = cd_calloc(n, sizeof *p->op, e);
	p->value = cd_calloc(n + 1, sizeof *p->value, e);
	p->scratch = cd_calloc((size_t)p->threads, sizeof *p->scratch, e);
	p->grad = cd_calloc((size_t)m->nparams, sizeof *p->grad, e);
	if (!p->layer || !p->op || !p->value || !p->scratch || !p->grad)
		return -1;
	if (cd_gemm_load(e) < 0 ||
	    cd_net_at_size(&m->net, p->h, p->w, p->layer, e) < 0 ||
	    cd_plan_make(p, e) < 0 || cd_plan_place(p, e) < 0)
		return -1;
	set_input(p);
	p->team = cd_team_new(p->threads, e);
	return p->team ? 0 : -1;
}

static int
new_plan(struct cd_plan **out, struct cd_model *m, int h, int w, int batch,
    int threads, bool training, int map, struct cd_err *e)
{
	struct cd_plan *p = cd_calloc(1, sizeof *p, e);

	*out = NULL;
	if (!p)
		return -1;
	p->model = m;
	p->h = h ? h : m->net.in[0];
	p->w = w ? w : m->net.in[1];
	p->batch = batch;
	p->threads = threads;
	p->training = training;
	p->map = map;
	if (build(p, e) < 0) {
		cd_plan_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

int
cd_plan_new(struct cd_plan **out, struct cd_model *m, int h, int w, int batch,
    int threads, bool training, struct cd_err *e)
{
	return new_plan(out, m, h, w, batch, threads, training, CD_LAYER_NONE,
	    e);
}

int
cd_plan_new_map(struct cd_plan **out, struct cd_model *m, int h, int w,
    int batch, int threads, int layer, struct cd_err *e)
{
	return new_plan(out, m, h, w, batch, threads, true, layer, e);
}

void
cd_plan_free(struct cd_plan *p)
{
	if (!p)
		return;
	cd_team_free(p->team);
	free(p->layer);
	free(p->op);
	free(p->value);
	free(p->scratch);
	free(p->grad);
	cd_unmap(p->arena, p->size);
	free(p);
}

void
cd_plan_read_slot(struct cd_plan *p, int slot)
{
	cd_plan_bind(p, slot);
}

int
cd_plan_share(struct cd_plan *p, const struct cd_ranks *ranks, struct cd_err *e)
{
	const struct cd_op *op;

	for (op = p->op; op < p->op + p->nops; op++)
		if (op->parts > 0 && op->parts < ranks->n)
			return cd_fail(e,
			    "%d ranks, but the gradient of '%s' is summed in "
			    "%d parts: take fewer ranks",
			    ranks->n, op->layer[op->main]->name, op->parts);
	p->ranks = ranks;
	return 0;
}

int
cd_plan_pictures(const struct cd_ranks *ranks, int rank, int n)
{
	return cd_part_begin(n, rank, ranks->n);
}

static void
load_image(void *arg, int i, int worker)
{
	struct cd_plan *p = arg;
	int c = p->model->net.in[2];
	size_t n = (size_t)p->h * p->w;

	(void)worker;
	i += p->first;
	cd_bytes_to_floats(n, c, p->bytes + i * n * c, p->mul, p->sub,
	    p->value[0].y + i * n * c);
}

static void
prepare_part(void *arg, int task, int worker)
{
	struct cd_plan *p = arg;
	struct cd_op *op = &p->op[task / CD_PARTS];

	(void)worker;
	if (op->kind->prepare)
		op->kind->prepare(op, task % CD_PARTS);
}

/* Prepares weights for the kernels: in training for each step, else only once
 * they are bound anew. */
static void
prepare(struct cd_plan *p)
{
	int k;

	if (p->prepared && (!p->training || p->map != CD_LAYER_NONE))
		return;
	for (k = 0; k < p->nops; k++)
		if (p->op[k].kind->fold)
			p->op[k].kind->fold(&p->op[k]);
	cd_team_run(p->team, p->nops * CD_PARTS, prepare_part, p);
	p->prepared = true;
}

static void
load(struct cd_plan *p, const uint8_t *images, const struct cd_run *r)
{
	p->bytes = images;
	p->first = cd_run_first(r, r->n);
	cd_team_run(p->team, cd_run_count(r, r->n), load_image, p);
	prepare(p);
}

/* The run of a step: of all pictures, where each rank computes them. */
static struct cd_run
run_of(const struct cd_op *op, const struct cd_run *r)
{
	struct cd_run own = *r;

	if (op->whole)
		own.ranks = NULL;
	return own;
}

static void
forward_op(struct cd_op *op, const struct cd_run *r)
{
	struct cd_run own = run_of(op, r);

	if (op->gathers)
		cd_run_gather(r, op->in, op->nx * sizeof *op->in);
	if (op->gathers_other)
		cd_run_gather(r, op->add, op->ny * sizeof *op->add);
	cd_op_forward(op, &own);
}

/* Forward through all ops; returns the last one's output. */
static const float *
forward(struct cd_plan *p, const uint8_t *images, const struct cd_run *r)
{
	const struct cd_value *last = &p->value[p->nvalues - 1];
	int i;

	load(p, images, r);
	for (i = 0; i < p->nops; i++)
		forward_op(&p->op[i], r);
	if (!last->whole)
		cd_run_gather(r, last->y, last->n * sizeof *last->y);
	return last->y;
}

/* 1 - sigmoid(z), exact also where sigmoid(z) rounds to 1. */
static float
complement(float z)
{
	return (float)(1 / (1 + exp((double)z)));
}

/* Loss and probabilities of one picture's logits z; target NULL: probabilities
 * only. dz: its gradient times scale, or NULL. */
static double
loss_one(struct cd_plan *p, int i, const float *z, const float *target,
    float scale, float *dz)
{
	const struct cd_net *net = &p->model->net;
	size_t k = (size_t)net->nclasses, outputs = (size_t)net->noutputs;
	float *q = p->p + i * k, one;
	double sum;

	z += i * outputs;
	dz = dz ? dz + i * outputs : NULL;
	target = target ? target + i * k : NULL;
	if (net->loss == CD_LOSS_SOFTMAX) {
		if (!target)
			memset(q, 0, k * sizeof *q);
		return cd_softmax_loss(1, (int)k, z, target ? target : q, scale,
		    q, dz);
	}
	one = target ? target[1] : 0;
	sum = cd_logistic_loss(1, z, &one, scale, &q[1], dz);
	/* not 1 - p, which rounds to 0 for logits above 17 */
	q[0] = complement(z[0]);
	return sum;
}

/* A pass over n pictures that predicts. */
static struct cd_run
predicting(const struct cd_plan *p, int n)
{
	return (struct cd_run){ .team = p->team,
		.ranks = p->ranks,
		.gemm = cd_gemm_best()->gemm,
		.scratch = p->scratch,
		.n = n,
		.rows = p->batch };
}

/* One that trains. */
static struct cd_run
training(const struct cd_plan *p, int n, uint64_t seed, uint64_t step)
{
	struct cd_run r = predicting(p, n);

	r.rows = n;
	r.training = true;
	r.seed = seed;
	r.step = step;
	return r;
}

void
cd_plan_predict(struct cd_plan *p, const uint8_t *images, int n, float *out)
{
	struct cd_run r = predicting(p, n);
	const float *z = forward(p, images, &r);

	int i;

	for (i = 0; i < n; i++)
		loss_one(p, i, z, NULL, 1, NULL);
	memcpy(out, p->p, (size_t)n * p->model->net.nclasses * sizeof *out);
}

void
cd_plan_measure(struct cd_plan *p, const uint8_t *images, int n)
{
	struct cd_run r = training(p, n, 0, 0);

	r.measuring = true;
	(void)forward(p, images, &r);
}

static void
backward(struct cd_plan *p, const struct cd_run *r)
{
	struct cd_run own;
	int i;

	for (i = p->nops - 1; i >= 0; i--) {
		own = run_of(&p->op[i], r);
		if (p->op[i].dout)
			cd_op_backward(&p->op[i], &own);
	}
}

struct cd_batch_result
cd_plan_gradient(struct cd_plan *p, const uint8_t *images, const float *targets,
    const int32_t *labels, const float *weights, int n, uint64_t seed,
    uint64_t step)
{
	struct cd_batch_result out = { 0, 0 };
	size_t k = (size_t)p->model->net.nclasses;
	struct cd_run r = training(p, n, seed, step);
	const float *z = forward(p, images, &r);
	int i;

	for (i = 0; i < n; i++) {
		float weight = weights ? weights[i] : 1;

		out.loss += (double)weight *
		    loss_one(p, i, z, targets, weight / (float)n,
			p->value[p->nvalues - 1].d);
		out.correct += labels &&
		    cd_largest(p->p + i * k, (int)k) == labels[i];
	}
	backward(p, &r);
	return out;
}

/* Is the output of any picture not all finite, on any rank? */
static bool
is_not_finite(const struct cd_op *op, const struct cd_run *r)
{
	const float *y = op->deferred ? op->z : op->out;
	size_t k = cd_run_first(r, r->n) * op->ny;
	size_t end = k + cd_run_count(r, r->n) * op->ny;
	char found[CD_RANKS_MAX] = { 0 };
	size_t at[CD_RANKS_MAX + 1];
	int i;

	while (k < end && isfinite(y[k]))
		k++;
	if (!r->ranks)
		return k < end;
	found[r->ranks->rank] = k < end;
	for (i = 0; i <= r->ranks->n; i++)
		at[i] = (size_t)i;
	cd_ranks_gather(r->ranks, found, at);
	return memchr(found, 1, (size_t)r->ranks->n) != NULL;
}

const char *
cd_plan_not_finite(struct cd_plan *p, const uint8_t *images, int n,
    uint64_t seed, uint64_t step)
{
	struct cd_run r = training(p, n, seed, step), own;
	struct cd_op *op;

	load(p, images, &r);
	for (op = p->op; op < p->op + p->nops; op++) {
		forward_op(op, &r);
		own = run_of(op, &r);
		if (is_not_finite(op, &own))
			return op->layer[0]->name;
	}
	return NULL;
}

/* The gradient of each picture's score by the net's output. */
static void
start_score(struct cd_plan *p, int n, const int *class)
{
	int k = p->model->net.noutputs, i;
	float *d = p->value[p->nvalues - 1].d;

	memset(d, 0, (size_t)n * k * sizeof *d);
	for (i = 0; i < n; i++)
		if (p->model->net.loss == CD_LOSS_SOFTMAX)
			d[i * k + class[i]] = 1;
		else
			d[i] = class[i] ? 1 : -1;
}

void
cd_plan_score_gradient(struct cd_plan *p, int n, const int *class,
    const float **map, const float **grad)
{
	struct cd_run r = predicting(p, n);
	int k = p->nops - 1;

	start_score(p, n, class);
	/* the layer is its step's last one: make.c */
	for (; p->op[k].index[p->op[k].nlayers - 1] != p->map; k--)
		if (p->op[k].dout)
			cd_op_backward(&p->op[k], &r);
	*map = p->op[k].out;
	*grad = p->op[k].dout;
}

const float *
cd_plan_grad(const struct cd_plan *p, int i)
{
	return p->grad[i];
}

struct cd_team *
cd_plan_team(const struct cd_plan *p)
{
	return p->team;
}
