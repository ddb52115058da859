/* Convolution as a step: with ReLU and 2x2 max pooling, or with the norm, sum
 * and ReLU or pooling that follow. The map between convolution and norm is
 * kept (it is needed on the way back), but its gradient is made and used up a
 * few pictures at a time. */
#include <math.h>
#include <string.h>

#include "kern/elem.h"
#include "net/op.h"

enum {
	CHUNK_FLOATS = 128 << 10, /* of a map that stays in the cache */
	CHANNELS = 16,		  /* of weights, in a block: a cache line */
};

/* How many pictures of nz floats are taken at a time. */
static int
chunk(const struct cd_op *op)
{
	size_t n = op->nz ? CHUNK_FLOATS / op->nz : 0;

	return n < 1 ? 1 : n > 4096 ? 4096 : (int)n;
}

size_t
cd_op_scratch(const struct cd_op *op, int pictures)
{
	size_t n = 0;

	if (op->kind != &cd_op_conv)
		return 0;
	if (op->normed)
		n = op->nz *
		    (size_t)(chunk(op) < pictures ? chunk(op) : pictures);
	/* a line more, for the kernel's alignment */
	return (n + 15) / 16 * 16 + op->how->scratch(&op->conv);
}

/* ---- weights ---- */

static const float *
weights(const struct cd_op *op)
{
	return op->folded_weight ? op->folded_weight :
				   op->param[CD_OP_WEIGHT].value;
}

static const float *
bias(const struct cd_op *op)
{
	return op->folded_bias ? op->folded_bias : op->param[CD_OP_BIAS].value;
}

/* Where task's share of the input channels begins: by blocks, as threads that
 * write side by side would wait for each other. */
static int
channels_begin(const struct cd_op *op, int task)
{
	int blocks = (op->conv.cin + CHANNELS - 1) / CHANNELS;
	int i = cd_part_begin(blocks, task, CD_PARTS) * CHANNELS;

	return i < op->conv.cin ? i : op->conv.cin;
}

void
cd_op_prepare(struct cd_op *op, int task)
{
	int from = channels_begin(op, task), to = channels_begin(op, task + 1);

	/* kernels that prepare know no groups */
	if (op->pw && from < to)
		op->how->prepare(&op->conv, from, to, weights(op), op->pw);
}

/* gamma (w x + b - mean) / sqrt(variance + epsilon) + beta = w' x + b' */
void
cd_op_fold(struct cd_op *op)
{
	const float *b = op->param[CD_OP_BIAS].value;
	const float *w = op->param[CD_OP_WEIGHT].value;
	size_t n = op->param[CD_OP_WEIGHT].n, cout = (size_t)op->conv.cout, i;

	if (!op->folds)
		return;
	for (i = 0; i < cout; i++) {
		double scale = op->param[CD_OP_GAMMA].value[i] /
		    sqrt((double)op->param[CD_OP_VARIANCE].value[i] +
			op->layer[1]->epsilon);

		op->table.scale[i] = (float)scale;
		op->folded_bias[i] = (float)(op->param[CD_OP_BETA].value[i] +
		    scale *
			((b ? (double)b[i] : 0) -
			    (double)op->param[CD_OP_MEAN].value[i]));
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
		n = !sums || end - i < chunk(op) ? end - i : chunk(op);
		op->how->forward(&op->conv, n, op->in + i * op->nx,
		    op->pw ? op->pw : weights(op), bias(op), to + i * op->nz,
		    op->which && op->conv.pool ? op->which + i * op->ny : NULL,
		    j->run->scratch[worker]);
		if (sums)
			cd_norm_add_sums(op, part, n, op->z + i * op->nz);
	}
}

/* A band of rows of a picture, an eighth or so: where there are fewer pictures
 * than parts. */
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
		    op->pw ? op->pw : weights(op), bias(op), to + i * op->nz,
		    op->which && conv.pool ? op->which + i * op->ny : NULL,
		    j->run->scratch[worker]);
}

static void
forward(struct cd_op *op, const struct cd_run *r)
{
	if (op->normed && r->training)
		cd_norm_clear(op);
	if (r->n < CD_PARTS && !r->training && op->how->bands)
		cd_op_run(op, r, r->n * CD_PARTS, forward_band);
	else
		cd_op_run(op, r, CD_PARTS, forward_part);
	if (op->normed)
		cd_norm_pass(op, r);
}

/* ---- backward ---- */

/* n pictures from i on; dw, db: this part's. */
static void
backward_chunk(struct cd_op *op, const struct cd_run *r, int i, int n,
    float *dw, float *db, int worker)
{
	float *scratch = r->scratch[worker], *dz = scratch;
	const float *dy = op->dout + i * op->ny, *y = op->out + i * op->ny;
	size_t most = (size_t)n * op->nz;
	struct cd_conv conv = op->conv;

	if (op->normed) {
		cd_norm_back(op, i, n, dz, false);
		scratch += (most + 15) / 16 * 16;
		dy = dz;
		y = op->z + i * op->nz;
	}
	conv.add_dx = op->add_din;
	op->how->backward(&conv, n, op->in + i * op->nx,
	    op->pw ? op->pw : weights(op), y,
	    conv.pool ? op->which + i * op->ny : NULL, dy, dw, db,
	    op->din ? op->din + i * op->nx : NULL, scratch);
}

static void
backward_part(void *arg, int part, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	size_t nb = op->param[CD_OP_BIAS].n, all = op->ng + nb;
	int i = cd_part_begin(j->run->n, part, op->parts), n;
	int end = cd_part_begin(j->run->n, part + 1, op->parts);
	float *dw = op->part + part * all;

	memset(dw, 0, all * sizeof *dw);
	for (; i < end; i += n) {
		n = !op->normed || end - i < chunk(op) ? end - i : chunk(op);
		backward_chunk(op, j->run, i, n, dw, nb ? dw + op->ng : NULL,
		    worker);
	}
}

/* One eighth of the elements: the parts added, in their order, to the
 * first. */
static void
add_parts(void *arg, int slice, int worker)
{
	struct cd_op *op = ((const struct cd_op_job *)arg)->op;
	size_t all = op->ng + op->param[CD_OP_BIAS].n;
	size_t from = all * slice / CD_PARTS;
	size_t n = all * (slice + 1) / CD_PARTS - from;
	int k;

	(void)worker;
	for (k = 1; k < op->parts; k++)
		cd_add(n, op->part + k * all + from, op->part + from);
}

static void
gather_part(void *arg, int part, int worker)
{
	struct cd_op *op = ((const struct cd_op_job *)arg)->op;
	int from = channels_begin(op, part), to = channels_begin(op, part + 1);

	(void)worker;
	if (from < to)
		op->how->gather(&op->conv, from, to, op->part,
		    op->param[CD_OP_WEIGHT].grad);
}

static void
backward(struct cd_op *op, const struct cd_run *r)
{
	struct cd_op_param *w = &op->param[CD_OP_WEIGHT];
	struct cd_op_param *b = &op->param[CD_OP_BIAS];

	if (op->normed)
		cd_norm_back_begin(op, r);
	cd_op_run(op, r, op->parts, backward_part);
	cd_op_run(op, r, CD_PARTS, add_parts);
	if (op->pw)
		cd_op_run(op, r, CD_PARTS, gather_part);
	else
		memcpy(w->grad, op->part, w->n * sizeof *w->grad);
	if (b->n)
		memcpy(b->grad, op->part + op->ng, b->n * sizeof *b->grad);
}

const struct cd_op_kind cd_op_conv = { "conv", forward, backward };
