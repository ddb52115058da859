#include "rec/stack.h"

#include <string.h>

#include "base/num.h"

#define KEYS "keys"

/* The first sample fixes names, types and shapes; reserves memory for most. */
static int
begin(struct cd_stack *s, const struct cd_rec *rec, uint64_t most,
    struct cd_err *e)
{
	uint64_t left = CD_PAYLOAD_MAX;
	int i;

	if (rec->ntensors == CD_TENSORS_MAX)
		return cd_fail(e, "%d tensors leave no place for '%s'",
		    CD_TENSORS_MAX, KEYS);
	if (cd_rec_find(rec, KEYS))
		return cd_fail(e,
		    "a tensor '%s', which a batch has for the "
		    "keys",
		    KEYS);
	for (i = 0; i < rec->ntensors; i++) {
		const struct cd_tensor *t = &rec->tensor[i];

		if (t->rank == CD_RANK_MAX)
			return cd_fail(e, "rank %d > %d", t->rank + 1,
			    CD_RANK_MAX);
		if (t->size > left / most)
			return cd_fail(e,
			    "a batch of %llu such samples has "
			    "more than %llu bytes",
			    (unsigned long long)most,
			    (unsigned long long)CD_PAYLOAD_MAX);
		left -= t->size * most;
		if (cd_buf_reserve(&s->data[i], t->size * most, e) < 0)
			return -1;
		s->like[i] = *t;
		memcpy(s->names[i], t->name, strlen(t->name) + 1);
		s->like[i].name = s->names[i];
	}
	s->ntensors = rec->ntensors;
	s->epoch = rec->epoch;
	return 0;
}

static bool
same_shape(const struct cd_tensor *a, const struct cd_tensor *b)
{
	return a->dtype == b->dtype && a->rank == b->rank &&
	    memcmp(a->dim, b->dim, (size_t)a->rank * sizeof a->dim[0]) == 0;
}

static int
blame_shape(const struct cd_tensor *t, const struct cd_tensor *want,
    struct cd_err *e)
{
	char a[CD_SHAPE_TEXT], b[CD_SHAPE_TEXT];

	return cd_fail(e, "'%s' is %s, in the samples before it %s", t->name,
	    cd_tensor_text(t, a), cd_tensor_text(want, b));
}

int
cd_stack_add(struct cd_stack *s, const struct cd_rec *rec, uint64_t most,
    struct cd_err *e)
{
	const struct cd_tensor *t;
	int i;

	if (s->n == 0 && begin(s, rec, most, e) < 0)
		return -1;
	for (i = 0; i < rec->ntensors && rec->ntensors > s->ntensors; i++) {
		const char *name = rec->tensor[i].name;
		int k = 0;

		while (k < s->ntensors && strcmp(s->names[k], name) != 0)
			k++;
		if (k == s->ntensors)
			return cd_fail(e,
			    "a tensor '%s', which the samples "
			    "before it do not have",
			    name);
	}
	for (i = 0; i < s->ntensors; i++) {
		t = cd_rec_find(rec, s->names[i]);
		if (!t)
			return cd_fail(e,
			    "no tensor '%s', which the samples "
			    "before it have",
			    s->names[i]);
		if (!same_shape(t, &s->like[i]))
			return blame_shape(t, &s->like[i], e);
		if (cd_buf_add(&s->data[i], t->data, t->size, e) < 0)
			return -1;
	}
	s->n++;
	return cd_buf_add(&s->keys, rec->key, strlen(rec->key) + 1, e);
}

void
cd_stack_rec(const struct cd_stack *s, struct cd_rec *rec)
{
	uint64_t dim[CD_RANK_MAX], bytes = s->keys.len;
	int i;

	memset(rec, 0, sizeof *rec);
	rec->kind = CD_BATCH;
	rec->epoch = s->epoch;
	rec->key = "";
	for (i = 0; i < s->ntensors; i++) {
		const struct cd_tensor *t = &s->like[i];

		dim[0] = s->n;
		memcpy(dim + 1, t->dim, (size_t)t->rank * sizeof dim[0]);
		cd_rec_add(rec, t->name, t->dtype, t->rank + 1, dim,
		    s->data[i].data);
	}
	cd_rec_add(rec, KEYS, CD_U8, 1, &bytes, s->keys.data);
}

void
cd_stack_row(struct cd_rec *row, const struct cd_rec *batch, uint64_t n,
    uint64_t i, const char *key)
{
	int k;

	memset(row, 0, sizeof *row);
	row->kind = CD_SAMPLE;
	row->epoch = batch->epoch;
	row->view = batch->view;
	row->key = key;
	for (k = 0; k < batch->ntensors; k++) {
		const struct cd_tensor *t = &batch->tensor[k];

		if (t->rank == 0 || t->dim[0] != n ||
		    strcmp(t->name, KEYS) == 0)
			continue;
		cd_rec_add(row, t->name, t->dtype, t->rank - 1, t->dim + 1,
		    (const unsigned char *)t->data + t->size / n * i);
	}
}

void
cd_stack_clear(struct cd_stack *s)
{
	int i;

	s->n = 0;
	s->keys.len = 0;
	for (i = 0; i < s->ntensors; i++)
		s->data[i].len = 0;
}

void
cd_stack_free(struct cd_stack *s)
{
	int i;

	for (i = 0; i < CD_TENSORS_MAX; i++)
		cd_buf_free(&s->data[i]);
	cd_buf_free(&s->keys);
	memset(s, 0, sizeof *s);
}
