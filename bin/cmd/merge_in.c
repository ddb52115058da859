#include "cmd/merge_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "cmd/opt.h"

static struct cd_err e;

char *
cd_merge_name(const struct cd_merge_in *in, char *buf, size_t size)
{
	char part[64] = "";

	if (in->shard.n > 0)
		snprintf(part, sizeof part, ", shard %u/%u", in->shard.i,
		    in->shard.n);
	snprintf(buf, size, "%.200s%s", cd_reader_name(in->in), part);
	return buf;
}

/* Adds what has been opened. */
static void
add(struct cd_merge *m, char *path, uint64_t offset, struct cd_reader *r)
{
	struct cd_merge_in in = { .path = path, .offset = offset, .in = r };
	struct cd_merge_in *more = realloc(m->in,
	    ((size_t)m->n + 1) * sizeof *more);

	if (!more)
		cd_die("out of memory (%d streams)", m->n);
	if (cd_shard_of(cd_reader_head(r), &in.shard, &e) < 0)
		cd_die("%s: %s", cd_reader_name(r), e.msg);
	m->in = more;
	m->in[m->n++] = in;
}

static void
open_all(struct cd_merge *m, char **paths, int n)
{
	static char standard[] = "-";
	static char *none[] = { standard };
	struct cd_reader *r;
	int i;

	if (n == 0) {
		paths = none;
		n = 1;
	}
	for (i = 0; i < n; i++) {
		if ((m->shards ? cd_reader_open_member(&r, &paths[i], 0, &e) :
				 cd_reader_open(&r, &paths[i], 1, &e)) < 0)
			cd_die("%s", e.msg);
		add(m, paths[i], 0, r);
	}
	if (cd_head_copy(&m->head, cd_reader_head(m->in[0].in), &e) < 0)
		cd_die("%s", e.msg);
}

/* Adds the members behind the first of a file. Pipes are left alone: what comes
 * there behind an END comes too late. */
static void
add_members(struct cd_merge *m, char *path)
{
	const struct cd_rec *rec;
	struct cd_reader *r;
	uint64_t at = 0;
	int got = 1;

	while (got == 1) {
		if (cd_reader_open_member(&r, &path, at, &e) < 0)
			cd_die("%s", e.msg);
		while ((got = cd_reader_next_head(r, &rec, &e)) == 1)
			;
		if (got == 0)
			got = cd_reader_follows(r, &at, &e);
		cd_reader_close(r);
		if (got < 0 ||
		    (got == 1 && cd_reader_open_member(&r, &path, at, &e) < 0))
			cd_die("%s", e.msg);
		if (got == 1)
			add(m, path, at, r);
	}
}

static int
by_number(const void *a, const void *b)
{
	const struct cd_merge_in *x = a, *y = b;

	return (x->shard.i > y->shard.i) - (x->shard.i < y->shard.i);
}

/* The lines that the shards of a run have in common. */
static void
common_lines(struct cd_head *h, const struct cd_merge_in *in)
{
	memset(h, 0, sizeof *h);
	if (cd_head_copy(h, cd_reader_head(in->in), &e) < 0)
		cd_die("%s", e.msg);
	cd_head_remove(h, "shard");
	cd_head_remove(h, "skipped");
}

/* Dies where the two were not made by the same commands of the same
 * pictures. */
static void
check_run(const struct cd_merge_in *a, const struct cd_merge_in *b)
{
	char one[320], two[320], line[2][128];
	struct cd_head h, k;
	size_t i, begin = 0;
	const char *p, *q;

	cd_merge_name(a, one, sizeof one);
	cd_merge_name(b, two, sizeof two);
	if (a->shard.n != b->shard.n)
		cd_die("%s, but %s: shards of different runs", one, two);
	common_lines(&h, a);
	common_lines(&k, b);
	p = (const char *)h.text.data;
	q = (const char *)k.text.data;
	for (i = 0; i < h.text.len && i < k.text.len && p[i] == q[i]; i++)
		if (p[i] == '\n')
			begin = i + 1;
	if (i < h.text.len || i < k.text.len) {
		cd_escape(line[0], sizeof line[0], p + begin,
		    begin < h.text.len ? strcspn(p + begin, "\n") : 0);
		cd_escape(line[1], sizeof line[1], q + begin,
		    begin < k.text.len ? strcspn(q + begin, "\n") : 0);
		cd_die("%s says '%s', %s '%s': shards of different runs", one,
		    line[0], two, line[1]);
	}
	if (strcmp(a->shard.run, b->shard.run) != 0)
		cd_die("%s and %s: shards of different runs: the pictures "
		       "listed there were not the same",
		    one, two);
	cd_head_free(&h);
	cd_head_free(&k);
}

