/* From layers to steps: what can be computed together becomes one.
 *
 *	conv + pool max 2
 *	conv + norm, and then + pool max 2 or the sum that closes a block
 *	norm + pool max 2 or that sum
 *
 * with the ReLU that follows. A flatten is no step: the numbers stay. */
#include <stdlib.h>

#include "base/mem.h"
#include "net/plan_private.h"

struct maker {
	struct cd_plan *p;
	const struct cd_layer *layer;
	int nlayers;
	int *uses;  /* of a layer's output; [nlayers] */
	int *value; /* that it became */
};

static int
value_of(const struct maker *m, int layer)
{
	return layer == CD_NET_PICTURE ? 0 : m->value[layer];
}

/* Is i followed by such a layer, which alone takes its output? */
static bool
followed_by(const struct maker *m, int i, enum cd_layer_kind kind)
{
	const struct cd_layer *next = &m->layer[i + 1];

	if (i + 1 == m->nlayers || m->uses[i] != 1 || next->kind != kind)
		return false;
	return next->from == i || (kind == CD_LAYER_ADD && next->other == i);
}

/* Windows of 2x2 side by side; where a last odd row has one of its own the
 * kernels that are fused cannot do it. */
static bool
pool_fuses(const struct maker *m, int i)
{
	const struct cd_layer *p = &m->layer[i + 1];

	return followed_by(m, i, CD_LAYER_POOL) && p->pool == CD_POOL_MAX &&
	    p->kh == 2 && p->stride == 2 && p->out[0] == p->in[0] / 2 &&
	    p->out[1] == p->in[1] / 2;
}

static void
take_layer(const struct maker *m, struct cd_op *op, int i)
{
	op->layer[op->nlayers] = &m->layer[i];
	op->index[op->nlayers++] = i;
}

static void
set_norm(struct cd_op *op, const struct cd_layer *l)
{
	op->normed = true;
	op->norm = (struct cd_norm){ .h = l->in[0],
		.w = l->in[1],
		.c = l->in[2],
		.relu = l->relu };
}

/* The sum that closes a block, if what it adds is there already. */
static bool
take_add(struct maker *m, struct cd_op *op, int i)
{
	const struct cd_layer *add = &m->layer[i + 1];
	int other;

	if (!followed_by(m, i, CD_LAYER_ADD) || op->norm.relu)
		return false;
	other = add->from == i ? add->other : add->from;
	op->other = value_of(m, other);
	/* a norm alone writes the gradients of both at once, to two places */
	if (op->kind == &cd_op_norm &&
	    (op->other == op->x || !m->p->value[op->x].wanted)) {
		op->other = -1;
		return false;
	}
	op->norm.relu = add->relu;
	take_layer(m, op, i + 1);
	return true;
}

/* What follows a norm, layer i. Returns the last layer taken. */
static int
follow_norm(struct maker *m, struct cd_op *op, int i)
{
	if (take_add(m, op, i))
		return i + 1;
	if (!pool_fuses(m, i))
		return i;
	op->norm.pool = 2;
	take_layer(m, op, i + 1);
	return i + 1;
}

static void
set_norm_shape(struct cd_norm *n)
{
	n->yh = n->pool ? n->h / 2 : n->h;
	n->yw = n->pool ? n->w / 2 : n->w;
}

/* Predicting, the norm is worked into the weights, and the convolution does
 * what follows; but not a sum, before which the norm has to be done. */
static void
fold(struct cd_op *op)
{
	if (op->other >= 0)
		return;
	op->normed = false;
	op->folds = true;
	op->conv.relu = op->norm.relu;
	op->conv.pool = op->norm.pool;
}

