/* cd-split: samples -> several streams, no two of which share a sample. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "cmd/pace.h"
#include "cmd/split_opt.h"
#include "cmd/split_warn.h"
#include "rec/spool.h"

enum {
	TWINS_SHOWN = 10,
};

static struct cd_filter f;
static struct cd_err e;
static struct cd_split_args *a;
static struct cd_writer *out[CD_SHARES_MAX];
static uint64_t count[CD_SHARES_MAX]; /* records of each */
static struct cd_buf records;	      /* of struct cd_share_record */
static int nclasses;
static struct cd_split_counts counts;

static void
must(int rc)
{
	if (rc < 0)
		cd_die("%s", e.msg);
}

static struct cd_share_record
record_of(const struct cd_rec *rec)
{
	struct cd_share_record record = { .offset = rec->offset, .to = -1 };
	struct cd_rng rng;

	if (rec->kind == CD_MARK)
		cd_fail(&e, "the mark of an epoch: split before cd-shuffle");
	record.file = rec->file;
	record.key = cd_hash(rec->key, strlen(rec->key));
	record.together = cd_split_together(a, rec->key);
	if (a->nfolds)
		record.view = rec->view;
	cd_rng_start(&rng, a->seed < 0 ? 0 : (uint64_t)a->seed, 0,
	    record.together, CD_RNG_SPLIT);
	if (rec->kind != CD_SAMPLE)
		record.group = -1;
	else if (a->by_hash)
		record.to = cd_share_at(a->shares, a->n, cd_rng_unit(&rng));
	else if (a->seed >= 0 || a->nfolds)
		record.rank = cd_rng_u64(&rng);
	if (a->by_labels && rec->kind == CD_SAMPLE) {
		record.group = cd_rec_label(rec, nclasses, &e);
		if (record.group == -1)
			cd_fail(&e, "no label: %s needs one", a->by_labels);
	}
	if (e.msg[0])
		cd_filter_blame(&f, &e);
	return record;
}

