/* The step of a convolution, with ReLU and 2x2 max pooling, or with a norm and
 * the add, ReLU or pooling after it. The map between convolution and norm is
 * kept for the backward pass; its gradient is computed and consumed a few
 * pictures at a time. */
#include "layer/conv_step.h"

#include <math.h>
#include <string.h>

#include "layer/norm.h"
#include "layer/parts.h"

enum {
	CHUNK_FLOATS = 128 << 10, /* of maps that stay in the cache */
	CHANNELS = 16,		  /* floats of a cache line */
	/* weight gradients of more floats than these are summed in fewer
	 * parts: more parts would cost more than they gain */
	MANY_WEIGHTS = 128 << 10,
	VERY_MANY_WEIGHTS = 512 << 10,
};

/* Parameters, in the order of layer/conv.c. */
enum {
	WEIGHT,
	BIAS,
};

int
cd_conv_step_chunk(const struct cd_op *op, int left)
{
	size_t n = op->nz ? CHUNK_FLOATS / op->nz : 0;

	return n < 1 ? 1 : n > (size_t)left ? left : (int)n;
}

/* ---- making the step ---- */

/* Of what follows, what this convolution can take on. */
static int
takes(const struct cd_layer *l)
{
	return (l->relu ? 0 : CD_OP_TAKES_NORM) |
	    (l->groups == 1 ? CD_OP_TAKES_POOL : 0);
}

static struct cd_conv
conv_of(const struct cd_layer *l)
{
	struct cd_conv c = { .h = l->in[0],
		.w = l->in[1],
		.cin = l->in[2],
		.kh = l->kh,
		.kw = l->kw,
		.stride = l->stride,
		.pad = l->pad,
		.groups = l->groups,
		.cout = l->out[2] };

	cd_conv_shape(&c);
	return c;
}

static void
begin(struct cd_op *op)
{
	const struct cd_layer *l = op->layer[0];

	op->deep = conv_of(l);
	op->takes = takes(l);
	if (!l->relu && !l->bias && cd_conv_best(&op->deep)->depth)
		op->takes |= CD_OP_TAKES_POINTWISE;
}

bool
cd_conv_step_join(struct cd_op *op, const struct cd_layer *l, int other)
{
	struct cd_conv c = conv_of(l);

	(void)other;
	if (!(op->takes & CD_OP_TAKES_POINTWISE) || l->kh != 1 || l->kw != 1 ||
	    l->stride != 1 || l->pad != 0 || l->groups != 1 ||
	    cd_conv_has_many_weights(cd_conv_best(&c), &c))
		return false;
	op->depth = cd_conv_best(&op->deep)->depth;
	op->main = 1;
	op->relu = l->relu;
	op->takes = takes(l);
	return true;
}

/* Predicting, the norm is folded into the weights and the convolution applies
 * the ReLU and pooling; not with an add, which no convolution computes. */
static void
fold_norm(struct cd_op *op)
{
	op->normed = false;
	op->folds = true;
}

static void
finish(struct cd_op *op, bool training)
{
	op->conv = conv_of(op->layer[op->main]);
	if (op->normed)
		cd_norm_finish(op);
	if (op->normed && !training && op->other < 0)
		fold_norm(op);
	if (!op->normed) {
		op->conv.relu = op->relu;
		op->conv.pool = op->pool;
	}
	cd_conv_shape(&op->conv);
	op->how = cd_conv_best(&op->conv);
	op->takes_norms = op->how->norms || op->depth;
	op->nz = (size_t)op->conv.yh * op->conv.yw * op->conv.cout;
	op->nkept = op->normed && training ? op->nz : 0;
}

static int
how_many_parts(size_t weights)
{
	if (weights > VERY_MANY_WEIGHTS)
		return CD_PARTS / 4;
	return weights > MANY_WEIGHTS ? CD_PARTS / 2 : CD_PARTS;
}

