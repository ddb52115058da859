/* Where everything of a plan lies: one stretch of memory, taken once. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "net/plan_private.h"
#include "net/spans.h"

enum {
	LINE = 16, /* floats of a cache line */
	/* weights' gradients of more floats than these are summed in fewer
	 * parts: the parts would cost more than more threads gain */
	MANY_WEIGHTS = 128 << 10,
	VERY_MANY_WEIGHTS = 512 << 10,
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

/* ---- what is in use when ---- */

struct spans {
	struct cd_span *y, *d; /* [nvalues], in floats */
	size_t ny, nd;	       /* floats of each stretch */
};

static size_t
span_size(const struct cd_plan *p, int v)
{
	/* at most 2^36, a picture, by 2^16 */
	return cd_round_up((size_t)p->batch * p->value[v].n, LINE) + LINE;
}

/* Maps: in training all are kept for the way back; predicting, from the op that
 * makes one to the last that takes it. */
static void
span_maps(const struct cd_plan *p, struct cd_span *s)
{
	int v;

	for (v = 0; v < p->nvalues; v++) {
		s[v].size = span_size(p, v);
		s[v].from = p->training ? 0 : p->value[v].maker;
		s[v].to = v == p->nvalues - 1 || p->training ? p->nops :
							       p->value[v].last;
	}
}

/* Gradients: on the way back, from the last op that takes the value to the one
 * that made it. */
static void
span_gradients(const struct cd_plan *p, struct cd_span *s)
{
	int v;

	for (v = 0; v < p->nvalues; v++) {
		const struct cd_value *q = &p->value[v];
		int last = v == p->nvalues - 1 ? p->nops : q->last;

		s[v].size = q->wanted && p->training ? span_size(p, v) : 0;
		s[v].from = p->nops - last;
		s[v].to = p->nops - q->maker;
	}
}

static int
make_spans(const struct cd_plan *p, struct spans *s, struct cd_err *e)
{
	size_t n = (size_t)p->nvalues;
	int *order = cd_calloc(n, sizeof *order, e);

	s->y = cd_calloc(n, sizeof *s->y, e);
	s->d = cd_calloc(n, sizeof *s->d, e);
	if (order && s->y && s->d) {
		span_maps(p, s->y);
		span_gradients(p, s->d);
		s->ny = cd_spans_place(s->y, p->nvalues, order);
		s->nd = cd_spans_place(s->d, p->nvalues, order);
	}
	free(order);
	return order && s->y && s->d ? 0 : -1;
}

static void
place_values(struct cd_plan *p, const struct spans *s, struct taker *t)
{
	float *y = take_floats(t, s->ny, 1), *d = take_floats(t, s->nd, 1);
	int v;

	for (v = 0; v < p->nvalues && y; v++) {
		p->value[v].y = y + s->y[v].at;
		p->value[v].d = s->d[v].size ? d + s->d[v].at : NULL;
	}
}

/* ---- an op's own memory ---- */

/* The batch norm's numbers, and the convolution's output before it. */
static void
place_norm(struct cd_plan *p, struct cd_op *op, struct taker *t)
{
	size_t c = (size_t)op->norm.c;

	op->table.mean = take_floats(t, c, 1);
	op->table.scale = take_floats(t, c, 1);
	if (op->kind == &cd_op_conv && p->training)
		op->z = take_floats(t, (size_t)p->batch, op->nz);
	if (!p->training)
		return;
	op->table.a = take_floats(t, c, 1);
	op->table.b = take_floats(t, c, 1);
	op->table.k = take_floats(t, c, 1);
	op->table.sums = take(t, CD_PARTS * 2 * c, sizeof(double));
}

static int
how_many_parts(size_t weights)
{
	if (weights > VERY_MANY_WEIGHTS)
		return CD_PARTS / 4;
	return weights > MANY_WEIGHTS ? CD_PARTS / 2 : CD_PARTS;
}

/* How many floats the kernel wants for the weights and for their gradient. */
static void
place_weights(struct cd_plan *p, struct cd_op *op, struct taker *t)
{
	size_t n = op->param[CD_OP_WEIGHT].n;

	op->ng = n;
	if (op->folds) {
		op->folded_weight = take_floats(t, n, 1);
		op->folded_bias = take_floats(t, (size_t)op->conv.cout, 1);
	}
	if (op->how->prepare) {
		op->ng = op->how->gradient(&op->conv);
		op->npw = op->how->prepared(&op->conv);
		op->pw = take_floats(t, op->npw, 1);
	}
	op->parts = p->training ? how_many_parts(op->ng) : CD_PARTS;
}

static void
place_op(struct cd_plan *p, struct cd_op *op, struct taker *t)
{
	size_t batch = (size_t)p->batch;

	if (op->conv.pool || (p->training && op->norm.pool) ||
	    (p->training && op->kind == &cd_op_pool &&
		op->layer[0]->pool == CD_POOL_MAX))
		op->which = take(t, batch, op->ny);
	if (op->normed || op->folds)
		place_norm(p, op, t);
	if (op->kind == &cd_op_conv)
		place_weights(p, op, t);
	if (op->kind == &cd_op_excite)
		op->hidden = take_floats(t, batch,
		    cd_excite_floats(op->layer[0]));
}

