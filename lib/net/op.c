/* The ops: forward and backward of each on one page. Work is divided at fixed
 * places, by pictures or by columns, never by the number of threads. */
#include "net/op.h"

#include <string.h>

#include "kern/elem.h"

struct job {
	struct cd_op *op;
	const struct cd_run *run;
};

static void
run(struct cd_op *op, const struct cd_run *r, int n,
    void (*fn)(void *, int, int))
{
	struct job j = { op, r };

	cd_team_run(r->team, n, fn, &j);
}

/* ---- convolution, with ReLU and 2x2 max pooling ---- */

/* Where an eighth of n begins. */
static int
part_begin(int n, int part)
{
	return (int)((int64_t)n * part / CD_PARTS);
}

static void
conv_prepare_part(void *arg, int part, int worker)
{
	struct cd_op *op = ((const struct job *)arg)->op;

	(void)worker;
	op->how->prepare(&op->conv, part_begin(op->conv.cin, part),
	    part_begin(op->conv.cin, part + 1), op->w, op->pw);
}

static void
conv_forward_part(void *arg, int part, int worker)
{
	const struct job *j = arg;
	struct cd_op *op = j->op;
	int i = part_begin(j->run->n, part);
	int n = part_begin(j->run->n, part + 1) - i;

	op->how->forward(&op->conv, n, op->x + i * op->nx,
	    op->pw ? op->pw : op->w, op->b, op->y + i * op->ny,
	    op->which ? op->which + i * op->ny : NULL, j->run->scratch[worker]);
}

static void
conv_forward(struct cd_op *op, const struct cd_run *r)
{
	if (op->pw)
		run(op, r, CD_PARTS, conv_prepare_part);
	run(op, r, CD_PARTS, conv_forward_part);
}

static void
conv_backward_part(void *arg, int part, int worker)
{
	const struct job *j = arg;
	struct cd_op *op = j->op;
	int i = part_begin(j->run->n, part);
	int n = part_begin(j->run->n, part + 1) - i;
	float *dw = op->part + part * (op->ng + op->nb), *db = dw + op->ng;

	memset(dw, 0, (op->ng + op->nb) * sizeof *dw);
	op->how->backward(&op->conv, n, op->x + i * op->nx,
	    op->pw ? op->pw : op->w, op->y + i * op->ny,
	    op->which ? op->which + i * op->ny : NULL, op->dy + i * op->ny, dw,
	    db, op->dx ? op->dx + i * op->nx : NULL, j->run->scratch[worker]);
}

/* One eighth of the elements: the parts added, in their order, to the
 * first. */
static void
add_parts(void *arg, int slice, int worker)
{
	struct cd_op *op = ((const struct job *)arg)->op;
	size_t all = op->ng + op->nb, from = all * slice / CD_PARTS;
	size_t n = all * (slice + 1) / CD_PARTS - from;
	int k;

	(void)worker;
	for (k = 1; k < CD_PARTS; k++)
		cd_add(n, op->part + k * all + from, op->part + from);
}

static void
conv_gather_part(void *arg, int part, int worker)
{
	struct cd_op *op = ((const struct job *)arg)->op;

	(void)worker;
	op->how->gather(&op->conv, part_begin(op->conv.cin, part),
	    part_begin(op->conv.cin, part + 1), op->part, op->dw);
}

static void
conv_backward(struct cd_op *op, const struct cd_run *r)
{
	run(op, r, CD_PARTS, conv_backward_part);
	run(op, r, CD_PARTS, add_parts);
	if (op->pw)
		run(op, r, CD_PARTS, conv_gather_part);
	else
		memcpy(op->dw, op->part, op->nw * sizeof *op->dw);
	memcpy(op->db, op->part + op->ng, op->nb * sizeof *op->db);
}

const struct cd_op_kind cd_op_conv = { false, conv_forward, conv_backward };

/* ---- max pooling on its own ---- */

static void
pool_forward_one(void *arg, int i, int worker)
{
	struct cd_op *op = ((const struct job *)arg)->op;

	(void)worker;
	cd_pool_max_forward(&op->pool, op->x + i * op->nx, op->y + i * op->ny,
	    op->which + i * op->ny);
}

static void
pool_forward(struct cd_op *op, const struct cd_run *r)
{
	run(op, r, r->n, pool_forward_one);
}

static void
pool_backward_one(void *arg, int i, int worker)
{
	struct cd_op *op = ((const struct job *)arg)->op;

	(void)worker;
	cd_pool_max_backward(&op->pool, op->which + i * op->ny,
	    op->dy + i * op->ny, op->dx + i * op->nx);
}

