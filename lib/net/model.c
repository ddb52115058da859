/* Models as streams: formats/stream.md, "Models". */
#include "net/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "net/text.h"
#include "rec/rec.h"

/* Lists the net's parameters with names and shapes, without numbers. */
static int
list_params(struct cd_model *m, struct cd_err *e)
{
	struct cd_param_shape shape[CD_LAYER_PARAMS_MAX];
	int i, t, d, n;
	struct cd_param *p;

	m->param = cd_calloc(CD_LAYER_PARAMS_MAX * (size_t)m->net.nlayers,
	    sizeof *m->param, e);
	if (!m->param)
		return -1;
	for (i = 0; i < m->net.nlayers; i++) {
		n = cd_layer_params(&m->net.layer[i], shape);
		for (t = 0; t < n; t++) {
			p = &m->param[m->nparams++];
			snprintf(p->name, sizeof p->name, "%s/%s",
			    m->net.layer[i].name, shape[t].name);
			p->layer = i;
			p->role = shape[t].role;
			p->rank = shape[t].rank;
			p->fan_in = shape[t].fan_in;
			p->fan_out = shape[t].fan_out;
			p->start = shape[t].start;
			memcpy(p->dim, shape[t].dim, sizeof p->dim);
			for (p->n = 1, d = 0; d < p->rank; d++)
				p->n *= (size_t)p->dim[d];
		}
	}
	return 0;
}

static float *
zeros(size_t n, struct cd_err *e)
{
	/* in huge pages if large: kernels read rows that are far apart */
	return cd_alloc_arena(n * sizeof(float), e);
}

static void
set_all(struct cd_param *p, double v)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		p->value[i] = (float)v;
}

/* Weights by Glorot and Bengio (AISTATS 2010) or He et al. (ICCV 2015). */
static void
draw(const struct cd_param *p, enum cd_net_init init, uint64_t seed)
{
	double limit = sqrt(6 / (p->fan_in + p->fan_out));
	double sd = sqrt(2 / p->fan_in);
	struct cd_rng r;
	size_t i;

	cd_rng_start(&r, seed, 0, cd_hash(p->name, strlen(p->name)),
	    CD_RNG_INIT);
	for (i = 0; i < p->n; i++)
		p->value[i] = (float)(init == CD_INIT_GLOROT ?
			cd_rng_uniform(&r, -limit, limit) :
			sd * cd_rng_normal(&r));
}

int
cd_model_init(struct cd_model *m, struct cd_net *net, uint64_t seed,
    struct cd_err *e)
{
	int i;

	memset(m, 0, sizeof *m);
	m->net = *net;
	memset(net, 0, sizeof *net);
	if (list_params(m, e) < 0)
		goto fail;
	for (i = 0; i < m->nparams; i++) {
		struct cd_param *p = &m->param[i];

		p->value = zeros(p->n, e);
		if (!p->value)
			goto fail;
		if (p->role == CD_PARAM_WEIGHT)
			draw(p, m->net.init, seed);
		else if (p->start != 0)
			set_all(p, p->start);
	}
	return 0;
fail:
	cd_model_free(m);
	return -1;
}

/* Parses the header's net lines and keeps the other lines. */
static int
take_head(struct cd_model *m, const struct cd_head *head, const char *file,
    struct cd_err *e)
{
	struct cd_buf text = { NULL, 0, 0 };
	char name[512];
	const char *v;
	size_t len, at = 0;
	int r = -1;

	if (!cd_head_is(head, "holds", "model")) {
		v = cd_head_nth(head, "holds", 0, &len);
		return cd_fail(e, "%s: the stream holds %s, not a model", file,
		    cd_escape(name, sizeof name, v ? v : "", v ? len : 0));
	}
	while ((v = cd_head_next(head, "net", &at, &len)))
		if (cd_buf_add(&text, v, len, e) < 0 ||
		    cd_buf_add(&text, "\n", 1, e) < 0)
			goto out;
	snprintf(name, sizeof name, "%s: net text", file);
	if (cd_net_parse(&m->net, text.data ? (char *)text.data : "", text.len,
		name, e) < 0 ||
	    cd_head_copy(&m->head, head, e) < 0)
		goto out;
	cd_head_remove(&m->head, "holds");
	cd_head_remove(&m->head, "net");
	r = 0;
out:
	cd_buf_free(&text);
	return r;
}

