#include "rec/seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

/* The slot of h, or the free one where it belongs. */
static uint64_t *
find(const struct cd_seen *s, uint64_t h)
{
	size_t i = h & (s->room - 1);

	while (s->slot[i] && s->slot[i] != h)
		i = (i + 1) & (s->room - 1);
	return &s->slot[i];
}

static int
grow(struct cd_seen *s, struct cd_err *e)
{
	struct cd_seen big = { .room = s->room ? 2 * s->room : 1024 };
	size_t i;

	big.slot = cd_calloc(big.room, sizeof *big.slot, e);
	if (!big.slot)
		return -1;
	for (i = 0; i < s->room; i++)
		if (s->slot[i])
			*find(&big, s->slot[i]) = s->slot[i];
	free(s->slot);
	s->slot = big.slot;
	s->room = big.room;
	return 0;
}

int
cd_seen_before(struct cd_seen *s, const struct cd_rec *r, struct cd_err *e)
{
	uint64_t h = cd_hash_view(r->key, r->view);
	uint64_t *at;

	if (s->epoch != r->epoch && s->n > 0) {
		memset(s->slot, 0, s->room * sizeof *s->slot);
		s->n = 0;
	}
	s->epoch = r->epoch;
	if (2 * (s->n + 1) > s->room && s->n < CD_SEEN_MAX && grow(s, e) < 0)
		return -1;
	h += h == 0; /* 0 marks a free slot */
	at = find(s, h);
	if (*at)
		return 1;
	if (s->n < CD_SEEN_MAX) {
		*at = h;
		s->n++;
	}
	return 0;
}

void
cd_seen_free(struct cd_seen *s)
{
	free(s->slot);
	*s = (struct cd_seen){ 0 };
}
