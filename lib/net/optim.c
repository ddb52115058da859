#include "net/optim.h"

#include <string.h>

#include "kern/elem.h"

enum {
	SLICE = 1 << 16, /* elements a task */
};

int
cd_optim_parse(const char *name, enum cd_optim_kind *kind, struct cd_err *e)
{
	static const char *const names[] = { "sgd", "rmsprop", "adam" };
	char shown[64];
	int i;

	for (i = 0; i < 3; i++)
		if (strcmp(name, names[i]) == 0) {
			*kind = (enum cd_optim_kind)i;
			return 0;
		}
	return cd_fail(e, "'%s' is not sgd, rmsprop or adam",
	    cd_escape(shown, sizeof shown, name, strlen(name)));
}

/* Adam's bias correction counts steps from when its moments were 0, so state
 * cannot begin in the middle. */
static int
prepare_slot(struct cd_model *m, int i, const char *name, uint64_t step,
    struct cd_err *e)
{
	int k;

	for (k = 0; step > 0; k++) {
		if (k == CD_SLOTS_MAX)
			return cd_fail(e,
			    "the model was trained by another optimiser: it "
			    "has no '%s' to go on with",
			    name);
		if (m->slot_name[k] && strcmp(m->slot_name[k], name) == 0)
			break;
	}
	return cd_model_slot(m, i, name, e);
}

int
cd_optim_prepare(const struct cd_optim *o, struct cd_model *m, uint64_t step,
    struct cd_err *e)
{
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
};

static void
update(const struct job *j, int i, size_t from, size_t n)
{
	const struct cd_optim *o = j->o;
	struct cd_param *q = &j->m->param[i];
	const float *g = cd_plan_grad(j->p, i);
	float *w = q->value + from;

	if (!g) /* statistics have none */
		return;
	g += from;

	switch (o->kind) {
	case CD_OPTIM_SGD:
		/* without momentum slot 0 may be another optimiser's */
		cd_sgd(n, w, g, o->momentum > 0 ? q->slot[0] + from : NULL,
		    (float)o->lr, (float)o->momentum, o->nesterov);
		break;
	case CD_OPTIM_RMSPROP:
		cd_rmsprop(n, w, g, q->slot[0] + from, (float)o->lr,
		    (float)o->rho, (float)o->epsilon);
		break;
	case CD_OPTIM_ADAM:
		cd_adam(n, w, g, q->slot[0] + from, q->slot[1] + from,
		    (float)o->lr, (float)o->beta1, (float)o->beta2,
		    (float)o->epsilon, j->t);
		break;
	}
}

/* The task-th slice of all parameters laid end to end. */
static void
update_slice(void *arg, int task, int worker)
{
	const struct job *j = arg;
	size_t left = (size_t)task, slices;
	int i;

	(void)worker;
	for (i = 0; i < j->m->nparams; i++) {
		size_t n = j->m->param[i].n, from;

		slices = (n + SLICE - 1) / SLICE;
		if (left >= slices) {
			left -= slices;
			continue;
		}
		from = left * SLICE;
		update(j, i, from, n - from < SLICE ? n - from : SLICE);
		return;
	}
}

void
cd_optim_step(const struct cd_optim *o, struct cd_model *m, struct cd_plan *p,
    uint64_t t)
{
	struct job j = { o, m, p, t };
	size_t tasks = 0;
	int i;

	for (i = 0; i < m->nparams; i++)
		tasks += (m->param[i].n + SLICE - 1) / SLICE;
	cd_plan_parallel(p, (int)tasks, update_slice, &j);
}
