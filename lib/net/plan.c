#include "net/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/team.h"
#include "kern/elem.h"
#include "net/op.h"

struct cd_plan {
	const struct cd_model *model;
	int batch, threads;
	bool training;
	int nops;
	struct cd_op *op;
	struct cd_team *team;
	float **scratch;      /* one a worker */
	float *images;	      /* the batch as floats */
	float *passed[2];     /* gradients on their way back, in turn */
	float *target;	      /* [batch], the logistic loss's */
	float *p;	      /* [batch,nclasses] */
	float **grad;	      /* one a parameter */
	const uint8_t *bytes; /* this run's pictures */
	unsigned char *arena;
	size_t size;
};

/* Hands out the arena in two passes of the same code: with base NULL only the
 * size is counted. */
struct taker {
	unsigned char *base;
	size_t used;
	bool overflow;
};

static void *
take(struct taker *t, size_t n, size_t size)
{
	size_t bytes, at = t->used;

	/* a line more than asked for, so that buffers of a power of two do not
	 * all begin at the same place in the cache */
	if (!cd_mul(n, size, &bytes) || bytes > SIZE_MAX / 4 - t->used)
		t->overflow = true;
	else
		t->used += cd_round_up(bytes, 64) + 64;
	return t->base ? t->base + at : NULL;
}

static float *
take_floats(struct taker *t, size_t a, size_t b)
{
	size_t n;

	if (!cd_mul(a, b, &n)) {
		t->overflow = true;
		return NULL;
	}
	return take(t, n, sizeof(float));
}

static size_t
volume(const int shape[3])
{
	return (size_t)shape[0] * (size_t)shape[1] * (size_t)shape[2];
}

/* Does a pooling layer follow that the convolution can do itself? */
static bool
pool_fuses(const struct cd_net *net, int i)
{
	const struct cd_layer *p = &net->layer[i + 1];

	return i + 1 < net->nlayers && p->kind == CD_LAYER_POOL && p->kh == 2 &&
	    p->stride == 2;
}

static void
make_conv(struct cd_op *op, const struct cd_layer *l, bool pool)
{
	op->kind = &cd_op_conv;
	op->conv = (struct cd_conv){ .h = l->in[0],
		.w = l->in[1],
		.cin = l->in[2],
		.kh = l->kh,
		.kw = l->kw,
		.stride = l->stride,
		.pad = l->pad,
		.cout = l->out[2],
		.groups = l->groups,
		.relu = l->relu,
		.pool = pool ? 2 : 0 };
	cd_conv_shape(&op->conv);
	op->how = cd_conv_best(&op->conv);
}

/* Layers to ops; a flatten is none: the layout is the same. */
static void
make_ops(struct cd_plan *p)
{
	const struct cd_net *net = &p->model->net;
	int i;

	for (i = 0; i < net->nlayers; i++) {
		const struct cd_layer *l = &net->layer[i];
		struct cd_op *op = &p->op[p->nops];

		if (l->kind == CD_LAYER_FLATTEN)
			continue;
		op->layer = l;
		op->index = i;
		op->nx = volume(l->in);
		op->ny = volume(l->out);
		switch (l->kind) {
		case CD_LAYER_CONV:
			make_conv(op, l, pool_fuses(net, i));
			if (op->conv.pool)
				op->ny = volume(net->layer[++i].out);
			break;
		case CD_LAYER_POOL:
			op->kind = &cd_op_pool;
			op->pool = (struct cd_pool){ l->in[0], l->in[1],
				l->in[2], l->kh, l->stride, l->out[0],
				l->out[1] };
			break;
		case CD_LAYER_RELU:
			op->kind = &cd_op_relu;
			break;
		case CD_LAYER_DROPOUT:
			op->kind = &cd_op_dropout;
			break;
		default:
			op->kind = &cd_op_dense;
			break;
		}
		p->nops++;
	}
}

/* Points an op at its parameters and, in training, their gradients. */
static void
place_params(struct cd_plan *p, struct cd_op *op, struct taker *t)
{
	const struct cd_model *m = p->model;
	int i;

	for (i = 0; i < m->nparams; i++) {
		const struct cd_param *q = &m->param[i];
		bool weight = !op->w;

		if (q->layer != op->index)
			continue;
		*(weight ? &op->w : &op->b) = q->value;
		*(weight ? &op->nw : &op->nb) = q->n;
		if (!p->training)
			continue;
		p->grad[i] = take_floats(t, q->n, 1);
		*(weight ? &op->dw : &op->db) = p->grad[i];
	}
}

/* How many floats the kernel wants for the weights and for their gradient. */
static void
place_prepared(struct cd_op *op, struct taker *t)
{
	op->ng = op->nw;
	if (!op->how->prepare)
		return;
	op->ng = op->how->gradient(&op->conv);
	op->npw = op->how->prepared(&op->conv);
	op->pw = take_floats(t, op->npw, 1);
}

