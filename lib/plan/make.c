/* Makes steps from layers: a step begins with a layer and takes on the layers
 * after it that it can compute as well (cd_op.takes). */
#include <stdlib.h>

#include "base/mem.h"
#include "layer/shape.h"
#include "plan/steps.h"

struct maker {
	struct cd_plan *p;
	const struct cd_layer *layer;
	int nlayers;
	int *uses;  /* [nlayers]: how many layers take its output */
	int *value; /* [nlayers]: the value that its output is */
};

static int
value_of(const struct maker *m, int layer)
{
	if (layer == CD_LAYER_NONE)
		return -1;
	return layer == CD_NET_PICTURE ? 0 : m->value[layer];
}

static void
take_layer(const struct maker *m, struct cd_op *op, int i)
{
	op->layer[op->nlayers] = &m->layer[i];
	op->index[op->nlayers++] = i;
}

/* Lets the step, whose last layer is i, compute layer i + 1 too: if that alone
 * takes the output of i, and its kind can join. */
static bool
take_next(const struct maker *m, struct cd_op *op, int i)
{
	const struct cd_layer *l = &m->layer[i + 1];
	int other;

	if (i + 1 == m->nlayers || m->uses[i] != 1 || !l->kind->join ||
	    op->nlayers == CD_OP_LAYERS_MAX || i == m->p->map)
		return false;
	if (l->from != i && l->other != i)
		return false;
	other = l->from == i ? l->other : l->from;
	if (!l->kind->join(op, l, value_of(m, other)))
		return false;
	take_layer(m, op, i + 1);
	return true;
}

/* Is the map of the plan's layer this value, read by layer i? */
static bool
is_map(const struct maker *m, int value, int i)
{
	int map = m->p->map;

	return map >= 0 && map < i && m->value[map] == value;
}

/* May the op overwrite its input? Only if no other step reads it. */
static bool
in_place(const struct maker *m, const struct cd_op *op, int i)
{
	int from = m->layer[i].from, uses;

	if (op->x == 0 || is_map(m, op->x, i))
		return false;
	uses = m->uses[from];
	/* a layer without a step shares the memory of its input, which others
	 * may read */
	while (!m->layer[from].kind->step) {
		from = m->layer[from].from;
		if (from == CD_NET_PICTURE || m->uses[from] > 1)
			return false;
	}
	return uses == 1;
}

/* Fills the op that begins at layer i; returns its last layer. */
static int
make_op(const struct maker *m, struct cd_op *op, int i)
{
	const struct cd_layer *l = &m->layer[i];
	const struct cd_op_kind *k = l->kind->step;
	int last = i;

	take_layer(m, op, i);
	op->kind = k;
	op->x = value_of(m, l->from);
	op->other = value_of(m, l->other);
	op->y = -1;
	op->dx = m->p->value[op->x].wanted;
	op->relu = l->relu;
	op->nx = (size_t)cd_shape_volume(l->in);
	if (k->begin)
		k->begin(op);
	while (take_next(m, op, last))
		last++;
	op->ny = (size_t)cd_shape_volume(m->layer[last].out);
	if (k->finish)
		k->finish(op, m->p->training);
	if (k->in_place && in_place(m, op, i))
		op->y = op->x;
	return last;
}

static int
count_uses(struct maker *m, struct cd_err *e)
{
	int i;

	m->uses = cd_calloc(2 * (size_t)m->nlayers, sizeof *m->uses, e);
	if (!m->uses)
		return -1;
	m->value = m->uses + m->nlayers;
	for (i = 0; i < m->nlayers; i++) {
		if (m->layer[i].from >= 0)
			m->uses[m->layer[i].from]++;
		if (m->layer[i].other >= 0)
			m->uses[m->layer[i].other]++;
	}
	return 0;
}

/* Notes that op k is the last so far to read its inputs, and whether the
 * gradient of its output is wanted: if it depends on trained parameters or,
 * where the plan is for a layer's map, on that. */
static void
link_values(struct cd_plan *p, int k)
{
	const struct cd_op *op = &p->op[k];
	struct cd_value *y = &p->value[op->y];
	int takes[2] = { op->x, op->other }, i;

	for (i = 0; i < 2; i++) {
		if (takes[i] < 0)
			continue;
		p->value[takes[i]].last = k;
		y->wanted = y->wanted || p->value[takes[i]].wanted;
	}
	for (i = 0; i < op->nlayers; i++)
		y->wanted = y->wanted ||
		    (p->map < 0 ? cd_layer_ntrained(op->layer[i]) > 0 :
				  op->index[i] == p->map);
}

/* The only op that reads the value; NULL: several do, or the caller. */
static struct cd_op *
only_reader(struct cd_plan *p, int value)
{
	struct cd_op *op, *only = NULL;

	for (op = p->op; op < p->op + p->nops; op++) {
		if (op->x != value && op->other != value)
			continue;
		if (only)
			return NULL;
		only = op;
	}
	return only;
}

/* A norm that only a convolution reads, which can compute it, need not be
 * computed for itself. */
static void
defer_norms(struct cd_plan *p)
{
	struct cd_op *op, *reader;

	if (!p->training || p->map != CD_LAYER_NONE)
		return;
	for (op = p->op; op < p->op + p->nops; op++) {
		if (!op->normed || !op->relu || op->pool || op->other >= 0)
			continue;
		reader = only_reader(p, op->y);
		op->deferred = reader && reader->x == op->y &&
		    reader->other != op->y && reader->takes_norms;
		p->value[op->y].deferred = op->deferred;
		if (op->deferred)
			reader->deferred_in = true;
	}
}

/* Which steps each rank computes of all pictures: those that want to, and all
 * behind them. */
static void
find_whole(struct cd_plan *p)
{
	struct cd_value *v = p->value, *none = &(struct cd_value){ 0 };
	struct cd_value *x, *other;
	struct cd_op *op;

	for (op = p->op; op < p->op + p->nops; op++) {
		x = &v[op->x];
		other = op->other < 0 ? none : &v[op->other];
		if (!op->kind->whole && !x->whole && !other->whole)
			continue;
		op->gathers = !x->whole;
		op->gathers_other = op->other >= 0 && !other->whole;
		x->whole = other->whole = v[op->y].whole = op->whole = true;
	}
}

int
cd_plan_make(struct cd_plan *p, struct cd_err *e)
{
	struct maker m = { p, p->layer, p->model->net.nlayers, NULL, NULL };
	int i, last;

	if (count_uses(&m, e) < 0)
		return -1;
	p->value[0] = (struct cd_value){ .n = (size_t)p->h * p->w *
		    p->model->net.in[2],
		.maker = -1,
		.last = -1 };
	p->nvalues = 1;
	for (i = 0; i < m.nlayers; i = last + 1) {
		struct cd_op *op = &p->op[p->nops];

		last = i;
		if (!m.layer[i].kind->step) {
			m.value[i] = value_of(&m, m.layer[i].from);
			continue;
		}
		last = make_op(&m, op, i);
		if (op->y < 0) {
			op->y = p->nvalues++;
			p->value[op->y] = (struct cd_value){ .n = op->ny,
				.maker = p->nops,
				.last = -1 };
		}
		for (; i <= last; i++)
			m.value[i] = op->y;
		link_values(p, p->nops++);
	}
	free(m.uses);
	defer_norms(p);
	find_whole(p);
	return 0;
}
