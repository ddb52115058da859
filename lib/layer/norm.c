/* Batch norm, on its own or after a convolution: kern/norm.h has the formulas.
 * Sums are kept for parts of the batch and added by layer/parts.h. */
#include "layer/norm.h"

#include <math.h>
#include <string.h>

#include "layer/parts.h"
#include "layer/shape.h"

#define GAMMA_MAX 1e6

/* ---- the net text ---- */

struct cd_layer
cd_norm_layer(void)
{
	return (struct cd_layer){ .kind = &cd_layer_norm,
		.gamma = 1,
		.momentum = 0.9,
		.epsilon = 1e-5 };
}

int
cd_norm_gamma(struct cd_words *w, struct cd_layer *l)
{
	if (cd_words_take(w, "gamma"))
		return cd_words_real(w, "gamma", -GAMMA_MAX, GAMMA_MAX,
		    &l->gamma);
	return 0;
}

static int
parse(struct cd_words *w, const int in[3], struct cd_layer_line *line)
{
	struct cd_layer *l = &line->layer[0];

	(void)in;
	line->n = 1;
	*l = cd_norm_layer();
	l->relu = cd_words_take(w, "relu");
	if (cd_norm_gamma(w, l) < 0 ||
	    (cd_words_take(w, "momentum") &&
		cd_words_real(w, "momentum", 0, 0.9999, &l->momentum) < 0) ||
	    (cd_words_take(w, "epsilon") &&
		cd_words_real(w, "epsilon", 1e-10, 1, &l->epsilon) < 0))
		return -1;
	return cd_words_end(w);
}

static int
params(const struct cd_layer *l, struct cd_param_shape *out)
{
	int c = l->in[2];

	out[CD_NORM_GAMMA] = cd_layer_param("gamma", CD_PARAM_GAMMA, c, 0, 0,
	    0);
	out[CD_NORM_GAMMA].start = l->gamma;
	out[CD_NORM_BETA] = cd_layer_param("beta", CD_PARAM_BIAS, c, 0, 0, 0);
	out[CD_NORM_MEAN] = cd_layer_param("mean", CD_PARAM_MEAN, c, 0, 0, 0);
	out[CD_NORM_VARIANCE] = cd_layer_param("variance", CD_PARAM_VARIANCE, c,
	    0, 0, 0);
	out[CD_NORM_VARIANCE].start = 1;
	return 4;
}

static double
flops(const struct cd_layer *l)
{
	return 2 * (double)cd_shape_volume(l->out);
}

/* ---- making the step ---- */

/* Makes l the norm of the step, which may then take a pool or an add. */
static void
take_on(struct cd_op *op, const struct cd_layer *l, int at)
{
	op->normed = true;
	op->norm_at = at;
	op->norm = (struct cd_norm){ .h = l->in[0],
		.w = l->in[1],
		.c = l->in[2] };
	op->relu = l->relu;
	op->takes = CD_OP_TAKES_POOL | (l->relu ? 0 : CD_OP_TAKES_ADD);
}

static bool
join(struct cd_op *op, const struct cd_layer *l, int other)
{
	(void)other;
	if (!(op->takes & CD_OP_TAKES_NORM))
		return false;
	take_on(op, l, op->nlayers);
	return true;
}

static void
begin(struct cd_op *op)
{
	op->at_once = true;
	take_on(op, op->layer[0], 0);
}

void
cd_norm_finish(struct cd_op *op)
{
	struct cd_norm *n = &op->norm;

	n->relu = op->relu;
	n->pool = op->pool;
	n->yh = n->pool ? n->h / 2 : n->h;
	n->yw = n->pool ? n->w / 2 : n->w;
}

static void
finish(struct cd_op *op, bool training)
{
	(void)training;
	op->nz = op->nx;
	cd_norm_finish(op);
}