static bool
same_shape(const struct cd_tensor *t, const struct cd_param *p)
{
	return t->dtype == CD_F32 && t->rank == p->rank &&
	    memcmp(t->dim, p->dim, (size_t)t->rank * sizeof *t->dim) == 0;
}

static void
dims_text(int rank, const uint64_t *dim, char *buf, size_t size)
{
	size_t n = 0;
	int i;

	for (i = 0; i < rank && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%llu", i ? "," : "",
		    (unsigned long long)dim[i]);
}

static int
bad_shape(const struct cd_tensor *t, const struct cd_param *p, struct cd_err *e)
{
	char has[256] = "", wants[128] = "", name[64];

	dims_text(t->rank, t->dim, has, sizeof has);
	dims_text(p->rank, p->dim, wants, sizeof wants);
	return cd_fail(e, "'%s' is %s [%s], the net wants f32 [%s]",
	    cd_escape(name, sizeof name, t->name, strlen(t->name)),
	    cd_dtype_name(t->dtype), has, wants);
}

/* The slot of this name, made if there is none; < 0, with e filled, if no slot
 * is free. */
static int
slot_of(struct cd_model *m, const char *name, struct cd_err *e)
{
	char shown[64];
	int i;

	for (i = 0; i < CD_SLOTS_MAX && m->slot_name[i]; i++)
		if (strcmp(m->slot_name[i], name) == 0)
			return i;
	cd_escape(shown, sizeof shown, name, strlen(name));
	if (i == CD_SLOTS_MAX)
		return cd_fail(e, "'%s': more than %d tensors beside 'value'",
		    shown, CD_SLOTS_MAX);
	if (strlen(name) >= sizeof m->slot_names[i])
		return cd_fail(e, "'%s': a name of more than %zu bytes", shown,
		    sizeof m->slot_names[i] - 1);
	snprintf(m->slot_names[i], sizeof m->slot_names[i], "%s", name);
	m->slot_name[i] = m->slot_names[i];
	return i;
}

/* Takes the numbers of a tensor: memory is allocated only for those that came,
 * not for what a header claims. */
static int
take_numbers(float **to, const struct cd_tensor *t, struct cd_err *e)
{
	const float *from = t->data;
	size_t i, n = t->size / sizeof *from;
	char name[64];

	for (i = 0; i < n; i++)
		if (!isfinite(from[i]))
			return cd_fail(e, "'%s'[%zu] is %g",
			    cd_escape(name, sizeof name, t->name,
				strlen(t->name)),
			    i, (double)from[i]);
	*to = cd_alloc_arena(t->size, e);
	if (!*to)
		return -1;
	memcpy(*to, from, t->size);
	return 0;
}

/* Takes a parameter's record, which has been read. An average may stand for the
 * value. */
static int
take_record(struct cd_model *m, const struct cd_rec *r, struct cd_err *e)
{
	struct cd_param *p = m->param, *end = p + m->nparams;
	const struct cd_tensor *t;
	float **to;
	int i, slot;

	while (p < end && strcmp(p->name, r->key) != 0)
		p++;
	if (p == end)
		return cd_fail(e, "the net has no such parameter");
	if (p->value)
		return cd_fail(e, "the parameter is there twice");
	for (i = 0; i < r->ntensors; i++) {
		t = &r->tensor[i];
		if (!same_shape(t, p))
			return bad_shape(t, p, e);
		to = &p->value;
		if (strcmp(t->name, "value") != 0) {
			slot = slot_of(m, t->name, e);
			if (slot < 0)
				return -1;
			to = &p->slot[slot];
		}
		if (take_numbers(to, t, e) < 0)
			return -1;
	}
	t = cd_rec_find(r, CD_AVERAGE_NAME);
	if (!p->value && t)
		return take_numbers(&p->value, t, e);
	return p->value ? 0 : cd_fail(e, "no tensor 'value'");
}

