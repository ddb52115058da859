/* cd-merge: shards, or streams in one order -> one stream. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/merge_in.h"
#include "cmd/opt.h"
#include "cmd/pace.h"
#include "img/list.h"

enum { BY_KEY, BY_TURN, BY_SEQUENCE };

static struct {
	int by;
	const char *output;
} args = { .by = BY_SEQUENCE };

static const char *const hows[] = { "key", "round-robin", "sequence", NULL };

static const struct cd_opt opts[] = {
	{ .name = "by",
	    .type = CD_OPT_CHOICE,
	    .to = &args.by,
	    .arg = "order",
	    .help = "sequence (default), of shards; key or round-robin, of any",
	    .words = hows,
	    .result = true },
	CD_OPT_OUTPUT(&args.output),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-merge",
	.usage = "[--by order] [-o file] [file ...]",
	.about =
	    "Joins the shards of a stream, or several streams in an order.",
	.opts = opts,
	.verbose = true,
	.operands = CD_OPERANDS_READ,
};

static struct cd_merge m;
static struct cd_writer *out;
static struct cd_buf payload; /* one for all readers */
static struct cd_err e;

/* The place of the record that was read last, where an input must not go
 * back. */
struct place {
	uint64_t epoch, seq;
	char key[CD_KEY_MAX + 1];
};

static struct place *last; /* [m.n] */
static bool *begun;	   /* [m.n] */

/* Has the record a place by its key? Others pass at once. */
static bool
keyed(const struct cd_rec *r)
{
	return r->kind == CD_SAMPLE || r->kind == CD_PREDICTION;
}

/* Is the record before the one that came before it? */
static bool
goes_back(const struct cd_rec *r, const struct place *p)
{
	if (r->epoch != p->epoch)
		return r->epoch < p->epoch;
	if (r->kind == CD_MARK)
		return false;
	if (args.by == BY_KEY)
		return keyed(r) && cd_path_order(r->key, p->key) < 0;
	return args.by == BY_SEQUENCE && r->seq < p->seq;
}

/* Reads the next record of an input. */
static void
advance(int i)
{
	struct cd_merge_in *in = &m.in[i];
	char key[128];

	cd_merge_next(&m, in);
	if (!in->rec)
		return;
	if (begun[i] && goes_back(in->rec, &last[i])) {
		cd_fail(&e, "comes after %s of epoch %llu: not in order%s",
		    cd_escape_end(key, sizeof key, last[i].key,
			strlen(last[i].key)),
		    (unsigned long long)last[i].epoch,
		    args.by != BY_KEY ? "" : " of keys");
		cd_reader_blame(in->in, &e);
		cd_die("%s", e.msg);
	}
	begun[i] = true;
	last[i].epoch = in->rec->epoch;
	if (in->rec->kind == CD_MARK) {
		last[i].key[0] = '\0';
		return;
	}
	last[i].seq = in->rec->seq;
	if (args.by != BY_KEY || keyed(in->rec))
		memcpy(last[i].key, in->rec->key, strlen(in->rec->key) + 1);
}

/* Of two shards that both have the record. */
static void
die_of_both(int i, int j)
{
	const struct cd_rec *a = m.in[i].rec, *b = m.in[j].rec;
	char one[320], two[320], x[128], y[128];

	cd_die("%s, and %s: both have record %llu of epoch %llu, %s and %s: "
	       "they overlap",
	    cd_merge_name(&m.in[i], one, sizeof one),
	    cd_merge_name(&m.in[j], two, sizeof two),
	    (unsigned long long)a->seq, (unsigned long long)a->epoch,
	    cd_escape_end(x, sizeof x, a->key, strlen(a->key)),
	    cd_escape_end(y, sizeof y, b->key, strlen(b->key)));
}

/* Does the next of input i come before that of input j, of the same epoch? */
static bool
is_before(int i, int j)
{
	const struct cd_rec *a = m.in[i].rec, *b = m.in[j].rec;

	if (args.by == BY_KEY)
		return !keyed(a) ||
		    (keyed(b) && cd_path_order(a->key, b->key) < 0);
	if (args.by == BY_SEQUENCE && a->seq == b->seq)
		die_of_both(j, i);
	return args.by == BY_SEQUENCE && a->seq < b->seq;
}