/* The gradient in a part: of the weights, the bias, a depthwise convolution's
 * weights. */
static size_t
part_floats(const struct cd_op *op)
{
	return op->ng + op->param[op->main][BIAS].n +
	    (op->depth ? op->param[0][WEIGHT].n : 0);
}

/* Memory for folded and prepared weights, and the size of their gradient. */
static void
place_weights(struct cd_op *op, struct cd_arena *a, int batch, bool training)
{
	size_t n = op->param[op->main][WEIGHT].n;

	op->ng = n;
	if (op->folds) {
		op->folded_weight = cd_arena_floats(a, n, 1);
		op->folded_bias = cd_arena_floats(a, (size_t)op->conv.cout, 1);
	}
	if (op->how->prepare) {
		op->ng = op->how->gradient(&op->conv);
		op->npw = op->how->prepared(&op->conv);
		op->pw = cd_arena_floats(a, op->npw, 1);
	}
	if (training && !op->depth &&
	    cd_conv_wants_rounds(op->how, &op->conv, batch))
		op->rounds = op->how->rounds;
	op->parts = CD_PARTS;
	if (op->rounds) {
		op->nshared = cd_conv_rounds_shared(op, batch);
	} else if (training) {
		op->parts = how_many_parts(op->ng);
		op->nshared = (size_t)op->parts * part_floats(op);
	}
}

static void
place(struct cd_op *op, struct cd_arena *a, int batch, bool training)
{
	bool winners = op->conv.pool || (training && op->norm.pool);

	if (winners)
		op->which = cd_arena_take(a, (size_t)batch, op->ny);
	if (op->normed || op->folds)
		cd_norm_place(op, a, batch, training);
	place_weights(op, a, batch, training);
}

/* Predicting, a norm before an add works in place. */
static void
link_maps(struct cd_op *op, bool training)
{
	if (op->normed)
		op->z = training ? op->kept : op->out;
}

static size_t
scratch(const struct cd_op *op, int batch)
{
	int pictures = (batch + op->parts - 1) / op->parts; /* of a part */
	size_t n = 0;

	if (op->depth)
		return cd_conv_strips_scratch(op);
	if (op->normed)
		n = op->nz * (size_t)cd_conv_step_chunk(op, pictures);
	/* whole cache lines, for the kernel's alignment */
	return cd_op_lines(n) + op->how->scratch(&op->conv);
}

static const char *
kernel(const struct cd_op *op)
{
	return op->how->name;
}

/* ---- weights ---- */

static const float *
weights(const struct cd_op *op)
{
	return op->folded_weight ? op->folded_weight :
				   op->param[op->main][WEIGHT].value;
}

const float *
cd_conv_step_weights(const struct cd_op *op)
{
	return op->pw ? op->pw : weights(op);
}

const float *
cd_conv_step_bias(const struct cd_op *op)
{
	return op->folded_bias ? op->folded_bias :
				 op->param[op->main][BIAS].value;
}

/* The first input channel of a task: whole blocks, because threads that write
 * to one cache line slow each other down. */
static int
channels_begin(const struct cd_op *op, int task)
{
	int blocks = (op->conv.cin + CHANNELS - 1) / CHANNELS;
	int i = cd_part_begin(blocks, task, CD_PARTS) * CHANNELS;

	return i < op->conv.cin ? i : op->conv.cin;
}

static void
prepare(struct cd_op *op, int task)
{
	int from = channels_begin(op, task), to = channels_begin(op, task + 1);

	/* kernels that prepare weights have no groups */
	if (op->pw && from < to)
		op->how->prepare(&op->conv, from, to, weights(op), op->pw);
}