static int
make_conv(struct maker *m, struct cd_op *op, int i)
{
	const struct cd_layer *l = &m->layer[i];
	int last = i;

	op->kind = &cd_op_conv;
	op->conv = (struct cd_conv){ .h = l->in[0],
		.w = l->in[1],
		.cin = l->in[2],
		.kh = l->kh,
		.kw = l->kw,
		.stride = l->stride,
		.pad = l->pad,
		.groups = l->groups,
		.cout = l->out[2],
		.relu = l->relu };
	if (!l->relu && followed_by(m, i, CD_LAYER_NORM)) {
		take_layer(m, op, i + 1);
		set_norm(op, &m->layer[i + 1]);
		last = follow_norm(m, op, i + 1);
		if (!m->p->training)
			fold(op);
	} else if (l->groups == 1 && pool_fuses(m, i)) {
		op->conv.pool = 2;
		take_layer(m, op, ++last);
	}
	set_norm_shape(&op->norm);
	cd_conv_shape(&op->conv);
	op->how = cd_conv_best(&op->conv);
	op->nz = (size_t)op->conv.yh * op->conv.yw * op->conv.cout;
	return last;
}

static int
make_norm(struct maker *m, struct cd_op *op, int i)
{
	int last;

	op->kind = &cd_op_norm;
	op->nz = cd_volume(m->layer[i].in);
	set_norm(op, &m->layer[i]);
	last = follow_norm(m, op, i);
	set_norm_shape(&op->norm);
	return last;
}

static void
make_pool(struct cd_op *op, const struct cd_layer *l)
{
	op->kind = &cd_op_pool;
	op->pool = (struct cd_pool){ .h = l->in[0],
		.w = l->in[1],
		.c = l->in[2],
		.size = l->kh,
		.stride = l->stride,
		.before = l->same ? (l->kh - 1) / 2 : 0,
		.yh = l->out[0],
		.yw = l->out[1] };
}

/* May the op change its input in place? Where nobody else takes it. */
static bool
in_place(const struct maker *m, const struct cd_op *op, int i)
{
	int from = m->layer[i].from, uses;

	if (op->x == 0)
		return false;
	uses = m->uses[from];
	/* a flatten's input has its own users */
	while (m->layer[from].kind == CD_LAYER_FLATTEN) {
		from = m->layer[from].from;
		if (from == CD_NET_PICTURE || m->uses[from] > 1)
			return false;
	}
	return uses == 1;
}

/* Fills the op that begins at layer i; returns the last layer it takes. */
static int
make_op(struct maker *m, struct cd_op *op, int i)
{
	const struct cd_layer *l = &m->layer[i];

	take_layer(m, op, i);
	op->x = value_of(m, l->from);
	op->other = op->y = -1;
	op->relu = l->relu;
	switch (l->kind) {
	case CD_LAYER_CONV:
		return make_conv(m, op, i);
	case CD_LAYER_NORM:
		return make_norm(m, op, i);
	case CD_LAYER_POOL:
		make_pool(op, l);
		return i;
	case CD_LAYER_ADD:
		op->kind = &cd_op_add;
		op->other = value_of(m, l->other);
		return i;
	case CD_LAYER_EXCITE:
		op->kind = &cd_op_excite;
		op->pool = (struct cd_pool){ .h = l->in[0],
			.w = l->in[1],
			.c = l->in[2] };
		return i;
	case CD_LAYER_DENSE:
		op->kind = &cd_op_dense;
		return i;
	case CD_LAYER_RELU:
		op->kind = &cd_op_relu;
		break;
	default:
		op->kind = &cd_op_dropout;
		break;
	}
	if (in_place(m, op, i))
		op->y = op->x;
	return i;
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
		if (m->layer[i].kind == CD_LAYER_ADD && m->layer[i].other >= 0)
			m->uses[m->layer[i].other]++;
	}
	return 0;
}

/* The op's values: who takes them last; the gradient is wanted of what depends
 * on parameters. */
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
		y->wanted = y->wanted || op->layer[i]->kind == CD_LAYER_CONV ||
		    op->layer[i]->kind == CD_LAYER_NORM ||
		    op->layer[i]->kind == CD_LAYER_EXCITE ||
		    op->layer[i]->kind == CD_LAYER_DENSE;
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
		if (m.layer[i].kind == CD_LAYER_FLATTEN) {
			m.value[i] = value_of(&m, m.layer[i].from);
			continue;
		}
		last = make_op(&m, op, i);
		op->nx = cd_volume(m.layer[i].in);
		op->ny = cd_volume(m.layer[last].out);
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
	return 0;
}
