/* Dense layers as a step. Work is divided by columns of the output and by rows
 * of the weights, as a batch has too few rows. */
#include <string.h>

#include "kern/elem.h"
#include "net/op.h"

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
forward_columns(void *arg, int task, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	size_t from = (size_t)task * COLUMNS;

	(void)worker;
	j->run->gemm(false, false, j->run->n, min_int(COLUMNS, op->ny - from),
	    (int)op->nx, op->in, (int)op->nx,
	    op->param[CD_OP_WEIGHT].value + from, (int)op->ny, 0,
	    op->out + from, (int)op->ny);
}

static void
forward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run(op, r, (int)((op->ny + COLUMNS - 1) / COLUMNS),
	    forward_columns);
	cd_add_bias(r->n, (int)op->ny, op->param[CD_OP_BIAS].value, op->out);
	if (op->relu)
		cd_relu((size_t)r->n * op->ny, op->out);
}

static void
backward_rows(void *arg, int task, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	struct cd_op_param *w = &op->param[CD_OP_WEIGHT];
	size_t from = (size_t)task * ROWS;
	int rows = min_int(ROWS, op->nx - from), n = j->run->n;

	(void)worker;
	j->run->gemm(true, false, rows, (int)op->ny, n, op->in + from,
	    (int)op->nx, op->dout, (int)op->ny, 0, w->grad + from * op->ny,
	    (int)op->ny);
	if (op->din)
		j->run->gemm(false, true, n, rows, (int)op->ny, op->dout,
		    (int)op->ny, w->value + from * op->ny, (int)op->ny,
		    op->add_din ? 1 : 0, op->din + from, (int)op->nx);
}

static void
backward(struct cd_op *op, const struct cd_run *r)
{
	struct cd_op_param *db = &op->param[CD_OP_BIAS];

	if (op->relu)
		cd_relu_backward((size_t)r->n * op->ny, op->out, op->dout);
	memset(db->grad, 0, db->n * sizeof *db->grad);
	cd_sum_rows(r->n, (int)op->ny, op->dout, db->grad);
	cd_op_run(op, r, (int)((op->nx + ROWS - 1) / ROWS), backward_rows);
}

const struct cd_op_kind cd_op_dense = { "dense", forward, backward };