/* Dies naming the shards that are missing, which is how most runs fail. */
static void
check_all_there(const struct cd_merge *m)
{
	const struct cd_merge_in *in = m->in, *end = in + m->n;
	uint32_t i, n = in->shard.n, missing = 0;
	char text[512];
	size_t len = 0;

	for (i = 1; i <= n; i++) {
		if (in < end && in->shard.i == i) {
			in++;
			continue;
		}
		if (missing++ < 20)
			len += (size_t)snprintf(text + len, sizeof text - len,
			    "%s%u/%u", missing > 1 ? ", " : "", i, n);
	}
	if (missing > 20)
		snprintf(text + len, sizeof text - len, " and %u more",
		    missing - 20);
	if (missing > 0)
		cd_die("missing: shard%s %s", missing > 1 ? "s" : "", text);
}

static void
check_shards(struct cd_merge *m)
{
	char one[320];
	int i;

	for (i = 0; i < m->n; i++)
		if (m->in[i].shard.n == 0)
			cd_die("%s: no shard, as --shard makes them; --by "
			       "key or round-robin merges other streams",
			    cd_reader_name(m->in[i].in));
	for (i = 1; i < m->n; i++)
		check_run(&m->in[0], &m->in[i]);
	qsort(m->in, (size_t)m->n, sizeof *m->in, by_number);
	for (i = 1; i < m->n; i++)
		if (m->in[i].shard.i == m->in[i - 1].shard.i)
			cd_die("%s: comes twice, here and in %s",
			    cd_merge_name(&m->in[i], one, sizeof one),
			    cd_reader_name(m->in[i - 1].in));
	check_all_there(m);
}

void
cd_merge_open_shards(struct cd_merge *m, char **paths, int n)
{
	uint64_t skipped = 0;
	int64_t more;
	int i, first;

	*m = (struct cd_merge){ .shards = true };
	open_all(m, paths, n);
	first = m->n;
	for (i = 0; i < first && (uint32_t)m->n < m->in[0].shard.n; i++)
		if (cd_reader_seekable(m->in[i].in) &&
		    strcmp(m->in[i].path, "-") != 0)
			add_members(m, m->in[i].path);
	check_shards(m);
	for (i = 0; i < m->n; i++) {
		more = cd_head_number(cd_reader_head(m->in[i].in), "skipped");
		skipped = cd_add_most(skipped, more > 0 ? (uint64_t)more : 0);
	}
	cd_head_remove(&m->head, "shard");
	if (cd_head_count(&m->head, "skipped") > 0 &&
	    cd_head_set_skipped(&m->head, skipped, &e) < 0)
		cd_die("%s", e.msg);
}

void
cd_merge_open_streams(struct cd_merge *m, char **paths, int n)
{
	static const char *const gone[] = { "records", "epochs", "skipped" };
	size_t k;
	int i;

	*m = (struct cd_merge){ .shards = false };
	open_all(m, paths, n);
	for (i = 0; i < m->n; i++) {
		if (m->in[i].shard.n > 0)
			cd_die("%s: a shard; shards are merged in the order of "
			       "the whole, without --by",
			    cd_reader_name(m->in[i].in));
		if (cd_head_agree(&m->head, cd_reader_head(m->in[i].in), &e) <
		    0)
			cd_die("%s: %s", cd_reader_name(m->in[i].in), e.msg);
	}
	if (cd_head_is(&m->head, "holds", "model"))
		cd_die("%s: a model", cd_reader_name(m->in[0].in));
	for (k = 0; m->n > 1 && k < sizeof gone / sizeof gone[0]; k++)
		cd_head_remove(&m->head, gone[k]);
	if (cd_head_add(&m->head, "made", cd_opt_provenance(), &e) < 0)
		cd_die("%s", e.msg);
}

/* Is there nothing behind a shard but others that are merged too? */
static void
check_behind(const struct cd_merge *m, const struct cd_merge_in *in)
{
	char name[320];
	uint64_t at;
	int i, got = cd_reader_follows(in->in, &at, &e);

	if (got < 0)
		cd_die("%s", e.msg);
	for (i = 0; got == 1 && i < m->n; i++)
		if (m->in[i].offset == at && m->in[i].path == in->path)
			return;
	if (got == 1)
		cd_die("%s: another stream follows it, and all shards are "
		       "there already",
		    cd_merge_name(in, name, sizeof name));
}

void
cd_merge_next(struct cd_merge *m, struct cd_merge_in *in)
{
	int got = cd_reader_next_head(in->in, &in->rec, &e);

	if (got < 0)
		cd_die("%s", e.msg);
	if (got == 1)
		return;
	in->rec = NULL;
	if (m->shards)
		check_behind(m, in);
}

uint64_t
cd_merge_skipped(const struct cd_merge *m)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < m->n; i++)
		sum = cd_add_most(sum, cd_reader_skipped(m->in[i].in));
	return sum;
}

void
cd_merge_close(struct cd_merge *m)
{
	int i;

	for (i = 0; i < m->n; i++)
		cd_reader_close(m->in[i].in);
	free(m->in);
	cd_head_free(&m->head);
}