/* gamma (w x + b - mean) / sqrt(variance + epsilon) + beta = w' x + b' */
static void
fold(struct cd_op *op)
{
	const float *b = op->param[op->main][BIAS].value;
	const float *w = op->param[op->main][WEIGHT].value;
	size_t n = op->param[op->main][WEIGHT].n, cout = (size_t)op->conv.cout,
	       i;

	if (!op->folds)
		return;
	for (i = 0; i < cout; i++) {
		double scale = cd_norm_param(op, CD_NORM_GAMMA)->value[i] /
		    sqrt((double)cd_norm_param(op, CD_NORM_VARIANCE)->value[i] +
			op->layer[op->norm_at]->epsilon);

		op->table.scale[i] = (float)scale;
		op->folded_bias[i] = (float)(cd_norm_param(op, CD_NORM_BETA)
						 ->value[i] +
		    scale *
			((b ? (double)b[i] : 0) -
			    (double)cd_norm_param(op, CD_NORM_MEAN)->value[i]));
	}
	for (i = 0; i < n; i++)
		op->folded_weight[i] = w[i] * op->table.scale[i % cout];
}

/* ---- forward ---- */

static void
forward_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	int i = cd_part_begin(j->run->n, part, CD_PARTS), n;
	int end = cd_part_begin(j->run->n, part + 1, CD_PARTS);
	bool sums = op->normed && j->run->training;
	float *to = op->normed ? op->z : op->out;

	for (; i < end; i += n) {
		n = sums ? cd_conv_step_chunk(op, end - i) : end - i;
		op->how->forward(&op->conv, n, op->in + i * op->nx,
		    cd_conv_step_weights(op), cd_conv_step_bias(op),
		    to + i * op->nz,
		    op->which && op->conv.pool ? op->which + i * op->ny : NULL,
		    j->run->scratch[worker]);
		if (sums)
			cd_norm_add_sums(op, part, n, op->z + i * op->nz);
	}
}

/* A band of rows, a part of a picture: for fewer pictures than
 * parts. */
static void
forward_band(void *arg, int task, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	struct cd_conv conv = op->conv;
	int i = task / CD_PARTS, part = task % CD_PARTS;
	int bands = (conv.yh + CD_CONV_BAND - 1) / CD_CONV_BAND;
	float *to = op->normed ? op->z : op->out;

	conv.from = cd_part_begin(bands, part, CD_PARTS) * CD_CONV_BAND;
	conv.to = cd_part_begin(bands, part + 1, CD_PARTS) * CD_CONV_BAND;
	if (conv.to > conv.yh)
		conv.to = conv.yh;
	if (conv.to > conv.from)
		op->how->forward(&conv, 1, op->in + i * op->nx,
		    cd_conv_step_weights(op), cd_conv_step_bias(op),
		    to + i * op->nz,
		    op->which && conv.pool ? op->which + i * op->ny : NULL,
		    j->run->scratch[worker]);
}

static void
forward(struct cd_op *op, const struct cd_run *r)
{
	if (op->normed && r->training)
		cd_norm_clear(op);
	if (op->depth)
		cd_conv_strips_forward(op, r);
	else if (op->rounds && op->rounds->product)
		cd_conv_rounds_forward(op, r);
	else if (r->n < CD_PARTS && !r->training && op->how->bands)
		cd_op_run_pictures(op, r, CD_PARTS, forward_band);
	else
		cd_op_run_parts(op, r, CD_PARTS, forward_part);
	if (op->normed)
		cd_norm_pass(op, r);
}

/* ---- backward ---- */

/* n pictures from i on; dw, db: of this part. */
static void
backward_chunk(struct cd_op *op, const struct cd_run *r, int i, int n,
    bool add_dw, float *dw, float *db, int worker)
{
	float *scratch = r->scratch[worker], *dz = scratch;
	const float *dy = op->dout + i * op->ny;
	const float *y = (op->normed ? op->z : op->out) + i * op->nz;
	size_t most = (size_t)n * op->nz;
	struct cd_conv conv = op->conv;

	if (op->normed) {
		cd_norm_back(op, i, n, dz, false);
		scratch += cd_op_lines(most);
		dy = dz;
	}
	conv.add_dx = op->add_din;
	conv.add_dw = add_dw;
	op->how->backward(&conv, n, op->in + i * op->nx,
	    cd_conv_step_weights(op), y,
	    conv.pool ? op->which + i * op->ny : NULL, dy, dw, db,
	    op->din ? op->din + i * op->nx : NULL, scratch);
}

