#include "train/optim.h"

#include <math.h>
#include <string.h>

#include "kern/elem.h"

enum {
	SLICE = 1 << 16, /* elements of a task */
	BLOCK = 1 << 10, /* elements worked on at a time, in cache */
	PARTS = 64,	 /* of the sum of squares */
};

const char *const cd_optim_names[] = {
	[CD_OPTIM_SGD] = "sgd",
	[CD_OPTIM_RMSPROP] = "rmsprop",
	[CD_OPTIM_ADAM] = "adam",
	[CD_OPTIM_ADAMW] = "adamw",
	NULL,
};

/* State cannot begin in the middle of training: Adam's bias correction counts
 * the steps since its moments were 0. */
static int
prepare_slot(struct cd_model *m, int i, const char *name, uint64_t step,
    struct cd_err *e)
{
	if (step > 0 && cd_model_find_slot(m, name) < 0)
		return cd_fail(e,
		    "the model was trained by another optimiser: it has no "
		    "'%s' to go on with",
		    name);
	return cd_model_slot(m, i, name, e);
}

/* To be called before prepare_slot: a loaded model may have the average in
 * another slot. */
static int
prepare_average(const struct cd_optim *o, struct cd_model *m, struct cd_err *e)
{
	bool has = cd_model_average(m) >= 0;
	int i;

	/* predictions use the average: it must not fall behind */
	if (has && o->average <= 0)
		return cd_fail(e,
		    "the model has a moving average, which --average must go "
		    "on with");
	if (o->average <= 0)
		return 0;
	if (cd_model_slot(m, CD_AVERAGE_SLOT, CD_AVERAGE_NAME, e) < 0)
		return -1;
	for (i = 0; !has && i < m->nparams; i++)
		memcpy(m->param[i].slot[CD_AVERAGE_SLOT], m->param[i].value,
		    m->param[i].n * sizeof(float));
	return 0;
}

int
cd_optim_prepare(const struct cd_optim *o, struct cd_model *m, uint64_t step,
    struct cd_err *e)
{
	if (prepare_average(o, m, e) < 0)
		return -1;
	switch (o->kind) {
	case CD_OPTIM_SGD:
		return o->momentum > 0 ?
		    prepare_slot(m, 0, "momentum", step, e) :
		    0;
	case CD_OPTIM_RMSPROP:
		return prepare_slot(m, 0, "square", step, e);
	default:
		if (prepare_slot(m, 0, "moment1", step, e) < 0)
			return -1;
		return prepare_slot(m, 1, "moment2", step, e);
	}
}

struct job {
	const struct cd_optim *o;
	struct cd_model *m;
	struct cd_plan *p;
	uint64_t t;
	float scale; /* of the gradient */
	float d;     /* of the average */
	double part[PARTS];
	int slices; /* of all parameters */
};

static size_t
slices_of(const struct cd_param *p)
{
	return (p->n + SLICE - 1) / SLICE;
}

/* Slice i of all parameters laid end to end: returns its parameter; *from, *n:
 * its place in it. */
static int
find_slice(const struct job *j, int i, size_t *from, size_t *n)
{
	size_t left = (size_t)i;
	int k;

	for (k = 0; left >= slices_of(&j->m->param[k]); k++)
		left -= slices_of(&j->m->param[k]);
	*from = left * SLICE;
	*n = j->m->param[k].n - *from;
	if (*n > SLICE)
		*n = SLICE;
	return k;
}

static void
update(const struct job *j, struct cd_param *q, const float *grad, size_t at,
    size_t n)
{
	const struct cd_optim *o = j->o;
	double decay = q->role == CD_PARAM_WEIGHT ? o->weight_decay : 0;
	float *w = q->value + at, *s = q->slot[0] ? q->slot[0] + at : NULL;
	float g[BLOCK];

	cd_decay_gradient(n, grad + at, j->scale, w,
	    o->kind == CD_OPTIM_ADAMW ? 0 : (float)decay, g);
	switch (o->kind) {
	case CD_OPTIM_SGD:
		/* without momentum, slot 0 may hold another optimiser's
		 * state */
		cd_sgd(n, w, g, o->momentum > 0 ? s : NULL, (float)o->lr,
		    (float)o->momentum, o->nesterov);
		break;
	case CD_OPTIM_RMSPROP:
		cd_rmsprop(n, w, g, s, (float)o->lr, (float)o->rho,
		    (float)o->epsilon);
		break;
	case CD_OPTIM_ADAMW:
		cd_decay(n, w, (float)(o->lr * decay));
		/* fall through */
	case CD_OPTIM_ADAM:
		cd_adam(n, w, g, s, q->slot[1] + at, (float)o->lr,
		    (float)o->beta1, (float)o->beta2, (float)o->epsilon, j->t);
		break;
	}
}

static void
update_slice(void *arg, int task, int worker)
{
	const struct job *j = arg;
	size_t from, n, i, part;
	int k = find_slice(j, task, &from, &n);
	struct cd_param *q = &j->m->param[k];
	const float *grad = cd_plan_grad(j->p, k);

	(void)worker;
	for (i = from; i < from + n; i += part) {
		part = from + n - i < BLOCK ? from + n - i : BLOCK;
		if (grad)
			update(j, q, grad, i, part);
		if (j->o->average > 0)
			cd_average(part, q->slot[CD_AVERAGE_SLOT] + i,
			    q->value + i, j->d);
	}
}

/* Adds every PARTS-th slice: the order of summation is the same for any number
 * of threads. */
static void
add_squares(void *arg, int task, int worker)
{
	struct job *j = arg;
	size_t from, n;
	const float *g;
	int i, k;

	(void)worker;
	for (i = task; i < j->slices; i += PARTS) {
		k = find_slice(j, i, &from, &n);
		g = cd_plan_grad(j->p, k);
		if (g)
			j->part[task] += cd_sum_squares(n, g + from);
	}
}

static double
gradient_norm(struct job *j)
{
	double sum = 0;
	int i;

	cd_team_run(cd_plan_team(j->p), PARTS, add_squares, j);
	for (i = 0; i < PARTS; i++)
		sum += j->part[i];
	return sqrt(sum);
}

double
cd_optim_step(const struct cd_optim *o, struct cd_model *m, struct cd_plan *p,
    uint64_t t)
{
	struct job j = { .o = o, .m = m, .p = p, .t = t, .scale = 1 };
	double ramp = (1 + (double)t) / (10 + (double)t), norm = 0;
	int i;

	j.d = (float)fmin(o->average, ramp);
	for (i = 0; i < m->nparams; i++)
		j.slices += (int)slices_of(&m->param[i]);
	if (o->clip > 0) {
		norm = gradient_norm(&j);
		if (!isfinite(norm))
			return norm;
		if (norm > o->clip)
			j.scale = (float)(o->clip / norm);
	}
	cd_team_run(cd_plan_team(p), j.slices, update_slice, &j);
	return norm;
}

const char *
cd_optim_not_finite(const struct cd_model *m, const struct cd_plan *p)
{
	const float *g;
	size_t k;
	int i;

	for (i = 0; i < m->nparams; i++) {
		g = cd_plan_grad(p, i);
		for (k = 0; g && k < m->param[i].n; k++)
			if (!isfinite(g[k]))
				return m->param[i].name;
	}
	return NULL;
}
