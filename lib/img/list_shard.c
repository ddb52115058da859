/* A shard of a list of pictures. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "img/list.h"

void
cd_list_run(const struct cd_list *l, char run[CD_SHARD_RUN])
{
	uint64_t h[3] = { 0 };
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct cd_listed *item = &l->item[i];

		h[1] = cd_hash(item->key, strlen(item->key));
		h[2] = (uint64_t)item->label;
		h[0] = cd_hash(h, sizeof h);
	}
	snprintf(run, CD_SHARD_RUN, "%016" PRIx64, h[0]);
}

void
cd_list_shard(struct cd_list *l, const struct cd_shard *s)
{
	size_t i, n = 0;

	for (i = 0; i < l->n; i++) {
		struct cd_listed *item = &l->item[i];

		item->number = i;
		if (cd_shard_has(s, cd_hash(item->key, strlen(item->key))))
			l->item[n++] = *item;
		else
			free(item->path);
	}
	l->n = n;
}