static void
find_lots(void)
{
	const struct cd_rec *rec;
	struct cd_share_record record;
	int got;

	while ((got = cd_reader_next_head(f.in, &rec, &e)) == 1) {
		/* a label is in the payload */
		if (a->by_labels)
			must(cd_reader_payload(f.in, &e));
		record = record_of(rec);
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
too_few(int group)
{
	char shown[256];
	const char *class;
	size_t len = 0;

	if (!a->by_labels)
		cd_die("too few samples: %s", e.msg);
	class = cd_head_nth(&f.head, "class", group, &len);
	cd_die("too few samples of class '%s': %s",
	    cd_escape(shown, sizeof shown, class ? class : "", len), e.msg);
}

/* Fold by fold, to two outputs. */
static int
deal_fold(struct cd_share_record *l, size_t nrecords, int *group)
{
	int64_t odd = cd_share_two_groups(l, nrecords);
	char shown[256];
	size_t i;

	if (odd >= 0)
		cd_die("%s: views of two classes",
		    key_of(&l[odd], shown, sizeof shown));
	if (cd_share_fold(l, nrecords, a->nfolds, nclasses, group, &e) < 0)
		return -1;
	for (i = 0; i < nrecords; i++)
		if (l[i].to >= 0)
			l[i].to = l[i].to == a->fold ? a->fold_at :
						       1 - a->fold_at;
	return 0;
}

/* Of what --group keeps together. */
static void
gather(struct cd_share_record *l, size_t nrecords)
{
	bool ordered = a->seed < 0 && !a->nfolds;
	int64_t odd = -1;
	char shown[256];

	if (a->grouped || ordered)
		odd = cd_share_bundle(l, nrecords, ordered);
	if (odd >= 0)
		cd_die("%s: what --group keeps together is of two classes",
		    key_of(&l[odd], shown, sizeof shown));
}

static void
deal(void)
{
	struct cd_share_record *l = (struct cd_share_record *)records.data;
	size_t nrecords = records.len / sizeof *l;
	int64_t twice = cd_share_same_key(l, nrecords);
	char shown[256];
	int group, rc = 0;

	if (twice >= 0)
		cd_die("%s: the key comes twice%s",
		    key_of(&l[twice], shown, sizeof shown),
		    a->nfolds ? ", with the same view" : "");
	if (!a->by_hash)
		gather(l, nrecords);
	if (a->by_hash)
		cd_share_sort_places(l, nrecords);
	else if (a->nfolds)
		rc = deal_fold(l, nrecords, &group);
	else
		rc = cd_share_deal(l, nrecords, a->shares, a->n,
		    a->per_class ? nclasses : 1, &group, &e);
	if (rc < 0)
		too_few(group);
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
	for (k = 0; k < a->n; k++) {
		add_words(&made, " ");
		add_words(&made, a->outputs[k].words);
	}
	snprintf(part, sizeof part, ": part %d", i + 1);
	add_words(&made, part);
	must(cd_head_copy(&head, cd_reader_head(f.in), &e));
	must(cd_head_addn(&head, "made", (char *)made.data, made.len, &e));
	cd_shard_forget(&head);
	must(cd_head_set_number(&head, "records", (int64_t)count[i], &e));
	must(cd_head_set_skipped(&head, skipped, &e));
	must(cd_writer_open(&out[i], a->outputs[i].path, &head, &e));
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
	for (i = 0; i < a->n; i++)
		if (record->to == i || record->group < 0) {
			cd_split_count(&counts, rec, i);
			must(cd_writer_put(out[i], rec, &e));
		}
}

/* Warns of equal pictures in two outputs: a model would be tested on a picture
 * it was trained on. */
static void
warn_of_twins(void)
{
	struct cd_share_record *l = (struct cd_share_record *)records.data;
	size_t nrecords = records.len / sizeof *l, i, first = 0;
	char one[256], other[256];
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
		    key_of(&l[first], one, sizeof one),
		    a->outputs[l[first].to].path,
		    key_of(&l[i], other, sizeof other),
		    a->outputs[l[i].to].path);
	}
	if (twins > TWINS_SHOWN)
		cd_warn("warning: %llu more pairs of equal pictures",
		    (unsigned long long)twins - TWINS_SHOWN);
}

static void
finish(void)
{
	struct cd_pace pace = { .began = f.began,
		.input = cd_reader_waited(f.in, 0),
		.records = cd_reader_count(f.in) };
	int i;

	for (i = 0; i < a->n; i++) {
		pace.output += cd_writer_waited(out[i]) - cd_seconds();
		must(cd_writer_close(out[i], cd_reader_skipped(f.in), &e));
		pace.output += cd_seconds();
	}
	cd_pace_tell(&pace);
	cd_reader_close(f.in);
}

int
main(int argc, char **argv)
{
	struct cd_share_record *l;
	size_t nrecords, k;
	int i;

	a = cd_split_parse(argc, argv);

	cd_filter_open(&f, NULL, 0, "samples");
	nclasses = cd_head_count(&f.head, "class");
	if (a->by_labels && nclasses == 0)
		cd_die("%s: the stream has no classes", a->by_labels);
	must(cd_reader_spool(&f.in, &e));
	find_lots();
	deal();
	l = (struct cd_share_record *)records.data;
	nrecords = records.len / sizeof *l;
	for (k = 0; k < nrecords; k++)
		if (l[k].to >= 0)
			count[l[k].to]++;
	cd_split_tell_left_out(l, nrecords);
	must(cd_split_counts_new(&counts, nclasses, a->n, &e));
	for (i = 0; i < a->n; i++)
		open_output(i);

	for (k = 0; k < nrecords; k++)
		copy_record(&l[k]);
	cd_split_warn(&counts, &f.head, a->outputs, count);
	warn_of_twins();

	finish();
	cd_head_free(&f.head);
	cd_buf_free(&records);
	free(counts.of);
	return 0;
}