void
cd_norm_place(struct cd_op *op, struct cd_arena *a, int batch, bool training)
{
	size_t c = (size_t)op->norm.c;

	op->table.mean = cd_arena_floats(a, c, 1);
	op->table.scale = cd_arena_floats(a, c, 1);
	if (!training)
		return;
	if (op->norm.pool)
		op->won = cd_arena_floats(a, (size_t)batch, op->ny);
	op->table.a = cd_arena_floats(a, c, 1);
	op->table.b = cd_arena_floats(a, c, 1);
	op->table.k = cd_arena_floats(a, c, 1);
	op->table.sums = cd_arena_take(a, CD_PARTS * 2 * c, sizeof(double));
}

static void
place(struct cd_op *op, struct cd_arena *a, int batch, bool training)
{
	if (training && op->norm.pool)
		op->which = cd_arena_take(a, (size_t)batch, op->ny);
	cd_norm_place(op, a, batch, training);
}

static void
link_maps(struct cd_op *op, bool training)
{
	(void)training;
	op->z = op->in;
}

/* ---- sums, and numbers from them ---- */

void
cd_norm_clear(struct cd_op *op)
{
	memset(op->table.sums, 0,
	    CD_PARTS * 2 * (size_t)op->norm.c * sizeof *op->table.sums);
}

static void
add_sums(struct cd_op *op, const struct cd_norm *norm, int part, int n,
    const float *x)
{
	cd_norm_best()->sums(norm, n, x, cd_norm_param(op, CD_NORM_MEAN)->value,
	    op->table.sums + part * 2 * (size_t)norm->c);
}

void
cd_norm_add_sums(struct cd_op *op, int part, int n, const float *x)
{
	add_sums(op, &op->norm, part, n, x);
}

/* The norm of so many rows. */
static struct cd_norm
of_rows(const struct cd_op *op, int rows)
{
	struct cd_norm norm = op->norm;

	norm.h = rows;
	norm.yh = norm.pool ? rows / 2 : rows;
	return norm;
}

void
cd_norm_add_rows(struct cd_op *op, int part, int rows, const float *x)
{
	struct cd_norm norm = of_rows(op, rows);

	add_sums(op, &norm, part, 1, x);
}

/* Adds the sums of all parts. */
static const double *
all_sums(struct cd_op *op, const struct cd_run *r)
{
	size_t n = 2 * (size_t)op->norm.c, at[CD_RANKS_MAX + 1];
	double *sums = op->table.sums;
	int first = cd_run_first(r, CD_PARTS), i;

	cd_tree_add_doubles(sums + first * n, cd_run_count(r, CD_PARTS), n);
	if (!r->ranks)
		return sums;
	memmove(sums + r->ranks->rank * n, sums + first * n, n * sizeof *sums);
	for (i = 0; i <= r->ranks->n; i++)
		at[i] = i * n * sizeof *sums;
	cd_ranks_gather(r->ranks, sums, at);
	cd_tree_add_doubles(sums, r->ranks->n, n);
	return sums;
}

/* The mean and variance of the batch; moves the running ones towards them, the
 * variance towards its unbiased estimate, or to them. */
static void
settle_batch(struct cd_op *op, const struct cd_run *r, double count)
{
	const struct cd_layer *l = op->layer[op->norm_at];
	const float *gamma = cd_norm_param(op, CD_NORM_GAMMA)->value;
	float *mean = cd_norm_param(op, CD_NORM_MEAN)->value;
	float *variance = cd_norm_param(op, CD_NORM_VARIANCE)->value;
	const double *s = all_sums(op, r);
	int c = op->norm.c, i;

	for (i = 0; i < c; i++) {
		double off = s[i] / count, v = s[c + i] / count - off * off;
		double m = mean[i] + off;

		/* not fmax, which would hide a NaN */
		v = v < 0 ? 0 : v;
		op->table.mean[i] = (float)m;
		op->table.scale[i] = (float)(gamma[i] / sqrt(v + l->epsilon));
		/* for the backward pass: 1 / (variance + epsilon) */
		op->table.k[i] = (float)(1 / (v + l->epsilon));
		if (r->measuring) {
			mean[i] = (float)m;
			variance[i] = (float)v;
			continue;
		}
		if (count < 2) /* one value has no variance */
			continue;
		mean[i] = (float)(l->momentum * mean[i] +
		    (1 - l->momentum) * m);
		v *= count / (count - 1);
		variance[i] = (float)(l->momentum * variance[i] +
		    (1 - l->momentum) * v);
	}
}