/* Has every parameter been read, all with the same slots? */
static int
check_complete(const struct cd_model *m, const char *file, struct cd_err *e)
{
	char shown[64];
	int i, s;

	for (i = 0; i < m->nparams; i++) {
		const struct cd_param *p = &m->param[i];

		if (!p->value)
			return cd_fail(e, "%s: no record of parameter %s", file,
			    p->name);
		for (s = 0; s < CD_SLOTS_MAX; s++)
			if (m->slot_name[s] && !p->slot[s])
				return cd_fail(e,
				    "%s: parameter %s: no "
				    "tensor '%s', which others have",
				    file, p->name,
				    cd_escape(shown, sizeof shown,
					m->slot_name[s],
					strlen(m->slot_name[s])));
	}
	return 0;
}

static int
read_model(struct cd_model *m, struct cd_reader *in, const char *file,
    struct cd_err *e)
{
	const struct cd_rec *r;
	int got;

	if (take_head(m, cd_reader_head(in), file, e) < 0 ||
	    list_params(m, e) < 0)
		return -1;
	while ((got = cd_reader_next(in, &r, e)) == 1)
		if (r->kind == CD_PARAMETER && take_record(m, r, e) < 0)
			return cd_reader_blame(in, e);
	return got < 0 ? -1 : check_complete(m, file, e);
}

int
cd_model_load(struct cd_model *m, const char *path, struct cd_err *e)
{
	char *paths[1] = { (char *)(uintptr_t)path };
	struct cd_reader *in;
	int r;

	memset(m, 0, sizeof *m);
	if (cd_reader_open(&in, paths, path ? 1 : 0, e) < 0)
		return -1;
	r = read_model(m, in, path ? path : "standard input", e);
	cd_reader_close(in);
	if (r < 0)
		cd_model_free(m);
	return r;
}

/* The lines holds and net, then the rest. */
static int
make_head(const struct cd_model *m, struct cd_head *head, struct cd_err *e)
{
	const char *p = m->net.text, *end = p + m->net.len, *nl;

	if (cd_head_add(head, "holds", "model", e) < 0)
		return -1;
	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		if (cd_head_addn(head, "net", p, (size_t)(nl - p), e) < 0)
			return -1;
	}
	return cd_buf_add(&head->text, m->head.text.data, m->head.text.len, e);
}

static int
put_param(struct cd_writer *out, const struct cd_model *m,
    const struct cd_param *p, struct cd_err *e)
{
	struct cd_rec r;
	int s;

	memset(&r, 0, sizeof r);
	r.kind = CD_PARAMETER;
	r.key = p->name;
	cd_rec_add(&r, "value", CD_F32, p->rank, p->dim, p->value);
	for (s = 0; s < CD_SLOTS_MAX; s++)
		if (m->slot_name[s])
			cd_rec_add(&r, m->slot_name[s], CD_F32, p->rank, p->dim,
			    p->slot[s]);
	return cd_writer_put(out, &r, e);
}

int
cd_model_write(const struct cd_model *m, struct cd_writer *out,
    struct cd_err *e)
{
	struct cd_head head = { .text = { NULL, 0, 0 } };
	int i, r;

	r = make_head(m, &head, e);
	if (r == 0)
		r = cd_writer_head(out, &head, e);
	cd_head_free(&head);
	for (i = 0; r == 0 && i < m->nparams; i++)
		r = put_param(out, m, &m->param[i], e);
	if (r == 0)
		return cd_writer_close(out, 0, e);
	cd_writer_abandon(out);
	return -1;
}

