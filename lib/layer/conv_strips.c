/* A depthwise convolution and the one of 1x1 behind it, by strips of rows: the
 * map between them is never whole, so that it stays in the cache and takes no
 * memory. The backward pass computes it again. */
#include <string.h>

#include "kern/conv_depth.h"
#include "layer/conv_step.h"
#include "layer/norm.h"

enum {
	STRIP_FLOATS = 48 << 10, /* about so many in a strip */
	WEIGHT = 0,		 /* parameter, in the order of layer/conv.c */
};

static size_t
larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Rows of a strip: an even number, for pooling, or all. */
static int
strip_rows(const struct cd_op *op)
{
	const struct cd_conv *c = &op->conv;
	size_t line = (size_t)c->ow * larger((size_t)c->cin, (size_t)c->cout);
	size_t n = STRIP_FLOATS / line / 2 * 2;

	n = larger(n, 2);
	return n < (size_t)c->oh ? (int)n : c->oh;
}

/* Rows of a strip's depthwise gradient that the next strip's input needs. */
static int
halo(const struct cd_op *op)
{
	return (op->deep.kh - 1) / op->deep.stride;
}

/* The strip from row `from` of a picture. */
struct strip {
	struct cd_depth_rows rows;
	struct cd_conv conv; /* of these rows */
	size_t z, y;	     /* where it begins in the maps */
};

static struct strip
strip_of(const struct cd_op *op, int from)
{
	int to = from + strip_rows(op), row;
	struct strip s = { .conv = op->conv };

	s.rows.from = from;
	s.rows.to = to < op->conv.oh ? to : op->conv.oh;
	s.conv.h = s.conv.oh = s.rows.to - from;
	s.conv.yh = s.conv.pool ? s.conv.oh / 2 : s.conv.oh;
	row = s.conv.pool ? from / 2 : from;
	s.z = (size_t)row * s.conv.yw * s.conv.cout;
	row = op->pool ? from / 2 : from;
	s.y = (size_t)row * (op->pool ? op->conv.ow / 2 : op->conv.ow) *
	    s.conv.cout;
	return s;
}

/* Rows of the input that a strip is made of. */
static size_t
input_rows(const struct cd_op *op)
{
	const struct cd_conv *c = &op->deep;

	return (size_t)(strip_rows(op) - 1) * c->stride + c->kh;
}

/* Floats of a row between the two. */
static size_t
middle_line(const struct cd_op *op)
{
	return (size_t)op->conv.w * op->conv.cin;
}

/* What a strip's passes use, in the scratch memory. */
struct memory {
	float *input;  /* its rows behind a norm, if there is one (deferred) */
	float *middle; /* the map between the two */
	float *dz;     /* the gradient before the norm, if there is one */
	float *dm;     /* of the middle, behind the halo */
	float *rest;   /* for the kernel */
};

struct sizes {
	size_t input, middle, dz, dm;
};

static struct sizes
sizes_of(const struct cd_op *op)
{
	size_t rows = (size_t)strip_rows(op), line = middle_line(op);

	return (struct sizes){
		.input = op->deferred_in ?
		    cd_op_lines(input_rows(op) * op->deep.w * op->deep.cin) :
		    0,
		.middle = cd_op_lines(rows * line),
		.dz = cd_op_lines(
		    op->normed ? rows * op->conv.ow * op->conv.cout : 0),
		.dm = cd_op_lines((rows + (size_t)halo(op)) * line),
	};
}

static struct memory
divide(const struct cd_op *op, float *scratch)
{
	struct sizes n = sizes_of(op);
	struct memory m = { .input = scratch };

	m.middle = m.input + n.input;
	m.dz = m.middle + n.middle;
	m.dm = m.dz + n.dz;
	m.rest = m.dm + n.dm;
	return m;
}

size_t
cd_conv_strips_scratch(const struct cd_op *op)
{
	struct sizes n = sizes_of(op);
	struct strip s = strip_of(op, 0);

	return n.input + n.middle + n.dz + n.dm + op->how->scratch(&s.conv);
}

/* The input of picture i's strip, which begins at row s->rows.first of it. */
static const float *
input_of(const struct cd_op *op, int i, struct strip *s, const struct memory *m)
{
	const struct cd_conv *c = &op->deep;
	const struct cd_conv_input *f = op->deep.input;
	const float *x = op->in + i * op->nx;
	struct cd_norm norm = { .w = c->w, .c = c->cin, .relu = true };
	int from = s->rows.from * c->stride - c->pad;
	int to = (s->rows.to - 1) * c->stride - c->pad + c->kh;

	if (!f)
		return x;
	from = from > 0 ? from : 0;
	to = to < c->h ? to : c->h;
	norm.h = norm.yh = to - from;
	norm.yw = c->w;
	s->rows.first = from;
	cd_norm_best()->forward(&norm, 1, x + (size_t)from * c->w * c->cin,
	    &(struct cd_norm_channels){ f->mean, f->scale, f->beta, NULL, NULL,
		NULL },
	    NULL, m->input, NULL, NULL);
	return m->input;
}

