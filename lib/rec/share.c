#include "rec/share.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

/* Tolerance: parts such as 0.7 + 0.2 + 0.1 do not sum to exactly 1. */
#define SLACK 1e-9

int
cd_share_parse(const char *s, struct cd_share *share, struct cd_err *e)
{
	size_t n = strlen(s);
	char number[32], shown[64];
	int64_t count;

	memset(share, 0, sizeof *share);
	if (strcmp(s, "rest") == 0) {
		share->how = CD_SHARE_REST;
		return 0;
	}
	if (n > 0 && strspn(s, "0123456789") == n) {
		share->how = CD_SHARE_COUNT;
		if (cd_parse_int(s, 0, INT64_MAX, &count, e) < 0)
			return -1;
		share->count = (uint64_t)count;
		return 0;
	}
	share->how = CD_SHARE_PART;
	if (n > 1 && n < sizeof number && s[n - 1] == '%') {
		memcpy(number, s, n - 1);
		number[n - 1] = '\0';
		if (cd_parse_real(number, 0, 100, &share->part, NULL) == 0) {
			share->part /= 100;
			return 0;
		}
	} else if (cd_parse_real(s, 0, 1, &share->part, NULL) == 0) {
		return 0;
	}
	return cd_fail(e,
	    "'%s' is none of a count, a share (0.7, 70%%) "
	    "and 'rest'",
	    cd_escape(shown, sizeof shown, s, n));
}

int
cd_share_check(const struct cd_share *s, int n, struct cd_err *e)
{
	double sum = 0;
	int i, rests = 0;

	for (i = 0; i < n; i++) {
		rests += s[i].how == CD_SHARE_REST;
		sum += s[i].part;
	}
	if (rests > 1)
		return cd_fail(e, "%d outputs get 'rest'; one can", rests);
	if (sum > 1 + SLACK)
		return cd_fail(e, "the shares come to %g, more than 1", sum);
	return 0;
}

int
cd_share_sizes(const struct cd_share *s, int n, uint64_t total, uint64_t *size,
    struct cd_err *e)
{
	uint64_t wanted = 0, edge, last = 0;
	double sum = 0;
	int i, rest = -1;

	for (i = 0; i < n; i++) {
		size[i] = s[i].count;
		if (s[i].how == CD_SHARE_REST)
			rest = i;
		if (s[i].how == CD_SHARE_PART) {
			sum = fmin(1, sum + s[i].part);
			edge = (uint64_t)floor(sum * (double)total + 0.5);
			size[i] = edge - last;
			last = edge;
		}
		if (__builtin_add_overflow(wanted, size[i], &wanted))
			wanted = UINT64_MAX;
	}
	if (wanted > total)
		return cd_fail(e, "%llu wanted, %llu found",
		    (unsigned long long)wanted, (unsigned long long)total);
	if (rest >= 0)
		size[rest] = total - wanted;
	return 0;
}

int
cd_share_at(const struct cd_share *s, int n, double u)
{
	double sum = 0;
	int i, rest = -1;

	for (i = 0; i < n; i++) {
		if (s[i].how == CD_SHARE_REST) {
			rest = i;
			continue;
		}
		sum += s[i].part;
		/* parts that sum to 1 cover all of [0, 1) despite rounding */
		if (u < sum || (s[i].part > 0 && sum > 1 - SLACK))
			return i;
	}
	return rest;
}

