#include "score/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rec/rec.h"
#include "rec/values.h"

/* The number in like of each class of h, [*n]. NULL with e filled: they are not
 * the same classes. */
static int *
match_classes(const struct cd_head *h, const struct cd_head *like, int *n,
    struct cd_err *e)
{
	int i, *class, count = cd_head_count(h, "class");
	int wanted = cd_head_count(like, "class");
	struct cd_values known;
	char shown[128];
	size_t len, at = 0;
	const char *v;

	*n = count;
	if (count < 2 || count != wanted) {
		cd_fail(e, "the header names %d classes, predictions need %d",
		    count, wanted < 2 ? 2 : wanted);
		return NULL;
	}
	class = cd_calloc((size_t)count, sizeof *class, e);
	if (!class || cd_values_list(&known, like, "class", e) < 0) {
		free(class);
		return NULL;
	}
	for (i = 0; (v = cd_head_next(h, "class", &at, &len)); i++) {
		class[i] = cd_values_find(&known, v, len);
		if (class[i] >= 0)
			continue;
		cd_fail(e, "class '%s' is not among those wanted",
		    cd_escape(shown, sizeof shown, v, len));
		free(class);
		class = NULL;
		break;
	}
	cd_values_free(&known);
	return class;
}

static int
read_all(struct cd_gathered *g, struct cd_reader *in, const int *class,
    struct cd_err *e)
{
	const struct cd_rec *r;
	int got;

	while ((got = cd_reader_next(in, &r, e)) == 1)
		if (r->kind == CD_PREDICTION &&
		    cd_tally_record(g->tally, r, class, e) < 0)
			return cd_reader_blame(in, e);
	g->skipped = cd_reader_skipped(in);
	cd_tally_finish(g->tally);
	return got;
}

static int
gather(struct cd_gathered *g, struct cd_reader *in, const struct cd_head *like,
    bool logs, struct cd_err *e)
{
	int rc, n, *class;

	if (!cd_head_is(cd_reader_head(in), "holds", "predictions"))
		return cd_fail(e, "%s: the stream does not hold predictions",
		    g->name);
	if (cd_head_copy(&g->head, cd_reader_head(in), e) < 0)
		return -1;
	class = match_classes(&g->head, like ? like : &g->head, &n, e);
	if (!class)
		return cd_fail_at(e, "%s", g->name);
	g->tally = cd_tally_new(n, logs, e);
	rc = g->tally ? read_all(g, in, class, e) : -1;
	free(class);
	return rc;
}

int
cd_gather(struct cd_gathered *g, const char *path, const struct cd_head *like,
    bool logs, struct cd_err *e)
{
	char *operand = (char *)(uintptr_t)path; /* not changed */
	struct cd_reader *in;
	int rc;

	memset(g, 0, sizeof *g);
	g->name = path && strcmp(path, "-") != 0 ? path : "standard input";
	if (cd_reader_open(&in, &operand, path != NULL, e) < 0)
		return -1;
	rc = gather(g, in, like, logs, e);
	cd_reader_close(in);
	return rc;
}

void
cd_gathered_free(struct cd_gathered *g)
{
	cd_head_free(&g->head);
	cd_tally_free(g->tally);
	memset(g, 0, sizeof *g);
}
