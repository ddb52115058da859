#include "plan/layout.h"

#include <stdbool.h>

static bool
meet(const struct cd_interval *a, const struct cd_interval *b)
{
	bool same_time = a->from <= b->to && b->from <= a->to;

	return same_time && a->at < b->at + b->size && b->at < a->at + a->size;
}

/* Places s as low as the first n in order, already placed, allow. */
static void
place(struct cd_interval *s, const struct cd_interval *all, const int *order,
    int n)
{
	int i;

	s->at = 0;
	for (i = 0; i < n; i++)
		if (meet(s, &all[order[i]])) {
			s->at = all[order[i]].at + all[order[i]].size;
			i = -1; /* there it may meet an earlier one */
		}
}

size_t
cd_layout(struct cd_interval *s, int n, int *order)
{
	size_t end = 0;
	int i, k;

	for (i = 0; i < n; i++) {
		for (k = i; k > 0 && s[order[k - 1]].size < s[i].size; k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	for (i = 0; i < n; i++) {
		struct cd_interval *t = &s[order[i]];

		place(t, s, order, i);
		if (t->at + t->size > end)
			end = t->at + t->size;
	}
	return end;
}
