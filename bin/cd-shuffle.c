/* cd-shuffle: samples -> the same samples in random order, epoch by epoch. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "cmd/filter.h"
#include "cmd/shuffle_opt.h"
#include "rec/order.h"
#include "rec/spool.h"

static const struct cd_shuffle_args *args;
static struct cd_filter f;
static struct cd_err e;
static struct cd_buf samples, others; /* of struct cd_place */
static size_t n;		      /* of samples */

/* With --balance or --copies. */
static size_t *group; /* samples of each class, or of all */
static int ngroups = 1;
static struct cd_order_times times;
static struct cd_buf repeated;		/* the places of an epoch */
static struct cd_buf *order = &samples; /* that, or the samples */

static void
must(int rc)
{
	if (rc < 0)
		cd_die("%s", e.msg);
}

/* The group of a sample: its class, with --balance. */
static uint64_t
group_of(const struct cd_rec *rec)
{
	int class;

	if (!args->balance)
		return 0;
	must(cd_reader_payload(f.in, &e)); /* a label is in the payload */
	class = cd_rec_label(rec, ngroups, &e);
	if (class == -1)
		cd_fail(&e, "no label: --balance needs one");
	if (class < 0)
		cd_filter_blame(&f, &e);
	group[class]++;
	return (uint64_t) class;
}

/* Notes the places of samples, and of records of other kinds. */
static void
find_records(void)
{
	const struct cd_rec *rec;
	int got;

	while ((got = cd_reader_next_head(f.in, &rec, &e)) == 1) {
		if (rec->kind == CD_MARK) {
			cd_fail(&e, "the mark of an epoch: shuffled already");
			cd_filter_blame(&f, &e);
		}
		if ((rec->kind == CD_SAMPLE ?
			    cd_order_add(&samples, rec, group_of(rec), &e) :
			    cd_order_add(&others, rec, 0, &e)) < 0)
			cd_filter_blame(&f, &e);
	}
	must(got);
	n = samples.len / sizeof(struct cd_place);
}

/* The key at a place, escaped. */
static const char *
key_at(const struct cd_place *p, char *buf, size_t size)
{
	const struct cd_rec *rec;

	must(cd_reader_at(f.in, p->file, p->offset, &rec, &e));
	return cd_escape(buf, size, rec->key, strlen(rec->key));
}

static void
warn_of_repeated(void)
{
	struct cd_place first;
	char key[256];
	size_t count = cd_order_repeated((struct cd_place *)samples.data, n,
	    &first);

	if (count > 0)
		cd_warn("warning: %zu samples repeat the key and view of an "
			"earlier one, first %s: cd-augment draws the same for "
			"both; --copies repeats samples as views",
		    count, key_at(&first, key, sizeof key));
}

static void
warn_of_empty_class(void)
{
	const char *class;
	char shown[256];
	size_t len, at = 0;
	int i;

	for (i = 0; (class = cd_head_next(&f.head, "class", &at, &len)); i++)
		if (group[i] == 0)
			cd_warn("warning: --balance: no sample of class '%s'",
			    cd_escape(shown, sizeof shown, class, len));
}

/* Finds how often samples come. Returns how many records that makes. */
static uint64_t
count_times(void)
{
	struct cd_place *p = (struct cd_place *)samples.data;
	const struct cd_place *bad;
	uint64_t records;
	char key[256];

	if (!args->balance)
		group[0] = n;
	times.copies = (uint64_t)args->copies;
	records = cd_order_count(&times, group, ngroups);
	bad = cd_order_check(&times, p, n);
	if (bad)
		cd_die("%s: view %u, %llu times %llu: views are numbered up "
		       "to %u",
		    key_at(bad, key, sizeof key), bad->view,
		    (unsigned long long)times.most,
		    (unsigned long long)times.copies, UINT32_MAX);
	return records;
}

/* Puts the samples of each class in the order in which they are repeated:
 * random, but one for all epochs, and that of none (args->epochs is less). */
static void
fix_order(void)
{
	struct cd_place *p = (struct cd_place *)samples.data;
	int i;

	cd_order_group(p, n);
	for (i = 0; i < ngroups; p += group[i++])
		cd_order_shuffle(p, group[i], (uint64_t)args->seed, UINT32_MAX,
		    1);
}

static void
repeat(uint64_t epoch)
{
	const struct cd_place *p = (const struct cd_place *)samples.data;
	int i;

	repeated.len = 0;
	for (i = 0; i < ngroups; p += group[i++])
		must(
		    cd_order_repeat(&repeated, p, group[i], &times, epoch, &e));
}

static void
put_all(const struct cd_buf *places, uint64_t epoch)
{
	const struct cd_place *p = (const struct cd_place *)places->data;
	size_t left = places->len / sizeof *p;
	const struct cd_rec *rec;
	struct cd_rec out;

	for (; left > 0; left--, p++) {
		if (!cd_filter_takes_key(&f, p->key))
			continue;
		must(cd_reader_at(f.in, p->file, p->offset, &rec, &e));
		out = *rec;
		out.epoch = epoch;
		out.view = p->view;
		cd_filter_put(&f, &out);
	}
}

static void
prepare(void)
{
	uint64_t records;
	size_t size;

	if (args->balance)
		ngroups = cd_head_count(&f.head, "class");
	group = cd_calloc((size_t)ngroups, sizeof *group, &e);
	must(group ? 0 : -1);
	must(cd_reader_spool(&f.in, &e));
	find_records();
	warn_of_repeated();
	if (args->balance && n > 0)
		warn_of_empty_class();
	records = count_times();
	if (args->balance)
		fix_order();
	if (args->balance || args->copies > 1) {
		if (!cd_mul(records, sizeof(struct cd_place), &size))
			cd_die("out of memory");
		must(cd_buf_reserve(&repeated, size, &e));
		order = &repeated;
	}
	if (args->shard.n == 0)
		cd_shard_forget(&f.head);
	must(cd_head_set_number(&f.head, "epochs", args->epochs, &e));
	must(cd_head_set_number(&f.head, "records", (int64_t)records, &e));
	must(cd_head_set_skipped(&f.head, cd_reader_skipped(f.in), &e));
	cd_filter_shard(&f, &args->shard);
}

int
main(int argc, char **argv)
{
	int64_t epoch;

	args = cd_shuffle_parse(argc, argv);
	cd_filter_open(&f, args->names, args->count, "samples");
	prepare();
	cd_filter_start(&f, args->output);

	for (epoch = args->from; epoch <= args->to; epoch++) {
		if (order == &repeated)
			repeat((uint64_t)epoch);
		cd_order_shuffle((struct cd_place *)order->data,
		    order->len / sizeof(struct cd_place), (uint64_t)args->seed,
		    (uint64_t)epoch, times.most * times.copies);
		put_all(&others, (uint64_t)epoch);
		put_all(order, (uint64_t)epoch);
		cd_filter_mark(&f, (uint64_t)epoch);
	}
	cd_filter_finish(&f, 0);
	return 0;
}