static int
cmp(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
by_place(const void *va, const void *vb)
{
	const struct cd_share_record *a = va, *b = vb;
	int c = (a->file > b->file) - (a->file < b->file);

	return c ? c : cmp(a->offset, b->offset);
}

static int
by_group(const void *va, const void *vb)
{
	const struct cd_share_record *a = va, *b = vb;
	int c = (a->group > b->group) - (a->group < b->group);

	if (c == 0)
		c = cmp(a->rank, b->rank);
	if (c == 0)
		c = cmp(a->together, b->together);
	return c ? c : by_place(va, vb);
}

static int
by_bundle(const void *va, const void *vb)
{
	const struct cd_share_record *a = va, *b = vb;
	int c = (a->group < 0) - (b->group < 0);

	if (c == 0)
		c = cmp(a->together, b->together);
	return c ? c : by_place(va, vb);
}

static int
by_key(const void *va, const void *vb)
{
	const struct cd_share_record *a = va, *b = vb;
	int c = (a->group < 0) - (b->group < 0);

	if (c == 0)
		c = cmp(a->key, b->key);
	if (c == 0)
		c = cmp(a->view, b->view);
	return c ? c : by_place(va, vb);
}

/* Equal ranks of two keys must not part the records of one. */
static int
by_fold(const void *va, const void *vb)
{
	const struct cd_share_record *a = va, *b = vb;
	int c = (a->group > b->group) - (a->group < b->group);

	if (c == 0)
		c = cmp(a->rank, b->rank);
	return c ? c : cmp(a->together, b->together);
}

static int
by_picture(const void *va, const void *vb)
{
	const struct cd_share_record *a = va, *b = vb;
	int c = cmp(a->picture, b->picture);

	return c ? c : by_place(va, vb);
}

static void
sort(struct cd_share_record *l, size_t n, int (*by)(const void *, const void *))
{
	if (n > 1)
		qsort(l, n, sizeof *l, by);
}

int64_t
cd_share_bundle(struct cd_share_record *l, size_t n, bool ordered)
{
	size_t i, first = 0;
	uint64_t k;

	/* by place, for numbers; stable under the sort that follows */
	sort(l, n, by_place);
	for (k = 0; ordered && k < n; k++)
		l[k].rank = k;
	sort(l, n, by_bundle);
	for (i = 0; i < n && l[i].group >= 0; i++) {
		if (l[first].together != l[i].together)
			first = i;
		if (l[first].group != l[i].group)
			return (int64_t)i;
		l[i].rank = l[first].rank;
	}
	sort(l, n, by_place);
	return -1;
}

/* The end of the bundle that begins at i. */
static size_t
bundle_end(const struct cd_share_record *l, size_t i, size_t end)
{
	size_t k = i + 1;

	while (
	    k < end && l[k].rank == l[i].rank && l[k].together == l[i].together)
		k++;
	return k;
}

/* The output that the record in this place of its group goes to, or -1. */
static int
output_at(const uint64_t *size, int nshares, uint64_t at)
{
	int to;

	for (to = 0; to < nshares; to++) {
		if (at < size[to])
			return to;
		at -= size[to];
	}
	return -1;
}

/* Deals a group, from first to end. */
static void
deal_group(struct cd_share_record *l, size_t first, size_t end,
    const uint64_t *size, int nshares)
{
	size_t i, k, next;
	int to;

	for (i = first; i < end; i = next) {
		next = bundle_end(l, i, end);
		to = output_at(size, nshares, i - first + (next - i - 1) / 2);
		for (k = i; k < next; k++)
			l[k].to = to;
	}
}

int
cd_share_deal(struct cd_share_record *l, size_t n, const struct cd_share *s,
    int nshares, int ngroups, int *group, struct cd_err *e)
{
	uint64_t size[CD_SHARES_MAX];
	size_t i = 0, end;

	sort(l, n, by_group);
	for (; i < n && l[i].group < 0; i++)
		l[i].to = -1;
	for (*group = 0; *group < ngroups; ++*group) {
		for (end = i; end < n && l[end].group == *group; end++)
			;
		if (cd_share_sizes(s, nshares, end - i, size, e) < 0)
			return -1;
		deal_group(l, i, end, size, nshares);
		i = end;
	}
	sort(l, n, by_place);
	return 0;
}

int
cd_share_fold(struct cd_share_record *l, size_t n, int nfolds, int ngroups,
    int *group, struct cd_err *e)
{
	uint64_t keys, last = 0;
	size_t i = 0;
	int fold = nfolds - 1;

	sort(l, n, by_fold);
	for (; i < n && l[i].group < 0; i++)
		l[i].to = -1;
	for (*group = 0; *group < ngroups; ++*group) {
		for (keys = 0; i < n && l[i].group == *group; i++) {
			if (keys == 0 || l[i].together != last) {
				fold = (fold + 1) % nfolds;
				keys++;
			}
			last = l[i].together;
			l[i].to = fold;
		}
		if (keys < (uint64_t)nfolds)
			return cd_fail(e, "%d wanted, one a fold, %llu found",
			    nfolds, (unsigned long long)keys);
	}
	sort(l, n, by_place);
	return 0;
}

/* Of the records that clash with their neighbour of the same key, the first. */
static int64_t
clash(struct cd_share_record *l, size_t n,
    bool (
	*with)(const struct cd_share_record *, const struct cd_share_record *))
{
	int64_t first = -1;
	size_t i;

	sort(l, n, by_key);
	for (i = 1; i < n && l[i].group >= 0; i++)
		if (l[i].key == l[i - 1].key && with(&l[i], &l[i - 1]) &&
		    (first < 0 || by_place(&l[i], &l[first]) < 0))
			first = (int64_t)i;
	return first;
}

static bool
same_view(const struct cd_share_record *a, const struct cd_share_record *b)
{
	return a->view == b->view;
}

static bool
other_group(const struct cd_share_record *a, const struct cd_share_record *b)
{
	return a->group != b->group;
}

int64_t
cd_share_same_key(struct cd_share_record *l, size_t n)
{
	return clash(l, n, same_view);
}

int64_t
cd_share_two_groups(struct cd_share_record *l, size_t n)
{
	return clash(l, n, other_group);
}

/* A step of a multiplicative hash, eight bytes at a time: the bytewise cd_hash
 * would cost as much as all the rest. */
static uint64_t
mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 29;
}

uint64_t
cd_share_picture(const struct cd_rec *rec)
{
	const struct cd_tensor *t = cd_rec_find(rec, "image");
	const unsigned char *p;
	unsigned char tail[8] = { 0 };
	uint64_t h = 1;
	size_t left;
	int i;

	if (!t)
		return 0;
	for (i = 0; i < t->rank; i++)
		h = mix(h, t->dim[i]);
	p = t->data;
	for (left = t->size; left >= 8; left -= 8, p += 8)
		h = mix(h, cd_get64(p));
	if (left)
		memcpy(tail, p, left);
	h = mix(mix(h, cd_get64(tail)), (uint64_t)t->dtype);
	return h ? h : 1;
}

void
cd_share_sort_places(struct cd_share_record *l, size_t n)
{
	sort(l, n, by_place);
}

void
cd_share_sort_pictures(struct cd_share_record *l, size_t n)
{
	sort(l, n, by_picture);
}