static void
settle(struct cd_op *op, const struct cd_run *r, double count)
{
	const float *gamma = cd_norm_param(op, CD_NORM_GAMMA)->value;
	const float *variance = cd_norm_param(op, CD_NORM_VARIANCE)->value;
	double epsilon = op->layer[op->norm_at]->epsilon;
	int i;

	if (r->training) {
		settle_batch(op, r, count);
		return;
	}
	for (i = 0; i < op->norm.c; i++) {
		double v = (double)variance[i] + epsilon;

		op->table.mean[i] = cd_norm_param(op, CD_NORM_MEAN)->value[i];
		op->table.scale[i] = (float)(gamma[i] / sqrt(v));
		if (op->table.k) /* a backward pass follows */
			op->table.k[i] = (float)(1 / v);
	}
}

static struct cd_norm_channels
channels(struct cd_op *op)
{
	const struct cd_op_norm *t = &op->table;

	return (struct cd_norm_channels){ t->mean, t->scale,
		cd_norm_param(op, CD_NORM_BETA)->value, t->a, t->b, t->k };
}

/* The output at y, by which the backward pass sees where ReLU stopped it; NULL:
 * it computes that again, or there is none. */
static const float *
seen(const struct cd_op *op, size_t y)
{
	return cd_op_sees_output(op) ? op->out + y : NULL;
}

static void
apply(struct cd_op *op, int first, int n)
{
	struct cd_norm_channels f = channels(op);

	cd_norm_best()->forward(&op->norm, n, op->z + first * op->nz, &f,
	    op->add ? op->add + first * op->ny : NULL, op->out + first * op->ny,
	    op->which ? op->which + first * op->ny : NULL,
	    op->won ? op->won + first * op->ny : NULL);
}

void
cd_norm_add_back_sums(struct cd_op *op, int part, int first, int n)
{
	struct cd_norm_channels f = channels(op);
	const float *x = op->won ? op->won + first * op->ny :
				   op->z + first * op->nz;

	cd_norm_best()->backward_sums(&op->norm, n, x, &f,
	    seen(op, first * op->ny),
	    op->which ? op->which + first * op->ny : NULL,
	    op->dout + first * op->ny,
	    op->table.sums + part * 2 * (size_t)op->norm.c);
}

/* Mean and variance depend on the input only in training. */
static void
settle_back(struct cd_op *op, const struct cd_run *run, double count)
{
	const double *s = all_sums(op, run);
	int c = op->norm.c, i;

	for (i = 0; i < c; i++) {
		double r = op->table.k[i], scale = op->table.scale[i];

		cd_norm_param(op, CD_NORM_BETA)->grad[i] = (float)s[i];
		cd_norm_param(op, CD_NORM_GAMMA)->grad[i] = (float)(s[c + i] *
		    sqrt(r));
		op->table.a[i] = (float)scale;
		op->table.b[i] = op->table.k[i] = 0;
		if (!run->training)
			continue;
		op->table.b[i] = (float)(-scale * r * s[c + i] / count);
		op->table.k[i] = (float)(-scale * s[i] / count);
	}
}

/* Of n pictures, or of rows of one: x and y are the places in their maps. */
static void
back(struct cd_op *op, struct cd_norm norm, int n, size_t x, size_t y,
    float *dx)
{
	struct cd_norm_channels f = channels(op);

	norm.add_dadd = op->add_dadd;
	cd_norm_best()->backward(&norm, n, op->z + x, &f, seen(op, y),
	    op->which ? op->which + y : NULL, op->dout + y, dx,
	    op->dadd ? op->dadd + y : NULL);
}

