#include "score/tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/rng.h"
#include "score/metrics.h"

struct cd_tally {
	int nclasses;
	bool logs;
	float *row; /* [nclasses] of a record, in the tally's order */
	size_t n;
	struct cd_buf keys;  /* each with its NUL */
	struct cd_buf at;    /* size_t: the offset of key i */
	struct cd_buf times; /* uint32_t: predictions of key i */
	struct cd_buf sum;   /* double [nclasses] of key i */
	struct cd_buf label; /* int32_t of key i */
	size_t *slot;	     /* open addressing: 1 + i, or 0 */
	size_t nslots;	     /* a power of two, > n */
};

struct cd_tally *
cd_tally_new(int nclasses, bool logs, struct cd_err *e)
{
	struct cd_tally *t = cd_calloc(1, sizeof *t, e);

	if (!t)
		return NULL;
	t->nclasses = nclasses;
	t->logs = logs;
	t->nslots = 1024;
	t->slot = cd_calloc(t->nslots, sizeof *t->slot, e);
	t->row = cd_calloc((size_t)nclasses, sizeof *t->row, e);
	if (t->slot && t->row)
		return t;
	cd_tally_free(t);
	return NULL;
}

void
cd_tally_free(struct cd_tally *t)
{
	if (!t)
		return;
	cd_buf_free(&t->keys);
	cd_buf_free(&t->at);
	cd_buf_free(&t->times);
	cd_buf_free(&t->sum);
	cd_buf_free(&t->label);
	free(t->slot);
	free(t->row);
	free(t);
}

const char *
cd_tally_key(const struct cd_tally *t, size_t i)
{
	return (const char *)t->keys.data + ((const size_t *)t->at.data)[i];
}

/* The slot with this key, or the empty slot for it. */
static size_t
find(const struct cd_tally *t, const char *key)
{
	size_t s = (size_t)cd_hash(key, strlen(key)) & (t->nslots - 1);

	while (t->slot[s] && strcmp(cd_tally_key(t, t->slot[s] - 1), key) != 0)
		s = (s + 1) & (t->nslots - 1);
	return s;
}

static int
grow(struct cd_tally *t, struct cd_err *e)
{
	size_t *slot = cd_calloc(2 * t->nslots, sizeof *slot, e);
	size_t i;

	if (!slot)
		return -1;
	free(t->slot);
	t->slot = slot;
	t->nslots *= 2;
	for (i = 0; i < t->n; i++)
		t->slot[find(t, cd_tally_key(t, i))] = i + 1;
	return 0;
}

/* Adds a key that is not in the table. */
static int
add_key(struct cd_tally *t, const char *key, int label, struct cd_err *e)
{
	size_t at = t->keys.len, row = (size_t)t->nclasses * sizeof(double);
	uint32_t zero = 0;
	int32_t l = label;

	if (t->n >= t->nslots / 2 && grow(t, e) < 0)
		return -1;
	if (cd_buf_add(&t->keys, key, strlen(key) + 1, e) < 0 ||
	    cd_buf_add(&t->at, &at, sizeof at, e) < 0 ||
	    cd_buf_add(&t->times, &zero, sizeof zero, e) < 0 ||
	    cd_buf_add(&t->label, &l, sizeof l, e) < 0 ||
	    cd_buf_reserve(&t->sum, t->sum.len + row, e) < 0)
		return -1;
	memset(t->sum.data + t->sum.len, 0, row);
	t->sum.len += row;
	t->slot[find(t, key)] = ++t->n;
	return 0;
}

/* Are p in [0, 1], with a sum of 1 up to rounding? */
static int
check(const struct cd_tally *t, const float *p, struct cd_err *e)
{
	double sum = 0;
	int i;

	for (i = 0; i < t->nclasses; i++) {
		if (!(p[i] >= 0 && p[i] <= 1))
			return cd_fail(e,
			    "probability %d is %g, not in 0 to "
			    "1",
			    i, (double)p[i]);
		sum += (double)p[i];
	}
	if (fabs(sum - 1) > 1e-3)
		return cd_fail(e, "the probabilities add up to %g, not 1", sum);
	return 0;
}

int
cd_tally_add(struct cd_tally *t, const char *key, const float *p, int label,
    struct cd_err *e)
{
	size_t s = find(t, key), i;
	double *sum;
	int32_t *known;
	int k;

	if (check(t, p, e) < 0)
		return -1;
	if (!t->slot[s]) {
		if (add_key(t, key, label, e) < 0)
			return -1;
		s = find(t, key);
	}
	i = t->slot[s] - 1;
	known = (int32_t *)t->label.data + i;
	if (*known >= 0 && label >= 0 && *known != label)
		return cd_fail(e,
		    "label %d, but the key came with label %d "
		    "before",
		    label, *known);
	if (*known < 0)
		*known = label;
	sum = (double *)t->sum.data + i * (size_t)t->nclasses;
	for (k = 0; k < t->nclasses; k++)
		sum[k] += t->logs ? log(fmax((double)p[k], CD_TALLY_EPS)) :
				    (double)p[k];
	((uint32_t *)t->times.data)[i]++;
	return 0;
}