int
cd_model_save(const struct cd_model *m, const char *path, struct cd_err *e)
{
	struct cd_writer *out;

	return cd_writer_begin(&out, path, e) < 0 ? -1 :
						    cd_model_write(m, out, e);
}

/* Moves slot j to i, which is free. */
static void
move_slot(struct cd_model *m, int j, int i)
{
	int k;

	memcpy(m->slot_names[i], m->slot_names[j], sizeof m->slot_names[i]);
	m->slot_name[i] = m->slot_names[i];
	m->slot_name[j] = NULL;
	for (k = 0; k < m->nparams; k++) {
		m->param[k].slot[i] = m->param[k].slot[j];
		m->param[k].slot[j] = NULL;
	}
}

int
cd_model_slot(struct cd_model *m, int i, const char *name, struct cd_err *e)
{
	char shown[64];
	int j;

	if (m->slot_name[i] && strcmp(m->slot_name[i], name) == 0)
		return 0;
	if (m->slot_name[i])
		return cd_fail(e, "the model has '%s' where '%s' would go",
		    cd_escape(shown, sizeof shown, m->slot_name[i],
			strlen(m->slot_name[i])),
		    name);
	j = cd_model_find_slot(m, name);
	if (j >= 0) {
		move_slot(m, j, i);
		return 0;
	}
	for (j = 0; j < m->nparams; j++) {
		m->param[j].slot[i] = zeros(m->param[j].n, e);
		if (!m->param[j].slot[i])
			return -1;
	}
	snprintf(m->slot_names[i], sizeof m->slot_names[i], "%s", name);
	m->slot_name[i] = m->slot_names[i];
	return 0;
}

int
cd_model_find_slot(const struct cd_model *m, const char *name)
{
	int i;

	for (i = 0; i < CD_SLOTS_MAX; i++)
		if (m->slot_name[i] && strcmp(m->slot_name[i], name) == 0)
			return i;
	return -1;
}

int
cd_model_average(const struct cd_model *m)
{
	return cd_model_find_slot(m, CD_AVERAGE_NAME);
}

static int
check_finite(const struct cd_param *p, const char *slot, const float *v,
    struct cd_err *e)
{
	size_t i;

	for (i = 0; v && i < p->n; i++)
		if (!isfinite(v[i]))
			return cd_fail(e, "%s%s%s[%zu] is %g", p->name,
			    *slot ? " " : "", slot, i, (double)v[i]);
	return 0;
}

int
cd_model_check_finite(const struct cd_model *m, struct cd_err *e)
{
	int i, s;

	for (i = 0; i < m->nparams; i++) {
		if (check_finite(&m->param[i], "", m->param[i].value, e) < 0)
			return -1;
		for (s = 0; s < CD_SLOTS_MAX; s++)
			if (m->slot_name[s] &&
			    check_finite(&m->param[i], m->slot_name[s],
				m->param[i].slot[s], e) < 0)
				return -1;
	}
	return 0;
}

int
cd_model_forget(struct cd_model *m)
{
	static const char *const gone[] = { "step", "position", "sum-loss",
		"sum-correct", "best-epoch", "best-loss", "best-accuracy",
		"elapsed", NULL };
	int i, s, n = 0;

	for (i = 0; gone[i]; i++)
		cd_head_remove(&m->head, gone[i]);
	for (s = 0; s < CD_SLOTS_MAX; s++) {
		n += m->slot_name[s] != NULL;
		m->slot_name[s] = NULL;
		for (i = 0; i < m->nparams; i++) {
			free(m->param[i].slot[s]);
			m->param[i].slot[s] = NULL;
		}
	}
	return n;
}

void
cd_model_free(struct cd_model *m)
{
	int i;

	(void)cd_model_forget(m);
	for (i = 0; i < m->nparams; i++)
		free(m->param[i].value);
	free(m->param);
	cd_net_free(&m->net);
	cd_head_free(&m->head);
	memset(m, 0, sizeof *m);
}
