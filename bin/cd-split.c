/* cd-split: samples -> several streams, no two of which share a sample. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/save.h"
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "rec/share.h"
#include "rec/spool.h"

enum {
	TWINS_SHOWN = 10,
};

struct output {
	char *path;
	const char *words; /* its share as given: "1000" */
	uint64_t records;
	struct cd_writer *to;
};

static struct {
	bool by_hash, per_class;
	int64_t seed;
} args = { .seed = -1 };

static const struct cd_opt opts[] = {
	{ .name = "by-hash",
	    .type = CD_OPT_FLAG,
	    .to = &args.by_hash,
	    .help = "choose each sample's file by a hash of its key",
	    .result = true },
	{ .name = "per-class",
	    .type = CD_OPT_FLAG,
	    .to = &args.per_class,
	    .help = "counts and shares are of each class",
	    .result = true },
	CD_OPT_SEED(&args.seed,
	    "choose at random (default: in the order of the input)"),
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-split",
	.usage = "[--by-hash] [--per-class] [-s seed] file=share ...",
	.about = "Divides the samples on standard input among files.",
	.opts = opts,
};

static struct cd_filter f;
static struct cd_err e;
static struct output outputs[CD_SHARES_MAX];
static struct cd_share shares[CD_SHARES_MAX];
static int n;		      /* of both */
static struct cd_buf records; /* of struct cd_share_record */

static void
must(int rc)
{
	if (rc < 0)
		cd_die("%s", e.msg);
}

static void
take_outputs(char **operands)
{
	char *sign;
	int i, k;

	if (n == 0)
		cd_usage("no outputs named");
	if (n > CD_SHARES_MAX)
		cd_usage("%d outputs, more than %d", n, CD_SHARES_MAX);
	for (i = 0; i < n; i++) {
		sign = strrchr(operands[i], '=');
		if (!sign || sign == operands[i])
			cd_usage("%s: not of the form file=share", operands[i]);
		*sign = '\0';
		outputs[i].path = operands[i];
		outputs[i].words = sign + 1;
		for (k = 0; k < i; k++)
			if (cd_save_same(outputs[k].path, operands[i]))
				cd_usage("%s: named twice, before as %s",
				    operands[i], outputs[k].path);
		if (cd_share_parse(sign + 1, &shares[i], &e) < 0)
			cd_usage("%s: %s", operands[i], e.msg);
		if (args.by_hash && shares[i].how == CD_SHARE_COUNT)
			cd_usage("%s: a count, with --by-hash", operands[i]);
	}
	if (cd_share_check(shares, n, &e) < 0)
		cd_usage("%s", e.msg);
	if (args.by_hash && args.per_class)
		cd_usage("--by-hash and --per-class: one of them");
}

static struct cd_share_record
record_of(const struct cd_rec *rec, int nclasses)
{
	struct cd_share_record record = { .offset = rec->offset, .to = -1 };
	struct cd_rng rng;

	if (rec->kind == CD_MARK)
		cd_fail(&e, "the mark of an epoch: split before cd-shuffle");
	record.file = rec->file;
	record.key = cd_hash(rec->key, strlen(rec->key));
	cd_rng_start(&rng, args.seed < 0 ? 0 : (uint64_t)args.seed, 0,
	    record.key, CD_RNG_SPLIT);
	if (rec->kind != CD_SAMPLE)
		record.group = -1;
	else if (args.by_hash)
		record.to = cd_share_at(shares, n, cd_rng_unit(&rng));
	else if (args.seed >= 0)
		record.rank = cd_rng_u64(&rng);
	if (args.per_class && rec->kind == CD_SAMPLE) {
		record.group = cd_rec_label(rec, nclasses, &e);
		if (record.group == -1)
			cd_fail(&e, "no label: --per-class needs one");
	}
	if (e.msg[0])
		cd_filter_blame(&f, &e);
	return record;
}

static void
find_lots(int nclasses)
{
	const struct cd_rec *rec;
	struct cd_share_record record;
	int got;

	while ((got = cd_reader_next_head(f.in, &rec, &e)) == 1) {
		/* a label is in the payload */
		if (args.per_class)
			must(cd_reader_payload(f.in, &e));
		record = record_of(rec, nclasses);
		must(cd_buf_add(&records, &record, sizeof record, &e));
	}
	must(got);
}

/* The key of a record, escaped. */
static const char *
key_of(const struct cd_share_record *record, char *buf, size_t size)
{
	const struct cd_rec *rec;

	must(cd_reader_at(f.in, record->file, record->offset, &rec, &e));
	return cd_escape(buf, size, rec->key, strlen(rec->key));
}