/* The gradient's parts: one place for all ops, as they take turns. */
static void
place_parts(struct cd_plan *p, struct taker *t)
{
	size_t most = 0;
	float *part;
	int i;

	for (i = 0; i < p->nops; i++)
		if (p->op[i].kind == &cd_op_conv &&
		    p->op[i].ng + p->op[i].nb > most)
			most = p->op[i].ng + p->op[i].nb;
	part = take_floats(t, CD_PARTS, most);
	for (i = 0; i < p->nops; i++)
		p->op[i].part = part;
}

static void
place_maps(struct cd_plan *p, struct taker *t)
{
	size_t batch = (size_t)p->batch, most = 1;
	float *x = p->images;
	int i;

	for (i = 0; i < p->nops; i++) {
		struct cd_op *op = &p->op[i];

		op->x = x;
		op->y = op->kind->in_place ? x : take_floats(t, batch, op->ny);
		if (op->kind == &cd_op_pool || op->conv.pool)
			op->which = take(t, batch, op->ny);
		if (op->ny > most)
			most = op->ny;
		op->w = op->b = NULL;
		place_params(p, op, t);
		if (op->kind == &cd_op_conv)
			place_prepared(op, t);
		x = op->y;
	}
	if (p->training)
		place_parts(p, t);
	for (i = 0; i < 2 && p->training; i++)
		p->passed[i] = take_floats(t, batch, most);
}

/* Which gradient lies where: an op's dx is the dy of the one before it. */
static void
place_gradients(struct cd_plan *p)
{
	float *dy = p->passed[0];
	int i, turn = 0;

	for (i = p->nops - 1; i >= 0; i--) {
		struct cd_op *op = &p->op[i];

		op->dy = dy;
		if (op->kind->in_place)
			op->dx = dy;
		else
			op->dx = p->passed[turn ^= 1];
		dy = op->dx;
	}
	/* the picture's own gradient is not wanted; nothing before the first
	 * parameters is */
	for (i = 0; i < p->nops; i++) {
		p->op[i].dx = NULL;
		if (p->op[i].w)
			break;
		p->op[i].dy = NULL;
	}
}

static void
place(struct cd_plan *p, struct taker *t)
{
	size_t batch = (size_t)p->batch, scratch = 1, n;
	int i;

	p->images = take_floats(t, batch, volume(p->model->net.in));
	p->p = take_floats(t, batch, (size_t)p->model->net.nclasses);
	p->target = take_floats(t, batch, 1);
	for (i = 0; i < p->nops; i++) {
		if (p->op[i].kind != &cd_op_conv)
			continue;
		n = p->op[i].how->scratch(&p->op[i].conv);
		if (n > scratch)
			scratch = n;
	}
	for (i = 0; i < p->threads; i++)
		p->scratch[i] = take_floats(t, scratch, 1);
	place_maps(p, t);
}

/* The kernel would promise more memory than there is, and kill later. */
static int
check_memory(size_t size, struct cd_err *e)
{
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

	if (pages <= 0 || page <= 0 || size / (size_t)page < (size_t)pages)
		return 0;
	return cd_fail(e,
	    "the net needs %zu MiB for a batch, this machine "
	    "has %zu",
	    size >> 20, (size_t)pages * (size_t)page >> 20);
}

static int
build(struct cd_plan *p, struct cd_err *e)
{
	const struct cd_model *m = p->model;
	struct taker t = { NULL, 0, false };

	p->op = cd_calloc((size_t)m->net.nlayers, sizeof *p->op, e);
	p->scratch = cd_calloc((size_t)p->threads, sizeof *p->scratch, e);
	p->grad = cd_calloc((size_t)m->nparams, sizeof *p->grad, e);
	if (!p->op || !p->scratch || !p->grad)
		return -1;
	cd_gemm_best();
	make_ops(p);
	place(p, &t);
	if (t.overflow)
		return cd_fail(e, "the net is too large for this machine");
	p->size = t.used;
	if (check_memory(t.used, e) < 0)
		return -1;
	p->arena = cd_alloc_arena(t.used, e);
	if (!p->arena)
		return -1;
	t = (struct taker){ p->arena, 0, false };
	place(p, &t);
	if (p->training)
		place_gradients(p);
	p->team = cd_team_new(p->threads, e);
	return p->team ? 0 : -1;
}

