/* Lays out all memory of a plan: one arena, allocated once. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "plan/steps.h"
#include "plan/layout.h"

enum {
	LINE = 16, /* floats of a cache line */
};

/* ---- when each map is in use ---- */

/* In moments: step k runs at k and, back, at 2 nops - k; the loss is computed
 * at nops. Maps in floats: y of each value, d, its gradient, and what each step
 * keeps. */
struct intervals {
	struct cd_interval *y, *d, *kept; /* [nvalues], [nvalues], [nops] */
	size_t all;			  /* floats of the stretch */
};

static size_t
map_size(const struct cd_plan *p, size_t n)
{
	/* no overflow: at most 2^36 a picture, 2^16 pictures */
	return n ? cd_round_up((size_t)p->batch * n, LINE) + LINE : 0;
}

static int
moment_back(const struct cd_plan *p, int k)
{
	return 2 * p->nops - k;
}

/* The value is needed when step k goes back. */
static void
keep(const struct cd_plan *p, struct cd_interval *y, int k)
{
	if (y->to < moment_back(p, k))
		y->to = moment_back(p, k);
}

/* From the step that makes a value to the last that reads it, backward passes
 * counted. A plan that ends at a layer's map hands out what it likes: all is
 * kept. */
static void
values_in_use(const struct cd_plan *p, struct cd_interval *s)
{
	const struct cd_op *op;
	int v, k;

	for (v = 0; v < p->nvalues; v++) {
		s[v].size = p->value[v].deferred ? 0 :
						   map_size(p, p->value[v].n);
		s[v].from = p->value[v].maker < 0 ? 0 : p->value[v].maker;
		s[v].to = v == p->nvalues - 1 ? p->nops : p->value[v].last;
		if (p->map != CD_LAYER_NONE)
			keep(p, &s[v], 0);
	}
	for (k = 0; k < p->nops && p->training; k++) {
		op = &p->op[k];
		if (op->kind->reads_in)
			keep(p, &s[op->x], k);
		if (op->kind->reads_out || cd_op_sees_output(op))
			keep(p, &s[op->y], k);
	}
}

/* Gradients: from the last step that reads the value, which goes back first, to
 * the one that made it. */
static void
gradients_in_use(const struct cd_plan *p, struct cd_interval *s)
{
	int v;

	for (v = 0; v < p->nvalues; v++) {
		const struct cd_value *q = &p->value[v];
		int last = v == p->nvalues - 1 ? p->nops : q->last;

		s[v].size = q->wanted && p->training ? map_size(p, q->n) : 0;
		s[v].from = moment_back(p, last);
		s[v].to = moment_back(p, q->maker);
	}
}

static void
kept_in_use(const struct cd_plan *p, struct cd_interval *s)
{
	int k;

	for (k = 0; k < p->nops; k++) {
		s[k].size = map_size(p, p->op[k].nkept);
		s[k].from = k;
		s[k].to = p->training ? moment_back(p, k) : k;
	}
}

static int
make_intervals(const struct cd_plan *p, struct intervals *s, struct cd_err *e)
{
	int n = 2 * p->nvalues + p->nops;
	int *order = cd_calloc((size_t)n, sizeof *order, e);

	s->y = cd_calloc((size_t)n, sizeof *s->y, e);
	if (order && s->y) {
		s->d = s->y + p->nvalues;
		s->kept = s->d + p->nvalues;
		values_in_use(p, s->y);
		gradients_in_use(p, s->d);
		kept_in_use(p, s->kept);
		s->all = cd_layout(s->y, n, order);
	}
	free(order);
	return order && s->y ? 0 : -1;
}

static void
place_maps(struct cd_plan *p, const struct intervals *s, struct cd_arena *t)
{
	float *at = cd_arena_floats(t, s->all, 1);
	int v, k;

	for (v = 0; v < p->nvalues && at; v++) {
		p->value[v].y = s->y[v].size ? at + s->y[v].at : NULL;
		p->value[v].d = s->d[v].size ? at + s->d[v].at : NULL;
		p->value[v].kept = s->y[v].size && s->y[v].to > p->nops;
	}
	for (k = 0; k < p->nops && at; k++)
		p->op[k].kept = s->kept[k].size ? at + s->kept[k].at : NULL;
}

/* ---- steps ---- */

/* One buffer for all steps: each needs it only during its own backward pass. */
static void
place_shared(struct cd_plan *p, struct cd_arena *t)
{
	size_t most = 0;
	float *shared;
	int i;

	for (i = 0; i < p->nops; i++)
		if (p->op[i].nshared > most)
			most = p->op[i].nshared;
	shared = cd_arena_floats(t, most, 1);
	for (i = 0; i < p->nops; i++)
		p->op[i].shared = shared;
}