void
cd_norm_back(struct cd_op *op, int first, int n, float *dx, bool add_dx)
{
	struct cd_norm norm = op->norm;

	norm.add_dx = add_dx;
	back(op, norm, n, first * op->nz, first * op->ny, dx);
}

void
cd_norm_back_rows(struct cd_op *op, int i, int from, int to, float *dx)
{
	const struct cd_norm *all = &op->norm;
	int y = all->pool ? from / 2 : from;

	back(op, of_rows(op, to - from), 1,
	    i * op->nz + (size_t)from * all->w * all->c,
	    i * op->ny + (size_t)y * all->yw * all->c, dx);
}

/* ---- the passes, by parts of the batch ---- */

/* The number of values of a channel in the batch. */
static double
count_of(const struct cd_op *op, const struct cd_run *r)
{
	return (double)r->n * op->norm.h * op->norm.w;
}

static void
apply_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	int i = cd_part_begin(j->run->n, part, CD_PARTS);
	int n = cd_part_begin(j->run->n, part + 1, CD_PARTS) - i;

	(void)worker;
	apply(op, i, n);
}

void
cd_norm_pass(struct cd_op *op, const struct cd_run *r)
{
	settle(op, r, count_of(op, r));
	if (op->deferred) /* to a step that reads them now: slots change */
		op->as_input = (struct cd_conv_input){ op->table.mean,
			op->table.scale,
			cd_norm_param(op, CD_NORM_BETA)->value };
	else
		cd_op_run_parts(op, r, CD_PARTS, apply_part);
}

static void
back_sums_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	int i = cd_part_begin(j->run->n, part, CD_PARTS);
	int n = cd_part_begin(j->run->n, part + 1, CD_PARTS) - i;

	(void)worker;
	cd_norm_add_back_sums(op, part, i, n);
}

void
cd_norm_back_begin(struct cd_op *op, const struct cd_run *r)
{
	if (!op->summed) {
		cd_norm_clear(op);
		cd_op_run_parts(op, r, CD_PARTS, back_sums_part);
	}
	settle_back(op, r, count_of(op, r));
}

/* ---- on its own ---- */

static void
sums_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	int i = cd_part_begin(j->run->n, part, CD_PARTS);
	int n = cd_part_begin(j->run->n, part + 1, CD_PARTS) - i;

	(void)worker;
	cd_norm_add_sums(j->op, part, n, j->op->in + i * j->op->nx);
}

static void
forward(struct cd_op *op, const struct cd_run *r)
{
	if (r->training) {
		cd_norm_clear(op);
		cd_op_run_parts(op, r, CD_PARTS, sums_part);
	}
	cd_norm_pass(op, r);
}

static void
backward_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	int i = cd_part_begin(j->run->n, part, CD_PARTS);
	int n = cd_part_begin(j->run->n, part + 1, CD_PARTS) - i;

	(void)worker;
	cd_norm_back(op, i, n, op->din + i * op->nx, op->add_din);
}

/* A norm directly on the picture has no din and takes no add (at_once): there
 * is no gradient to pass back. */
static void
backward(struct cd_op *op, const struct cd_run *r)
{
	cd_norm_back_begin(op, r);
	if (op->din)
		cd_op_run_parts(op, r, CD_PARTS, backward_part);
}

static const struct cd_op_kind step = {
	.name = "norm",
	.reads_in = true,
	.begin = begin,
	.finish = finish,
	.place = place,
	.link = link_maps,
	.forward = forward,
	.backward = backward,
};

const struct cd_layer_kind cd_layer_norm = {
	.name = "norm",
	.line = { { "norm", parse } },
	.shape = cd_layer_shape_same,
	.params = params,
	.flops = flops,
	.join = join,
	.step = &step,
};