/* The epoch that is being merged: the first that an input stands at; false at
 * the end of all. */
static bool
find_epoch(uint64_t *epoch)
{
	bool found = false;
	int i;

	for (i = 0; i < m.n; i++) {
		const struct cd_rec *r = m.in[i].rec;

		if (r && (!found || r->epoch < *epoch)) {
			*epoch = r->epoch;
			found = true;
		}
	}
	return found;
}

/* The input whose record is next, in that order, beginning with input `from`;
 * -1: none has one but marks of this epoch. */
static int
choose(uint64_t epoch, int from)
{
	int best = -1, k, i;

	for (k = 0; k < m.n; k++) {
		const struct cd_rec *r = m.in[i = (from + k) % m.n].rec;

		if (r && r->epoch == epoch && r->kind != CD_MARK &&
		    (best < 0 || is_before(i, best)))
			best = i;
	}
	return best;
}

static void
put(int i)
{
	struct cd_merge_in *in = &m.in[i];

	cd_reader_exchange(in->in, &payload);
	if (cd_reader_payload(in->in, &e) < 0 ||
	    cd_writer_put(out, in->rec, &e) < 0)
		cd_die("%s", e.msg);
	cd_reader_exchange(in->in, &payload);
	advance(i);
}

/* All that have this epoch are at its mark. */
static void
close_epoch(uint64_t epoch)
{
	char name[320];
	int i;

	for (i = 0; i < m.n; i++) {
		const struct cd_rec *r = m.in[i].rec;

		if (m.shards && (!r || r->epoch != epoch))
			cd_die("%s: has no mark of epoch %llu, as others have",
			    cd_merge_name(&m.in[i], name, sizeof name),
			    (unsigned long long)epoch);
		if (r && r->epoch == epoch)
			advance(i);
	}
	if (cd_writer_mark(out, epoch, &e) < 0)
		cd_die("%s", e.msg);
}

static void
merge(void)
{
	uint64_t epoch = 0;
	int i, from = 0;

	for (i = 0; i < m.n; i++)
		advance(i);
	while (find_epoch(&epoch)) {
		i = choose(epoch, from);
		if (i < 0) {
			close_epoch(epoch);
			from = 0;
			continue;
		}
		put(i);
		if (args.by == BY_TURN)
			from = (i + 1) % m.n;
	}
}

/* cd-decode fails where it could decode nothing, and none of its shards
 * does. */
static void
check_decoded(void)
{
	uint64_t skipped = cd_merge_skipped(&m);

	if (m.shards && cd_writer_count(out) == 0 && skipped > 0 &&
	    cd_head_count(&m.head, "made") == 1)
		cd_die("none of the pictures could be decoded (%llu skipped)",
		    (unsigned long long)skipped);
}

int
main(int argc, char **argv)
{
	struct cd_pace pace = { .began = cd_seconds() };
	int k, i = cd_opt_parse(&command, argc, argv);

	if (args.by == BY_SEQUENCE)
		cd_merge_open_shards(&m, argv + i, argc - i);
	else
		cd_merge_open_streams(&m, argv + i, argc - i);
	last = cd_calloc((size_t)m.n, sizeof *last, &e);
	begun = cd_calloc((size_t)m.n, sizeof *begun, &e);
	if (!last || !begun ||
	    cd_writer_open(&out, args.output, &m.head, &e) < 0)
		cd_die("%s", e.msg);

	merge();

	check_decoded();
	for (k = 0; k < m.n; k++)
		pace.input += cd_reader_waited(m.in[k].in, 0);
	pace.records = cd_writer_count(out);
	pace.output = cd_writer_waited(out) - cd_seconds();
	if (cd_writer_close(out, cd_merge_skipped(&m), &e) < 0)
		cd_die("%s", e.msg);
	pace.output += cd_seconds();
	cd_pace_tell(&pace);
	cd_merge_close(&m);
	cd_buf_free(&payload);
	free(last);
	free(begun);
	return 0;
}