static void
pool_backward(struct cd_op *op, const struct cd_run *r)
{
	run(op, r, r->n, pool_backward_one);
}

const struct cd_op_kind cd_op_pool = { false, pool_forward, pool_backward };

/* ---- ReLU on its own, in place ---- */

static void
relu_forward(struct cd_op *op, const struct cd_run *r)
{
	cd_relu((size_t)r->n * op->ny, op->y);
}

static void
relu_backward(struct cd_op *op, const struct cd_run *r)
{
	cd_relu_backward((size_t)r->n * op->ny, op->y, op->dy);
}

const struct cd_op_kind cd_op_relu = { true, relu_forward, relu_backward };

/* ---- dropout, in place ---- */

/* Layers draw apart. */
static uint64_t
dropout_seed(const struct cd_op *op, const struct cd_run *r)
{
	return r->seed + 0x9E3779B97F4A7C15u * (uint64_t)(op->index + 1);
}

static void
dropout_forward_one(void *arg, int i, int worker)
{
	const struct job *j = arg;
	struct cd_op *op = j->op;
	float *y = op->y + i * op->ny;

	(void)worker;
	cd_dropout(op->ny, (float)op->layer->rate, dropout_seed(op, j->run),
	    j->run->step, i * op->ny, y, y);
}

static void
dropout_forward(struct cd_op *op, const struct cd_run *r)
{
	if (r->training)
		run(op, r, r->n, dropout_forward_one);
}

static void
dropout_backward_one(void *arg, int i, int worker)
{
	const struct job *j = arg;
	struct cd_op *op = j->op;
	float *dy = op->dy + i * op->ny;

	(void)worker;
	cd_dropout(op->ny, (float)op->layer->rate, dropout_seed(op, j->run),
	    j->run->step, i * op->ny, dy, dy);
}

static void
dropout_backward(struct cd_op *op, const struct cd_run *r)
{
	run(op, r, r->n, dropout_backward_one);
}

const struct cd_op_kind cd_op_dropout = {
	true,
	dropout_forward,
	dropout_backward,
};

/* ---- dense, with ReLU ---- */

enum {
	COLUMNS = 64, /* of the output, a task of the forward pass */
	ROWS = 256,   /* of the weights, a task of the backward pass */
};

static int
min_int(size_t a, size_t b)
{
	return (int)(a < b ? a : b);
}

static void
dense_forward_columns(void *arg, int task, int worker)
{
	const struct job *j = arg;
	struct cd_op *op = j->op;
	size_t from = (size_t)task * COLUMNS;

	(void)worker;
	j->run->gemm(false, false, j->run->n, min_int(COLUMNS, op->ny - from),
	    (int)op->nx, op->x, (int)op->nx, op->w + from, (int)op->ny, 0,
	    op->y + from, (int)op->ny);
}

static void
dense_forward(struct cd_op *op, const struct cd_run *r)
{
	run(op, r, (int)((op->ny + COLUMNS - 1) / COLUMNS),
	    dense_forward_columns);
	cd_add_bias(r->n, (int)op->ny, op->b, op->y);
	if (op->layer->relu)
		cd_relu((size_t)r->n * op->ny, op->y);
}

static void
dense_backward_rows(void *arg, int task, int worker)
{
	const struct job *j = arg;
	struct cd_op *op = j->op;
	size_t from = (size_t)task * ROWS;
	int rows = min_int(ROWS, op->nx - from), n = j->run->n;

	(void)worker;
	j->run->gemm(true, false, rows, (int)op->ny, n, op->x + from,
	    (int)op->nx, op->dy, (int)op->ny, 0, op->dw + from * op->ny,
	    (int)op->ny);
	if (op->dx)
		j->run->gemm(false, true, n, rows, (int)op->ny, op->dy,
		    (int)op->ny, op->w + from * op->ny, (int)op->ny, 0,
		    op->dx + from, (int)op->nx);
}

static void
dense_backward(struct cd_op *op, const struct cd_run *r)
{
	if (op->layer->relu)
		cd_relu_backward((size_t)r->n * op->ny, op->y, op->dy);
	memset(op->db, 0, op->nb * sizeof *op->db);
	cd_sum_rows(r->n, (int)op->ny, op->dy, op->db);
	run(op, r, (int)((op->nx + ROWS - 1) / ROWS), dense_backward_rows);
}

const struct cd_op_kind cd_op_dense = { false, dense_forward, dense_backward };
