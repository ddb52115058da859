#include "net/soup.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int
begin(struct cd_soup *s, struct cd_err *e)
{
	const struct cd_model *m = &s->first;
	int i;

	s->sum = cd_calloc((size_t)m->nparams, sizeof *s->sum, e);
	for (i = 0; s->sum && i < m->nparams; i++) {
		s->sum[i] = cd_calloc(m->param[i].n, sizeof **s->sum, e);
		if (!s->sum[i])
			return -1;
	}
	return s->sum ? 0 : -1;
}

/* Classes and fit, in a model's header as in a stream's; one that was never
 * trained has none. */
static int
compare(const struct cd_soup *s, const struct cd_model *m, struct cd_err *e)
{
	if (strcmp(s->first.net.text, m->net.text) != 0)
		return cd_fail(e, "another net than that of %s", s->name);
	if (cd_head_agree(&s->first.head, &m->head, e) < 0)
		return cd_fail_at(e, "against %s", s->name);
	return 0;
}

/* The epoch it stands at the end of, or -1. */
static int64_t
epoch_of(const struct cd_head *h)
{
	return cd_head_number(h, "position") > 0 ? -1 :
						   cd_head_number(h, "epoch");
}

static int
add_provenance(struct cd_head *to, const struct cd_head *from, struct cd_err *e)
{
	static const char *const names[] = { "data", "made" };
	int i;

	for (i = 0; i < 2; i++)
		if (!cd_head_ends_with(to, names[i], from, names[i]) &&
		    cd_head_copy_lines(to, names[i], from, names[i], e) < 0)
			return -1;
	return 0;
}

static void
add_numbers(struct cd_soup *s, const struct cd_model *m, double weight)
{
	int slot = cd_model_average(m), i;
	const float *x;
	size_t k;

	for (i = 0; i < m->nparams; i++) {
		x = slot < 0 ? m->param[i].value : m->param[i].slot[slot];
		for (k = 0; k < m->param[i].n; k++)
			s->sum[i][k] += weight * (double)x[k];
	}
	for (i = 0; i < CD_SLOTS_MAX; i++)
		s->has_state = s->has_state || (m->slot_name[i] && i != slot);
	s->weight += weight;
	s->n++;
}

static int
add_first(struct cd_soup *s, const char *path, double weight, struct cd_err *e)
{
	struct cd_model *m = &s->first;

	if (cd_model_load(m, path, e) < 0)
		return -1;
	s->name = path;
	if (epoch_of(&m->head) < 0)
		cd_head_remove(&m->head, "epoch");
	if (begin(s, e) < 0)
		return -1;
	add_numbers(s, m, weight);
	return 0;
}

/* Are they made of one untrained model? */
static bool
begin_alike(const struct cd_head *a, const struct cd_head *b)
{
	size_t n[2] = { 0, 0 };
	const char *first[2] = { cd_head_nth(a, "made", 0, &n[0]),
		cd_head_nth(b, "made", 0, &n[1]) };

	return first[0] && first[1] && n[0] == n[1] &&
	    memcmp(first[0], first[1], n[0]) == 0;
}

int
cd_soup_add(struct cd_soup *s, const char *path, double weight,
    struct cd_err *e)
{
	struct cd_model m;
	int rc;

	if (s->n == 0)
		return add_first(s, path, weight, e);
	if (cd_model_load(&m, path, e) < 0)
		return -1;
	rc = compare(s, &m, e);
	s->unlike |= !begin_alike(&s->first.head, &m.head);
	if (rc == 0)
		rc = add_provenance(&s->first.head, &m.head, e);
	if (rc == 0) {
		if (epoch_of(&m.head) != epoch_of(&s->first.head))
			cd_head_remove(&s->first.head, "epoch");
		add_numbers(s, &m, weight);
	}
	cd_model_free(&m);
	return rc < 0 ? cd_fail_at(e, "%s", path) : 0;
}

void
cd_soup_settle(struct cd_soup *s)
{
	struct cd_model *m = &s->first;
	size_t k;
	int i;

	cd_model_forget(m);
	for (i = 0; i < m->nparams; i++)
		for (k = 0; k < m->param[i].n; k++)
			m->param[i].value[k] = (float)(s->sum[i][k] /
			    s->weight);
}

void
cd_soup_free(struct cd_soup *s)
{
	int i;

	for (i = 0; s->sum && i < s->first.nparams; i++)
		free(s->sum[i]);
	free(s->sum);
	cd_model_free(&s->first);
	memset(s, 0, sizeof *s);
}
