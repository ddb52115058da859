#include "train/census.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

int
cd_census_new(struct cd_census *c, int nclasses, bool with_keys,
    struct cd_err *e)
{
	memset(c, 0, sizeof *c);
	c->nclasses = nclasses;
	c->with_keys = with_keys;
	c->of_class = cd_calloc((size_t)nclasses, sizeof *c->of_class, e);
	return c->of_class ? 0 : -1;
}

void
cd_census_free(struct cd_census *c)
{
	free(c->of_class);
	cd_buf_free(&c->keys);
	memset(c, 0, sizeof *c);
}

int
cd_census_add(struct cd_census *c, const struct cd_pictures *p,
    const int32_t *label, struct cd_err *e)
{
	struct cd_pictures all = *p;
	struct cd_picture one;
	uint64_t key, i;

	if (c->full)
		return 0;
	c->n += p->n;
	for (i = 0; label && i < p->n; i++)
		c->of_class[label[i]]++;
	if (!c->with_keys || !p->keys)
		return 0;
	while (cd_pictures_next(&all, &one)) {
		key = cd_hash(one.key, strlen(one.key));
		if (cd_buf_add(&c->keys, &key, sizeof key, e) < 0)
			return -1;
	}
	return 0;
}

void
cd_census_end(struct cd_census *c, bool whole)
{
	if (c->full || (whole && c->n > 0)) {
		c->full = true;
		return;
	}
	c->n = 0;
	c->keys.len = 0;
	memset(c->of_class, 0, (size_t)c->nclasses * sizeof *c->of_class);
}

int
cd_census_missing(const struct cd_census *c, int *more)
{
	int i, first = -1, missing = 0;

	for (i = 0; i < c->nclasses; i++) {
		if (c->of_class[i] > 0)
			continue;
		first = missing++ ? first : i;
	}
	*more = missing - 1;
	return first;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

/* Sorts the keys, each to be there once; returns how many. */
static size_t
settle(struct cd_census *c)
{
	uint64_t *k = (uint64_t *)(void *)c->keys.data;
	size_t n = c->keys.len / sizeof *k, i, kept = 0;

	if (n > 1)
		qsort(k, n, sizeof *k, by_value);
	for (i = 0; i < n; i++)
		if (kept == 0 || k[i] != k[kept - 1])
			k[kept++] = k[i];
	c->keys.len = kept * sizeof *k;
	return kept;
}

uint64_t
cd_census_common(struct cd_census *a, struct cd_census *b, uint64_t *of)
{
	size_t n = settle(a), m = settle(b), i, k = 0;
	const uint64_t *x = (const uint64_t *)(const void *)a->keys.data;
	const uint64_t *y = (const uint64_t *)(const void *)b->keys.data;
	uint64_t common = 0;

	for (i = 0; i < n; i++) {
		while (k < m && y[k] < x[i])
			k++;
		common += k < m && y[k] == x[i];
	}
	*of = n;
	return common;
}