/* The gradient's parts: one place for all ops, as they take turns. */
static void
place_parts(struct cd_plan *p, struct taker *t)
{
	size_t most = 0, n;
	float *part;
	int i;

	for (i = 0; i < p->nops; i++) {
		n = (size_t)p->op[i].parts *
		    (p->op[i].ng + p->op[i].param[CD_OP_BIAS].n);
		if (p->op[i].kind == &cd_op_conv && n > most)
			most = n;
	}
	part = take_floats(t, most, 1);
	for (i = 0; i < p->nops; i++)
		p->op[i].part = part;
}

static void
place_scratch(struct cd_plan *p, struct taker *t)
{
	size_t scratch = 1, n;
	int i;

	for (i = 0; i < p->nops; i++) {
		int parts = p->op[i].parts ? p->op[i].parts : CD_PARTS;

		n = cd_op_scratch(&p->op[i], (p->batch + parts - 1) / parts);
		if (n > scratch)
			scratch = n;
	}
	for (i = 0; i < p->threads; i++)
		p->scratch[i] = take_floats(t, scratch, 1);
}

static void
place(struct cd_plan *p, const struct spans *s, struct taker *t)
{
	const struct cd_model *m = p->model;
	size_t batch = (size_t)p->batch;
	int i;

	p->mul = take_floats(t, (size_t)m->net.in[2], 1);
	p->sub = take_floats(t, (size_t)m->net.in[2], 1);
	p->p = take_floats(t, batch, (size_t)m->net.nclasses);
	for (i = 0; i < m->nparams; i++)
		if (p->training && m->param[i].role != CD_PARAM_MEAN &&
		    m->param[i].role != CD_PARAM_VARIANCE)
			p->grad[i] = take_floats(t, m->param[i].n, 1);
	for (i = 0; i < p->nops; i++)
		place_op(p, &p->op[i], t);
	if (p->training)
		place_parts(p, t);
	place_scratch(p, t);
	place_values(p, s, t);
}

/* ---- pointers ---- */

/* Gradients that several ops add to: the first of them writes. */
static void
link_gradients(struct cd_plan *p, bool *written)
{
	int k;

	for (k = p->nops - 1; k >= 0; k--) {
		struct cd_op *op = &p->op[k];

		op->dout = p->value[op->y].d;
		if (op->other >= 0 && p->value[op->other].wanted) {
			op->dadd = p->value[op->other].d;
			op->add_dadd = written[op->other];
			written[op->other] = true;
		}
		if (!p->value[op->x].wanted)
			continue;
		op->din = p->value[op->x].d;
		op->add_din = op->x != op->y && written[op->x];
		written[op->x] = true;
	}
}

static void
link_ops(struct cd_plan *p)
{
	int k;

	for (k = 0; k < p->nops; k++) {
		struct cd_op *op = &p->op[k];

		op->in = p->value[op->x].y;
		op->out = p->value[op->y].y;
		op->add = op->other < 0 ? NULL : p->value[op->other].y;
		if (op->kind == &cd_op_norm)
			op->z = op->in;
		/* predicting, a norm before a sum works in place */
		else if (op->normed && !p->training)
			op->z = op->out;
	}
}

/* The place of a layer's t-th parameter. */
static int
param_place(const struct cd_layer *l, int t)
{
	return l->kind == CD_LAYER_NORM ? CD_OP_GAMMA + t : t;
}

void
cd_plan_bind(struct cd_plan *p, int slot)
{
	const struct cd_model *m = p->model;
	int k, l, i, t;

	for (k = 0; k < p->nops; k++)
		for (l = 0; l < p->op[k].nlayers; l++)
			for (i = t = 0; i < m->nparams; i++) {
				struct cd_param *q = &m->param[i];
				struct cd_op_param *to;

				if (q->layer != p->op[k].index[l])
					continue;
				to = &p->op[k]
					  .param[param_place(p->op[k].layer[l],
					      t++)];
				to->value = slot < 0 ? q->value : q->slot[slot];
				to->grad = p->grad[i];
				to->n = q->n;
			}
	p->prepared = false;
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
take_arena(struct cd_plan *p, const struct spans *s, struct cd_err *e)
{
	struct taker t = { NULL, 0, false };

	cd_plan_bind(p, -1); /* the sizes of parameters */
	place(p, s, &t);
	if (t.overflow)
		return cd_fail(e, "the net is too large for this machine");
	p->size = t.used;
	if (check_memory(t.used, e) < 0)
		return -1;
	p->arena = cd_alloc_arena(t.used, e);
	if (!p->arena)
		return -1;
	t = (struct taker){ p->arena, 0, false };
	place(p, s, &t);
	cd_plan_bind(p, -1);
	link_ops(p);
	return 0;
}

int
cd_plan_place(struct cd_plan *p, struct cd_err *e)
{
	struct spans s = { NULL, NULL, 0, 0 };
	bool *written = cd_calloc((size_t)p->nvalues, sizeof *written, e);
	int r = -1;

	if (written && make_spans(p, &s, e) == 0 && take_arena(p, &s, e) == 0) {
		if (p->training)
			link_gradients(p, written);
		r = 0;
	}
	free(written);
	free(s.y);
	free(s.d);
	return r;
}