static void
deal(int nclasses)
{
	struct cd_share_record *l = (struct cd_share_record *)records.data;
	size_t nrecords = records.len / sizeof *l;
	int64_t twice = cd_share_same_key(l, nrecords);
	char shown[256];
	const char *class;
	size_t len = 0;
	int group;

	if (twice >= 0)
		cd_die("%s: the key comes twice",
		    key_of(&l[twice], shown, sizeof shown));
	if (args.by_hash) {
		cd_share_sort_places(l, nrecords);
		return;
	}
	if (cd_share_deal(l, nrecords, shares, n, args.per_class ? nclasses : 1,
		&group, &e) < 0) {
		if (!args.per_class)
			cd_die("too few samples: %s", e.msg);
		class = cd_head_nth(&f.head, "class", group, &len);
		cd_die("too few samples of class '%s': %s",
		    cd_escape(shown, sizeof shown, class ? class : "", len),
		    e.msg);
	}
}

static void
add_words(struct cd_buf *text, const char *words)
{
	must(cd_buf_add(text, words, strlen(words), &e));
}

/* Provenance has the shares of all outputs, and the number of this one. */
static void
open_output(int i)
{
	struct cd_head head = { 0 };
	struct cd_buf made = { 0 };
	uint64_t skipped = cd_reader_skipped(f.in);
	char part[32];
	int k;

	add_words(&made, cd_opt_provenance());
	for (k = 0; k < n; k++) {
		add_words(&made, " ");
		add_words(&made, outputs[k].words);
	}
	snprintf(part, sizeof part, ": part %d", i + 1);
	add_words(&made, part);
	must(cd_head_copy(&head, cd_reader_head(f.in), &e));
	must(cd_head_addn(&head, "made", (char *)made.data, made.len, &e));
	must(cd_head_set_number(&head, "records", (int64_t)outputs[i].records,
	    &e));
	must(cd_head_set_number(&head, "skipped", (int64_t)skipped, &e));
	must(cd_writer_open(&outputs[i].to, outputs[i].path, &head, &e));
	cd_head_free(&head);
	cd_buf_free(&made);
}

static void
copy_record(struct cd_share_record *record)
{
	const struct cd_rec *rec;
	int i;

	must(cd_reader_at(f.in, record->file, record->offset, &rec, &e));
	record->picture = cd_share_picture(rec);
	/* records of other kinds go to all */
	for (i = 0; i < n; i++)
		if (record->to == i || record->group < 0)
			must(cd_writer_put(outputs[i].to, rec, &e));
}

/* Warns of equal pictures in two outputs: a model would be tested on a picture
 * it was trained on. */
static void
warn_of_twins(void)
{
	struct cd_share_record *l = (struct cd_share_record *)records.data;
	size_t nrecords = records.len / sizeof *l, i, first = 0;
	char a[256], b[256];
	uint64_t twins = 0;

	cd_share_sort_pictures(l, nrecords);
	for (i = 0; i < nrecords; i++) {
		if (l[i].to < 0 || l[i].picture == 0)
			continue;
		if (l[first].to < 0 || l[first].picture != l[i].picture)
			first = i;
		if (l[first].to == l[i].to || twins++ >= TWINS_SHOWN)
			continue;
		cd_warn("warning: equal pictures: %s in %s, %s in %s",
		    key_of(&l[first], a, sizeof a), outputs[l[first].to].path,
		    key_of(&l[i], b, sizeof b), outputs[l[i].to].path);
	}
	if (twins > TWINS_SHOWN)
		cd_warn("warning: %llu more pairs of equal pictures",
		    (unsigned long long)twins - TWINS_SHOWN);
}

int
main(int argc, char **argv)
{
	struct cd_share_record *l;
	size_t nrecords, k;
	int i = cd_opt_parse(&command, argc, argv), nclasses;

	n = argc - i;
	take_outputs(argv + i);

	cd_filter_open(&f, NULL, 0, "samples");
	nclasses = cd_head_count(&f.head, "class");
	if (args.per_class && nclasses == 0)
		cd_die("--per-class: the stream has no classes");
	must(cd_reader_spool(&f.in, &e));
	find_lots(nclasses);
	deal(nclasses);
	l = (struct cd_share_record *)records.data;
	nrecords = records.len / sizeof *l;
	for (k = 0; k < nrecords; k++)
		if (l[k].to >= 0)
			outputs[l[k].to].records++;
	for (i = 0; i < n; i++)
		open_output(i);

	for (k = 0; k < nrecords; k++)
		copy_record(&l[k]);
	warn_of_twins();

	for (i = 0; i < n; i++)
		must(cd_writer_close(outputs[i].to, cd_reader_skipped(f.in),
		    &e));
	cd_reader_close(f.in);
	cd_head_free(&f.head);
	cd_buf_free(&records);
	return 0;
}