int
cd_plan_new(struct cd_plan **out, struct cd_model *m, int h, int w, int batch,
    int threads, bool training, struct cd_err *e)
{
	struct cd_plan *p = cd_calloc(1, sizeof *p, e);

	*out = NULL;
	if (!p)
		return -1;
	(void)h;
	(void)w;
	p->model = m;
	p->batch = batch;
	p->threads = threads;
	p->training = training;
	if (build(p, e) < 0) {
		cd_plan_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

void
cd_plan_free(struct cd_plan *p)
{
	if (!p)
		return;
	cd_team_free(p->team);
	free(p->op);
	free(p->scratch);
	free(p->grad);
	free(p->arena);
	free(p);
}

static void
load_image(void *arg, int i, int worker)
{
	struct cd_plan *p = arg;
	size_t n = volume(p->model->net.in);

	(void)worker;
	cd_scale_u8(n, p->bytes + i * n, (float)p->model->net.scale,
	    p->images + i * n);
}

/* Forward through all ops; returns the last one's output. */
static const float *
forward(struct cd_plan *p, const uint8_t *images, const struct cd_run *r)
{
	int i;

	p->bytes = images;
	cd_team_run(p->team, r->n, load_image, p);
	for (i = 0; i < p->nops; i++)
		p->op[i].kind->forward(&p->op[i], r);
	return p->op[p->nops - 1].y;
}

/* 1 - sigmoid(z), exact also where sigmoid(z) rounds to 1. */
static float
complement(float z)
{
	return (float)(1 / (1 + exp((double)z)));
}

/* Loss and probabilities of logits z; target NULL: probabilities only. dz may
 * be NULL. */
static double
loss(struct cd_plan *p, const float *z, const float *target, int n, float *dz)
{
	const struct cd_net *net = &p->model->net;
	float scale = 1 / (float)n, *q = p->p;
	double sum;
	int i;

	if (net->loss == CD_LOSS_SOFTMAX)
		return cd_softmax_loss(n, net->nclasses, z,
		    target ? target : p->p, scale, p->p, dz);
	for (i = 0; i < n; i++)
		p->target[i] = target ? target[2 * i + 1] : 0;
	/* p's second half takes the sigmoids, then all are spread out */
	sum = cd_logistic_loss(n, z, p->target, scale, q + n, dz);
	for (i = 0; i < n; i++) {
		float one = q[n + i];

		/* not 1 - p: that is 0 long before the logit is 17 */
		q[2 * i] = complement(z[i]);
		q[2 * i + 1] = one;
	}
	return sum;
}

void
cd_plan_predict(struct cd_plan *p, const uint8_t *images, int n, float *out)
{
	struct cd_run r = { p->team, cd_gemm_best(), p->scratch, n, false, 0,
		0 };
	const float *z = forward(p, images, &r);

	memset(p->p, 0, (size_t)n * p->model->net.nclasses * sizeof *p->p);
	loss(p, z, NULL, n, NULL);
	memcpy(out, p->p, (size_t)n * p->model->net.nclasses * sizeof *out);
}

void
cd_plan_read_slot(struct cd_plan *p, int slot)
{
	const struct cd_model *m = p->model;
	int i, k;

	for (k = 0; k < p->nops; k++)
		for (i = 0; i < m->nparams; i++) {
			const struct cd_param *q = &m->param[i];

			if (q->layer != p->op[k].index)
				continue;
			*(q->role == CD_PARAM_WEIGHT ? &p->op[k].w :
						       &p->op[k].b) = slot < 0 ?
			    q->value :
			    q->slot[slot];
		}
}

const char *
cd_plan_not_finite(const struct cd_plan *p, int n)
{
	size_t k;
	int i;

	for (i = 0; i < p->nops; i++)
		for (k = 0; k < (size_t)n * p->op[i].ny; k++)
			if (!isfinite(p->op[i].y[k]))
				return p->op[i].layer->name;
	return NULL;
}

static int
largest(const float *v, int n)
{
	int i, best = 0;

	for (i = 1; i < n; i++)
		if (v[i] > v[best])
			best = i;
	return best;
}

struct cd_batch_result
cd_plan_gradient(struct cd_plan *p, const uint8_t *images, const float *targets,
    const float *weights, int n, uint64_t seed, uint64_t step)
{
	struct cd_run r = { p->team, cd_gemm_best(), p->scratch, n, true, seed,
		step };
	const float *z = forward(p, images, &r);
	struct cd_batch_result out = { 0, 0 };
	size_t k = (size_t)p->model->net.nclasses;
	int i;

	(void)weights;
	out.loss = loss(p, z, targets, n, p->op[p->nops - 1].dy);
	for (i = 0; i < n; i++)
		out.correct += largest(p->p + i * k, (int)k) ==
		    largest(targets + i * k, (int)k);
	for (i = p->nops - 1; i >= 0; i--)
		if (p->op[i].dy)
			p->op[i].kind->backward(&p->op[i], &r);
	return out;
}

const float *
cd_plan_grad(const struct cd_plan *p, int i)
{
	return p->grad[i];
}

void
cd_plan_parallel(struct cd_plan *p, int n,
    void (*fn)(void *arg, int i, int worker), void *arg)
{
	cd_team_run(p->team, n, fn, arg);
}
