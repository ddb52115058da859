#include "rec/values.h"

#include <stdlib.h>
#include <string.h>

static int
order(const struct cd_value *a, const struct cd_value *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->s, b->s, a->len);
}

static int
by_value(const void *va, const void *vb)
{
	const struct cd_value *a = va, *b = vb;
	int o = order(a, b);

	return o ? o : (a->i > b->i) - (a->i < b->i);
}

int
cd_values_list(struct cd_values *l, const struct cd_head *h, const char *name,
    struct cd_err *e)
{
	int n = cd_head_count(h, name);
	struct cd_value v = { .i = 0 };
	size_t at = 0;

	l->n = 0;
	l->at = cd_calloc((size_t)n, sizeof *l->at, e);
	l->sorted = cd_calloc((size_t)n, sizeof *l->sorted, e);
	if (!l->at || !l->sorted) {
		cd_values_free(l);
		return -1;
	}
	for (; (v.s = cd_head_next(h, name, &at, &v.len)); v.i++)
		l->at[v.i] = v;
	l->n = n;
	if (n > 0) {
		memcpy(l->sorted, l->at, (size_t)n * sizeof *l->at);
		qsort(l->sorted, (size_t)n, sizeof *l->sorted, by_value);
	}
	return 0;
}

int
cd_values_find(const struct cd_values *l, const char *s, size_t len)
{
	const struct cd_value wanted = { s, len, 0 };
	int low = 0, high = l->n, mid;

	/* the first that is not less: of equals the one of the first line */
	while (low < high) {
		mid = low + (high - low) / 2;
		if (order(&l->sorted[mid], &wanted) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < l->n && order(&l->sorted[low], &wanted) == 0 ?
	    l->sorted[low].i :
	    -1;
}

void
cd_values_free(struct cd_values *l)
{
	free(l->at);
	free(l->sorted);
	memset(l, 0, sizeof *l);
}