static void
place_scratch(struct cd_plan *p, struct cd_arena *t)
{
	size_t scratch = 1, n;
	int i;

	for (i = 0; i < p->nops; i++) {
		const struct cd_op_kind *k = p->op[i].kind;

		n = k->scratch ? k->scratch(&p->op[i], p->batch) : 0;
		if (n > scratch)
			scratch = n;
	}
	for (i = 0; i < p->threads; i++)
		p->scratch[i] = cd_arena_floats(t, scratch, 1);
}

static void
place(struct cd_plan *p, const struct intervals *s, struct cd_arena *t)
{
	const struct cd_model *m = p->model;
	size_t batch = (size_t)p->batch;
	int i;

	p->mul = cd_arena_floats(t, (size_t)m->net.in[2], 1);
	p->sub = cd_arena_floats(t, (size_t)m->net.in[2], 1);
	p->p = cd_arena_floats(t, batch, (size_t)m->net.nclasses);
	for (i = 0; i < m->nparams; i++)
		if (p->training && !cd_param_is_statistic(m->param[i].role))
			p->grad[i] = cd_arena_floats(t, m->param[i].n, 1);
	for (i = 0; i < p->nops; i++)
		if (p->op[i].kind->place)
			p->op[i].kind->place(&p->op[i], t, p->batch,
			    p->training);
	if (p->training)
		place_shared(p, t);
	place_scratch(p, t);
	place_maps(p, s, t);
}

/* ---- pointers ---- */

/* Where several ops add to a gradient, the first to run sets it. */
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

/* The step that goes back last of those that read the value. */
static struct cd_op *
first_reader(struct cd_plan *p, int value)
{
	int k;

	for (k = p->value[value].maker + 1; k < p->nops; k++)
		if (p->op[k].x == value || p->op[k].other == value)
			return &p->op[k];
	return NULL;
}

/* Norms whose gradient's sums another step makes. */
static void
link_sums(struct cd_plan *p)
{
	struct cd_op *op, *last;
	int k;

	for (k = 0; k < p->nops; k++) {
		op = &p->op[k];
		last = op->normed && op->dout ? first_reader(p, op->y) : NULL;
		if (!last || last->x != op->y || !last->din ||
		    !last->kind->sums_before)
			continue;
		last->before = op;
		op->summed = true;
	}
}

static void
link_ops(struct cd_plan *p)
{
	int k;

	for (k = 0; k < p->nops; k++) {
		struct cd_op *op = &p->op[k];

		op->in = p->value[op->x].y;
		if (p->value[op->x].deferred) {
			op->in = p->op[p->value[op->x].maker].z;
			(op->depth ? &op->deep : &op->conv)
			    ->input = &p->op[p->value[op->x].maker].as_input;
		}
		op->out = p->value[op->y].y;
		op->add = op->other < 0 ? NULL : p->value[op->other].y;
		if (op->kind->link)
			op->kind->link(op, p->training);
	}
}

/* Points the parameters of an op's l-th layer at the model's. */
static void
bind_layer(struct cd_plan *p, struct cd_op *op, int l, int slot)
{
	const struct cd_model *m = p->model;
	int i, t = 0;

	for (i = 0; i < m->nparams; i++) {
		const struct cd_param *q = &m->param[i];

		if (q->layer != op->index[l])
			continue;
		op->param[l][t++] = (struct cd_op_param){
			.value = slot < 0 ? q->value : q->slot[slot],
			.grad = p->grad[i],
			.n = q->n,
		};
	}
}

void
cd_plan_bind(struct cd_plan *p, int slot)
{
	int k, l;

	for (k = 0; k < p->nops; k++)
		for (l = 0; l < p->op[k].nlayers; l++)
			bind_layer(p, &p->op[k], l, slot);
	p->prepared = false;
}

/* Linux overcommits: fail here, not by the OOM killer. */
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
take_arena(struct cd_plan *p, const struct intervals *s, struct cd_err *e)
{
	struct cd_arena t = { NULL, 0, false };

	cd_plan_bind(p, -1); /* place needs the sizes of parameters */
	place(p, s, &t);
	if (t.overflow)
		return cd_fail(e, "the net is too large for this machine");
	p->size = t.used;
	if (check_memory(t.used, e) < 0)
		return -1;
	p->arena = cd_map(t.used, e);
	if (!p->arena)
		return -1;
	t = (struct cd_arena){ p->arena, 0, false };
	place(p, s, &t);
	cd_plan_bind(p, -1);
	link_ops(p);
	return 0;
}

int
cd_plan_place(struct cd_plan *p, struct cd_err *e)
{
	struct intervals s = { NULL, NULL, NULL, 0 };
	bool *written = cd_calloc((size_t)p->nvalues, sizeof *written, e);
	int r = -1;

	if (written && make_intervals(p, &s, e) == 0 &&
	    take_arena(p, &s, e) == 0) {
		if (p->training) {
			link_gradients(p, written);
			link_sums(p);
		}
		r = 0;
	}
	free(written);
	free(s.y);
	return r;
}