/* ---- forward ---- */

static void
forward(struct cd_op *op, int i, struct strip *s, float *scratch)
{
	float *to = (op->normed ? op->z : op->out) + i * op->nz + s->z;
	struct memory m = divide(op, scratch);
	const float *x = input_of(op, i, s, &m);

	cd_depth_rows_forward(op->depth, &op->deep, s->rows, x,
	    op->param[0][WEIGHT].value, NULL, m.middle);
	op->how->forward(&s->conv, 1, m.middle, cd_conv_step_weights(op),
	    cd_conv_step_bias(op), to,
	    s->conv.pool ? op->which + i * op->ny + s->y : NULL, m.rest);
}

static void
forward_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	int i = cd_part_begin(j->run->n, part, CD_PARTS), row;
	int end = cd_part_begin(j->run->n, part + 1, CD_PARTS);
	struct strip s;

	for (; i < end; i++)
		for (row = 0; row < op->conv.oh; row = s.rows.to) {
			s = strip_of(op, row);
			forward(op, i, &s, j->run->scratch[worker]);
			if (op->normed && j->run->training)
				cd_norm_add_rows(op, part, s.conv.h,
				    op->z + i * op->nz + s.z);
		}
}

/* Where no sums are wanted, any worker takes any strip. */
static void
forward_strip(void *arg, int task, int worker)
{
	const struct cd_op_job *j = arg;
	int rows = strip_rows(j->op);
	int strips = (j->op->conv.oh + rows - 1) / rows;
	struct strip s = strip_of(j->op, task % strips * rows);

	forward(j->op, task / strips, &s, j->run->scratch[worker]);
}

void
cd_conv_strips_forward(struct cd_op *op, const struct cd_run *r)
{
	int rows = strip_rows(op), strips = (op->conv.oh + rows - 1) / rows;

	if (op->normed && r->training)
		cd_op_run_parts(op, r, CD_PARTS, forward_part);
	else
		cd_op_run_pictures(op, r, strips, forward_strip);
}

/* ---- backward ---- */

/* The gradients of a strip's weights, and that of the middle, to m->dm; x: the
 * strip's input. */
static void
back_to_middle(struct cd_op *op, int i, const struct strip *s, const float *x,
    bool add, float *dw, float *db, const struct memory *m)
{
	const float *dy = op->dout + i * op->ny + s->y;
	const float *y = (op->normed ? op->z : op->out) + i * op->nz + s->z;
	struct cd_conv conv = s->conv;

	if (op->normed) {
		cd_norm_back_rows(op, i, s->rows.from, s->rows.to, m->dz);
		dy = m->dz;
	}
	cd_depth_rows_forward(op->depth, &op->deep, s->rows, x,
	    op->param[0][WEIGHT].value, NULL, m->middle);
	conv.add_dw = add;
	op->how->backward(&conv, 1, m->middle, cd_conv_step_weights(op), y,
	    conv.pool ? op->which + i * op->ny + s->y : NULL, dy, dw, db,
	    m->dm + (size_t)halo(op) * middle_line(op), m->rest);
}

/* How many rows of the input no row of the output from `to` on reads. */
static int
rows_done(const struct cd_conv *c, int to)
{
	int done = to * c->stride - c->pad;

	if (to == c->oh || done > c->h)
		return c->h;
	return done > 0 ? done : 0;
}

static void
back_picture(struct cd_op *op, int i, bool add, float *dw, float *db,
    float *deep, float *scratch)
{
	size_t line = middle_line(op), before = (size_t)halo(op) * line;
	struct cd_depth_rows in = { 0, 0, 0 };
	struct cd_conv c = op->deep;
	struct memory m = divide(op, scratch);
	const float *x;
	struct strip s;
	int row;

	c.add_dx = op->add_din;
	for (row = 0; row < op->conv.oh; row = s.rows.to) {
		s = strip_of(op, row);
		x = input_of(op, i, &s, &m);
		back_to_middle(op, i, &s, x, add || row > 0, dw, db, &m);
		cd_depth_rows_dw(op->depth, &c, s.rows, x, m.dm + before, deep);
		in.to = rows_done(&c, s.rows.to);
		in.first = row - halo(op);
		if (op->din)
			cd_depth_rows_dx(op->depth, &c, in, m.dm,
			    op->param[0][WEIGHT].value, op->din + i * op->nx);
		in.from = in.to;
		memmove(m.dm, m.dm + (size_t)s.conv.h * line,
		    before * sizeof *m.dm);
	}
}

void
cd_conv_strips_backward(struct cd_op *op, int part, int from, int to, float *dw,
    float *db, float *deep, float *scratch)
{
	int i;

	memset(deep, 0, op->param[0][WEIGHT].n * sizeof *deep);
	for (i = from; i < to; i++) {
		back_picture(op, i, i > from, dw, db, deep, scratch);
		if (op->before)
			cd_norm_add_back_sums(op->before, part, i, 1);
	}
}
