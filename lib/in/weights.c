#include "in/weights.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

static float
of_bits(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof f);
	return f;
}

/* IEEE 754 binary16. */
static float
of_half(uint16_t h)
{
	uint32_t sign = (uint32_t)(h >> 15) << 31, frac = h & 0x3ff;
	uint32_t exp = h >> 10 & 31;

	if (exp == 31)
		return of_bits(sign | 0x7f800000 | frac << 13);
	if (exp > 0)
		return of_bits(sign | (exp + 112) << 23 | frac << 13);
	return (sign ? -1.0F : 1.0F) * (float)frac * 0x1p-24F;
}

static float
element(const struct cd_array *a, const unsigned char *data, size_t i)
{
	if (a->size == 4)
		return of_bits(cd_get32(data + 4 * i));
	if (a->kind == 'V')
		return of_bits((uint32_t)cd_get16(data + 2 * i) << 16);
	return of_half(cd_get16(data + 2 * i));
}

/* The place, in the file, of the element that is the i-th in C order. */
static size_t
place(const struct cd_array *a, size_t i)
{
	size_t at = 0, step[CD_ARRAY_RANK], all = 1;
	int d;

	if (!a->fortran)
		return i;
	for (d = 0; d < a->rank; d++) {
		step[d] = all;
		all *= (size_t)a->dim[d];
	}
	for (d = a->rank; d-- > 0; i /= (size_t)a->dim[d])
		at += i % (size_t)a->dim[d] * step[d];
	return at;
}

static struct cd_param *
find(struct cd_model *m, const char *name)
{
	int i;

	for (i = 0; i < m->nparams; i++)
		if (strcmp(m->param[i].name, name) == 0)
			return &m->param[i];
	return NULL;
}

static int
check(const struct cd_array *a, const struct cd_param *p, struct cd_err *e)
{
	struct cd_array want = { .kind = 'f', .size = 4 };
	char has[CD_ARRAY_TEXT], wants[CD_ARRAY_TEXT];

	want.rank = p->rank;
	memcpy(want.dim, p->dim, (size_t)p->rank * sizeof *p->dim);
	cd_array_text(a, has);
	cd_array_text(&want, wants);
	if (a->rank != p->rank ||
	    memcmp(a->dim, p->dim, (size_t)a->rank * sizeof *a->dim) != 0)
		return cd_fail(e, "is %s, the net wants %s", has, wants);
	if (!(a->kind == 'f' && (a->size == 4 || a->size == 2)) &&
	    a->kind != 'V')
		return cd_fail(e, "is %s, the net wants f4, f2 or bf16", has);
	return 0;
}

static int
take(struct cd_param *p, struct cd_arrays *in, const struct cd_array *a,
    struct cd_buf *data, struct cd_err *e)
{
	size_t i;

	if (check(a, p, e) < 0)
		return cd_arrays_blame(in, e);
	if (cd_arrays_load(in, data, a->bytes, e) < 0)
		return -1;
	for (i = 0; i < p->n; i++) {
		p->value[i] = element(a, data->data, place(a, i));
		if (!isfinite(p->value[i])) {
			cd_fail(e, "[%zu] is %g", i, (double)p->value[i]);
			return cd_arrays_blame(in, e);
		}
	}
	return 0;
}

static int
take_all(struct cd_model *m, struct cd_arrays *in, bool *taken,
    struct cd_buf *data, struct cd_err *e)
{
	const struct cd_array *a;
	struct cd_param *p;
	int got, i;

	while ((got = cd_arrays_next(in, &a, e)) == 1) {
		p = find(m, a->name);
		if (!p)
			cd_fail(e,
			    a->name[0] ?
				"the net has no such parameter" :
				"one array without a name: weights are an NPZ "
				"or safetensors file");
		else if (taken[p - m->param])
			cd_fail(e, "is there twice");
		if (e->msg[0])
			return cd_arrays_blame(in, e);
		taken[p - m->param] = true;
		if (take(p, in, a, data, e) < 0)
			return -1;
	}
	for (i = 0; got == 0 && i < m->nparams; i++)
		if (!taken[i])
			got = cd_fail(e, "%s: no '%s', which the net wants",
			    cd_arrays_name(in), m->param[i].name);
	return got;
}

int
cd_weights_take(struct cd_model *m, struct cd_arrays *in, int *slots,
    struct cd_err *e)
{
	bool *taken = cd_calloc((size_t)m->nparams + 1, sizeof *taken, e);
	struct cd_buf data = { 0 };
	int r = taken ? take_all(m, in, taken, &data, e) : -1;

	cd_buf_free(&data);
	free(taken);
	/* they belong to the numbers that were there */
	*slots = cd_model_forget(m);
	cd_head_remove(&m->head, "epoch");
	return r;
}
