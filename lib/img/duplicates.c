#include "img/duplicates.h"

#include <stdlib.h>
#include <string.h>

#include "base/blake2b.h"
#include "base/num.h"
#include "base/rng.h"

enum {
	SLOTS = 1024, /* to begin with */
};

static struct cd_duplicates_picture *
picture(const struct cd_duplicates *s, size_t i)
{
	return (struct cd_duplicates_picture *)s->picture.data + i;
}

const char *
cd_duplicates_key(const struct cd_duplicates *s,
    const struct cd_duplicates_picture *p)
{
	return (const char *)s->keys.data + p->key;
}

/* By pixels. */
static int
compare(const struct cd_duplicates_picture *a,
    const struct cd_duplicates_picture *b)
{
	int c = memcmp(a->digest, b->digest, sizeof a->digest);

	return c ? c : memcmp(a->dim, b->dim, sizeof a->dim);
}

/* The slot that holds this key with these pixels, or the empty one where it
 * would go. The key is hashed too: many keys may have equal pixels. */
static size_t
find(const struct cd_duplicates *s, const char *key,
    const struct cd_duplicates_picture *p)
{
	size_t mask = s->nslots - 1, i;

	i = (size_t)(cd_hash(key, strlen(key)) ^ cd_get64(p->digest)) & mask;
	while (s->slot[i]) {
		const struct cd_duplicates_picture *q = picture(s,
		    s->slot[i] - 1);

		if (compare(p, q) == 0 &&
		    strcmp(cd_duplicates_key(s, q), key) == 0)
			break;
		i = (i + 1) & mask;
	}
	return i;
}

static int
grow(struct cd_duplicates *s, struct cd_err *e)
{
	size_t nslots = s->nslots ? 2 * s->nslots : SLOTS, i;
	size_t *slot = cd_calloc(nslots, sizeof *slot, e);

	if (!slot)
		return -1;
	free(s->slot);
	s->slot = slot;
	s->nslots = nslots;
	for (i = 0; i < s->n; i++) {
		const struct cd_duplicates_picture *p = picture(s, i);

		slot[find(s, cd_duplicates_key(s, p), p)] = i + 1;
	}
	return 0;
}

int
cd_duplicates_add(struct cd_duplicates *s, const char *key, int32_t label,
    const uint64_t dim[3], const void *pixels, struct cd_err *e)
{
	struct cd_duplicates_picture p = { .label = label,
		.key = s->keys.len,
		.order = s->n };
	size_t at;

	if (s->n >= s->nslots / 2 && grow(s, e) < 0)
		return -1;
	memcpy(p.dim, dim, sizeof p.dim);
	cd_blake2b(p.digest, sizeof p.digest, pixels,
	    (size_t)(dim[0] * dim[1] * dim[2]));
	at = find(s, key, &p);
	if (s->slot[at])
		return 0;
	if (cd_buf_add(&s->picture, &p, sizeof p, e) < 0 ||
	    cd_buf_add(&s->keys, key, strlen(key) + 1, e) < 0)
		return -1;
	s->slot[at] = ++s->n;
	return 0;
}

static int
by_pixels(const void *va, const void *vb)
{
	const struct cd_duplicates_picture *a = va, *b = vb;
	int c = compare(a, b);

	return c ? c : (a->order > b->order) - (a->order < b->order);
}

static int
by_order(const void *va, const void *vb)
{
	const struct cd_duplicates_group *a = va, *b = vb;

	return (a->order > b->order) - (a->order < b->order);
}

int
cd_duplicates_finish(struct cd_duplicates *s, struct cd_err *e)
{
	size_t i, end;

	if (s->n > 1)
		qsort(s->picture.data, s->n, sizeof *picture(s, 0), by_pixels);
	for (i = 0; i < s->n; i = end) {
		const struct cd_duplicates_picture *p = picture(s, i);
		struct cd_duplicates_group g = { .first = i,
			.order = p->order };

		for (end = i; end < s->n && compare(p, picture(s, end)) == 0;
		     end++)
			g.labels |= picture(s, end)->label != p->label;
		g.n = end - i;
		if (g.n < 2)
			continue;
		if (cd_buf_add(&s->group, &g, sizeof g, e) < 0)
			return -1;
		s->ngroups++;
		s->equal += g.n;
	}
	if (s->ngroups > 1)
		qsort(s->group.data, s->ngroups,
		    sizeof(struct cd_duplicates_group), by_order);
	return 0;
}

const struct cd_duplicates_group *
cd_duplicates_group(const struct cd_duplicates *s, size_t i)
{
	return (const struct cd_duplicates_group *)s->group.data + i;
}

const struct cd_duplicates_picture *
cd_duplicates_picture(const struct cd_duplicates *s,
    const struct cd_duplicates_group *g, size_t k)
{
	return picture(s, g->first + k);
}

void
cd_duplicates_free(struct cd_duplicates *s)
{
	cd_buf_free(&s->picture);
	cd_buf_free(&s->group);
	cd_buf_free(&s->keys);
	free(s->slot);
	memset(s, 0, sizeof *s);
}