int
cd_tally_record(struct cd_tally *t, const struct cd_rec *r, const int *class,
    struct cd_err *e)
{
	const struct cd_tensor *value = cd_rec_want(r, "value", CD_F32, 1, e);
	const float *p;
	int label, k;

	if (!value)
		return -1;
	if (value->dim[0] != (uint64_t)t->nclasses)
		return cd_fail(e,
		    "%llu probabilities, but the header has %d "
		    "classes",
		    (unsigned long long)value->dim[0], t->nclasses);
	label = cd_rec_label(r, t->nclasses, e);
	if (label < -1)
		return -1;
	p = value->data;
	for (k = 0; class && k < t->nclasses; k++)
		t->row[class[k]] = p[k];
	if (class && label >= 0)
		label = class[label];
	return cd_tally_add(t, r->key, class ? t->row : p, label, e);
}

bool
cd_tally_mean(const struct cd_tally *t, const char *key, double *p)
{
	size_t s = find(t, key), i;
	int k;

	if (!t->slot[s])
		return false;
	i = t->slot[s] - 1;
	for (k = 0; k < t->nclasses; k++)
		p[k] = cd_tally_p(t)[i * (size_t)t->nclasses + (size_t)k] /
		    ((const uint32_t *)t->times.data)[i];
	return true;
}

void
cd_tally_finish(struct cd_tally *t)
{
	double *sum = (double *)t->sum.data;
	size_t i;
	int k;

	for (i = 0; i < t->n; i++)
		for (k = 0; k < t->nclasses; k++)
			*sum++ /= ((const uint32_t *)t->times.data)[i];
}

static int
fail_key(const struct cd_tally *t, size_t i, const char *why, const char *a,
    const char *b, struct cd_err *e)
{
	const char *key = cd_tally_key(t, i);
	char shown[160];

	return cd_fail(e, "%s: %s %s%s%s",
	    cd_escape(shown, sizeof shown, key, strlen(key)), why, a,
	    *b ? ", not in " : "", b);
}

int
cd_tally_labelled(const struct cd_tally *t, struct cd_err *e)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (cd_tally_labels(t)[i] < 0)
			return fail_key(t, i, "no label: nothing to compare",
			    "the prediction with", "", e);
	return 0;
}

bool
cd_tally_find(const struct cd_tally *t, const char *key, size_t *i)
{
	size_t s = find(t, key);

	if (t->slot[s])
		*i = t->slot[s] - 1;
	return t->slot[s] != 0;
}

size_t *
cd_tally_pair(const struct cd_tally *a, const char *a_name,
    const struct cd_tally *b, const char *b_name, struct cd_err *e)
{
	const int32_t *la = cd_tally_labels(a), *lb = cd_tally_labels(b);
	size_t *place = cd_calloc(a->n, sizeof *place, e), i, j;
	bool same = place != NULL;

	for (i = 0; same && i < a->n; i++) {
		same = cd_tally_find(b, cd_tally_key(a, i), &j);
		if (!same) {
			fail_key(a, i, "a prediction in", a_name, b_name, e);
			break;
		}
		place[i] = j;
		same = la[i] < 0 || lb[j] < 0 || la[i] == lb[j];
		if (!same)
			fail_key(a, i, "another label in", b_name, "", e);
	}
	for (i = 0; same && i < b->n; i++) {
		same = cd_tally_find(a, cd_tally_key(b, i), &j);
		if (!same)
			fail_key(b, i, "a prediction in", b_name, a_name, e);
	}
	if (same)
		return place;
	free(place);
	return NULL;
}

void
cd_tally_merge(struct cd_tally *a, double keep, const struct cd_tally *b,
    const size_t *place, double add)
{
	size_t k = (size_t)a->nclasses, i, j;
	int32_t *label = (int32_t *)a->label.data;

	for (i = 0; i < a->n; i++) {
		double *m = (double *)a->sum.data + i * k;
		const double *n = cd_tally_p(b) + place[i] * k;

		for (j = 0; j < k; j++)
			m[j] = keep * m[j] + add * n[j];
		if (label[i] < 0)
			label[i] = cd_tally_labels(b)[place[i]];
	}
}

void
cd_tally_probabilities(struct cd_tally *t, double temperature)
{
	double *m = (double *)t->sum.data, top, sum;
	size_t i;
	int k;

	if (!t->logs && temperature == 1)
		return;
	for (i = 0; i < t->n; i++, m += t->nclasses) {
		top = m[cd_predicted(m, t->nclasses)];
		for (k = 0, sum = 0; k < t->nclasses; k++) {
			/* divided by the largest, lest all become 0 */
			m[k] = t->logs ? exp((m[k] - top) / temperature) :
					 pow(m[k] / top, 1 / temperature);
			sum += m[k];
		}
		for (k = 0; k < t->nclasses; k++)
			m[k] /= sum;
	}
	t->logs = false;
}

size_t
cd_tally_count(const struct cd_tally *t)
{
	return t->n;
}

const double *
cd_tally_p(const struct cd_tally *t)
{
	return (const double *)t->sum.data;
}

const int32_t *
cd_tally_labels(const struct cd_tally *t)
{
	return (const int32_t *)t->label.data;
}
