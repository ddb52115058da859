#include "cmd/split_warn.h"

#include "base/mem.h"
#include "cmd/msg.h"

enum {
	SHOWN = 10,
	COUNTS_MAX = 1 << 24,
};

int
cd_split_counts_new(struct cd_split_counts *c, int nclasses, int noutputs,
    struct cd_err *e)
{
	*c = (struct cd_split_counts){ nclasses, noutputs, NULL };
	if (nclasses == 0 || nclasses > COUNTS_MAX / noutputs)
		return 0;
	c->of = cd_calloc((size_t)nclasses * (size_t)noutputs, sizeof *c->of,
	    e);
	return c->of ? 0 : -1;
}

static uint64_t *
place(const struct cd_split_counts *c, int i, int class)
{
	return &c->of[(size_t)i * (size_t)c->nclasses + (size_t) class];
}

void
cd_split_count(struct cd_split_counts *c, const struct cd_rec *rec, int i)
{
	struct cd_err ignored = { "" };
	int class;

	if (!c->of || rec->kind != CD_SAMPLE)
		return;
	class = cd_rec_label(rec, c->nclasses, &ignored);
	if (class >= 0)
		++*place(c, i, class);
}

static bool
is_anywhere(const struct cd_split_counts *c, int class)
{
	int i;

	for (i = 0; i < c->noutputs; i++)
		if (*place(c, i, class) > 0)
			return true;
	return false;
}

void
cd_split_warn(const struct cd_split_counts *c, const struct cd_head *h,
    const struct cd_split_output *to, const uint64_t *count)
{
	char shown[128];
	const char *name;
	size_t at, len;
	int i, k, told = 0;

	for (i = 0; c->of && i < c->noutputs; i++)
		for (at = 0, k = 0;
		     (name = cd_head_next(h, "class", &at, &len)); k++) {
			if (count[i] == 0 || *place(c, i, k) > 0 ||
			    !is_anywhere(c, k) || told++ >= SHOWN)
				continue;
			cd_warn("warning: no sample of class '%s' in %s: "
				"--per-class gives each class its share, "
				"--seed mixes them",
			    cd_escape(shown, sizeof shown, name, len),
			    to[i].path);
		}
	if (told > SHOWN)
		cd_warn("warning: %d more such", told - SHOWN);
}

void
cd_split_tell_left_out(const struct cd_share_record *l, size_t n)
{
	size_t k, all = 0, left = 0;

	for (k = 0; k < n; k++) {
		all += l[k].group >= 0;
		left += l[k].group >= 0 && l[k].to < 0;
	}
	if (left > 0)
		cd_warn("%zu of %zu samples go to no file: file=rest takes "
			"such",
		    left, all);
}
