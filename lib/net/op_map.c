/* Steps on maps that have no parameters: pooling, ReLU, sum, dropout. Work is
 * divided by pictures. */
#include <string.h>

#include "kern/elem.h"
#include "net/op.h"

void
cd_op_run(struct cd_op *op, const struct cd_run *r, int n,
    void (*fn)(void *, int, int))
{
	struct cd_op_job j = { op, r };

	cd_team_run(r->team, n, fn, &j);
}

/* ---- pooling on its own ---- */

static void
pool_forward_one(void *arg, int i, int worker)
{
	struct cd_op *op = ((const struct cd_op_job *)arg)->op;
	const struct cd_pool_variant *how = cd_pool_best();
	const float *x = op->in + i * op->nx;
	float *y = op->out + i * op->ny;

	(void)worker;
	switch (op->layer[0]->pool) {
	case CD_POOL_MAX:
		how->max(&op->pool, x, y,
		    op->which ? op->which + i * op->ny : NULL);
		break;
	case CD_POOL_AVERAGE:
		how->mean(&op->pool, x, y);
		break;
	case CD_POOL_GLOBAL:
		how->global(&op->pool, x, y);
		break;
	}
}

static void
pool_forward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run(op, r, r->n, pool_forward_one);
}

static void
pool_backward_one(void *arg, int i, int worker)
{
	struct cd_op *op = ((const struct cd_op_job *)arg)->op;
	const struct cd_pool_variant *how = cd_pool_best();
	const float *dy = op->dout + i * op->ny;
	float *dx = op->din + i * op->nx;
	struct cd_pool pool = op->pool;

	(void)worker;
	pool.add_dx = op->add_din;
	switch (op->layer[0]->pool) {
	case CD_POOL_MAX:
		how->max_back(&pool, op->which + i * op->ny, dy, dx);
		break;
	case CD_POOL_AVERAGE:
		how->mean_back(&pool, dy, dx);
		break;
	case CD_POOL_GLOBAL:
		how->global_back(&pool, dy, dx);
		break;
	}
}

static void
pool_backward(struct cd_op *op, const struct cd_run *r)
{
	if (op->din)
		cd_op_run(op, r, r->n, pool_backward_one);
}

const struct cd_op_kind cd_op_pool = { "pool", pool_forward, pool_backward };

/* ---- ReLU on its own ---- */

/* What a picture's gradient or a copy of it is passed on as. */
static void
pass(size_t n, const float *from, float *to, bool add)
{
	if (!to || to == from)
		return;
	if (add)
		cd_add(n, from, to);
	else
		memcpy(to, from, n * sizeof *to);
}

static void
relu_forward_one(void *arg, int i, int worker)
{
	struct cd_op *op = ((const struct cd_op_job *)arg)->op;

	(void)worker;
	pass(op->ny, op->in + i * op->nx, op->out + i * op->ny, false);
	cd_relu(op->ny, op->out + i * op->ny);
}

static void
relu_forward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run(op, r, r->n, relu_forward_one);
}

static void
relu_backward_one(void *arg, int i, int worker)
{
	struct cd_op *op = ((const struct cd_op_job *)arg)->op;
	float *dy = op->dout + i * op->ny;

	(void)worker;
	cd_relu_backward(op->ny, op->out + i * op->ny, dy);
	pass(op->ny, dy, op->din ? op->din + i * op->nx : NULL, op->add_din);
}

static void
relu_backward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run(op, r, r->n, relu_backward_one);
}

const struct cd_op_kind cd_op_relu = { "relu", relu_forward, relu_backward };

/* ---- the sum of two maps, with ReLU ---- */

static void
add_forward_one(void *arg, int i, int worker)
{
	struct cd_op *op = ((const struct cd_op_job *)arg)->op;
	float *y = op->out + i * op->ny;

	(void)worker;
	memcpy(y, op->in + i * op->nx, op->ny * sizeof *y);
	cd_add(op->ny, op->add + i * op->ny, y);
	if (op->relu)
		cd_relu(op->ny, y);
}

static void
add_forward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run(op, r, r->n, add_forward_one);
}

static void
add_backward_one(void *arg, int i, int worker)
{
	struct cd_op *op = ((const struct cd_op_job *)arg)->op;
	float *dy = op->dout + i * op->ny;

	(void)worker;
	if (op->relu)
		cd_relu_backward(op->ny, op->out + i * op->ny, dy);
	pass(op->ny, dy, op->dadd ? op->dadd + i * op->ny : NULL, op->add_dadd);
	pass(op->ny, dy, op->din ? op->din + i * op->ny : NULL, op->add_din);
}

static void
add_backward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run(op, r, r->n, add_backward_one);
}

const struct cd_op_kind cd_op_add = { "add", add_forward, add_backward };

/* ---- dropout ---- */

/* Layers draw apart. */
static uint64_t
dropout_seed(const struct cd_op *op, const struct cd_run *r)
{
	return r->seed + 0x9E3779B97F4A7C15u * (uint64_t)(op->index[0] + 1);
}

static void
dropout_forward_one(void *arg, int i, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;

	(void)worker;
	if (j->run->training)
		cd_dropout(op->ny, (float)op->layer[0]->rate,
		    dropout_seed(op, j->run), j->run->step, i * op->ny,
		    op->in + i * op->nx, op->out + i * op->ny);
	else
		pass(op->ny, op->in + i * op->nx, op->out + i * op->ny, false);
}

static void
dropout_forward(struct cd_op *op, const struct cd_run *r)
{
	if (r->training || op->x != op->y)
		cd_op_run(op, r, r->n, dropout_forward_one);
}

static void
dropout_backward_one(void *arg, int i, int worker)
{
	const struct cd_op_job *j = arg;
	struct cd_op *op = j->op;
	float *dy = op->dout + i * op->ny;

	(void)worker;
	cd_dropout(op->ny, (float)op->layer[0]->rate, dropout_seed(op, j->run),
	    j->run->step, i * op->ny, dy, dy);
	pass(op->ny, dy, op->din ? op->din + i * op->nx : NULL, op->add_din);
}

static void
dropout_backward(struct cd_op *op, const struct cd_run *r)
{
	cd_op_run(op, r, r->n, dropout_backward_one);
}

const struct cd_op_kind cd_op_dropout = {
	"dropout",
	dropout_forward,
	dropout_backward,
};