static void
backward_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	size_t nb = op->param[op->main][BIAS].n, all = part_floats(op);
	int begin = cd_part_begin(j->run->n, part, op->parts), i, n;
	int end = cd_part_begin(j->run->n, part + 1, op->parts);
	float *dw = op->shared + part * all;
	int of = CD_PARTS / op->parts; /* the batch's, in a part of the sum */

	if (begin == end)
		memset(dw, 0, all * sizeof *dw);
	if (op->depth && begin < end)
		cd_conv_strips_backward(op, part * of, begin, end, dw,
		    nb ? dw + op->ng : NULL, dw + op->ng + nb,
		    j->run->scratch[worker]);
	for (i = begin; i < end && !op->depth; i += n) {
		n = op->normed ? cd_conv_step_chunk(op, end - i) : end - i;
		backward_chunk(op, j->run, i, n, i > begin, dw,
		    nb ? dw + op->ng : NULL, worker);
		if (op->before)
			cd_norm_add_back_sums(op->before, part * of, i, n);
	}
}

/* Adds this rank's parts, for a part of the elements, where the first one
 * is. */
static void
add_parts(void *arg, int slice, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	size_t all = part_floats(op);
	size_t from = all * slice / CD_PARTS;
	size_t n = all * (slice + 1) / CD_PARTS - from;
	int first = cd_run_first(j->run, op->parts);
	float *sum = op->shared + first * all + from;

	(void)worker;
	cd_tree_add(sum, all, cd_run_count(j->run, op->parts), n);
	if (first > 0)
		memcpy(op->shared + from, sum, n * sizeof *sum);
}

static void
gather_part(void *arg, int part, int worker)
{
	struct cd_op *op = ((const struct cd_op_job *)arg)->op;
	int from = channels_begin(op, part), to = channels_begin(op, part + 1);

	(void)worker;
	if (from < to)
		op->how->gather(&op->conv, from, to, op->shared,
		    op->param[op->main][WEIGHT].grad);
}

static void
backward(struct cd_op *op, const struct cd_run *r)
{
	struct cd_op_param *w = &op->param[op->main][WEIGHT];
	struct cd_op_param *b = &op->param[op->main][BIAS];
	size_t all = part_floats(op);

	if (op->normed)
		cd_norm_back_begin(op, r);
	if (op->before)
		cd_norm_clear(op->before);
	if (op->rounds) {
		cd_conv_rounds_backward(op, r);
		cd_op_run(op, r, CD_PARTS, gather_part);
		return;
	}
	cd_op_run_parts(op, r, op->parts, backward_part);
	cd_op_run(op, r, CD_PARTS, add_parts);
	if (r->ranks)
		cd_ranks_sum(r->ranks, op->shared, op->shared + all, all);
	if (op->pw)
		cd_op_run(op, r, CD_PARTS, gather_part);
	else
		memcpy(w->grad, op->shared, w->n * sizeof *w->grad);
	if (b->n)
		memcpy(b->grad, op->shared + op->ng, b->n * sizeof *b->grad);
	if (op->depth)
		memcpy(op->param[0][WEIGHT].grad, op->shared + op->ng + b->n,
		    op->param[0][WEIGHT].n * sizeof *b->grad);
}

const struct cd_op_kind cd_conv_step = {
	.name = "conv",
	.reads_in = true,
	.sums_before = true,
	.begin = begin,
	.finish = finish,
	.place = place,
	.scratch = scratch,
	.link = link_maps,
	.fold = fold,
	.prepare = prepare,
	.forward = forward,
	.backward = backward,
	.kernel = kernel,
};
