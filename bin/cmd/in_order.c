#include "cmd/in_order.h"

#include <stdlib.h>

#include "cmd/msg.h"

struct place {
	uint64_t epoch;
	size_t line, number; /* of the list; of the place */
	int file;
	uint64_t offset;
};

static struct cd_buf places; /* of struct place */

void
cd_in_order_add(const struct cd_rec *rec, struct cd_keys *keys)
{
	struct cd_err e = { "" };
	const struct cd_key *key = NULL;
	struct place p = { .epoch = rec->epoch,
		.number = places.len,
		.file = rec->file,
		.offset = rec->offset };

	if (rec->kind == CD_SAMPLE || rec->kind == CD_PREDICTION)
		key = cd_keys_find(keys, rec->key);
	p.line = key ? key->line : SIZE_MAX;
	if (cd_buf_add(&places, &p, sizeof p, &e) < 0)
		cd_die("%s", e.msg);
}

static int
in_order(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->epoch != y->epoch)
		return x->epoch < y->epoch ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

void
cd_in_order_put(struct cd_filter *f)
{
	struct place *p = (struct place *)places.data;
	size_t n = places.len / sizeof *p;
	const struct cd_rec *rec;
	struct cd_err e = { "" };

	if (n > 0)
		qsort(p, n, sizeof *p, in_order);
	for (; n > 0; n--, p++) {
		if (cd_reader_at(f->in, p->file, p->offset, &rec, &e) < 0)
			cd_die("%s", e.msg);
		if (cd_filter_takes(f, rec))
			cd_filter_put(f, rec);
	}
	cd_buf_free(&places);
}
