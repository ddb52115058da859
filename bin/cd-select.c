/* cd-select: samples, batches or predictions -> some of them. */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "cmd/filter.h"
#include "cmd/in_order.h"
#include "cmd/select_opt.h"
#include "rec/keys.h"
#include "rec/spool.h"
#include "rec/values.h"

static const struct cd_select_args *args;

static struct cd_filter f;
static struct cd_err e;
static struct cd_keys keys;
static int nclasses;
static bool *wanted;	  /* by class */
static int64_t *of_class; /* passed on in this epoch, by class */
static int64_t passed;	  /* in this epoch */
static void
want_classes(void)
{
	const char *p = args->classes;
	struct cd_values known;
	char shown[128];
	size_t n;
	int class;

	if (cd_values_list(&known, &f.head, "class", &e) < 0)
		cd_die("%s", e.msg);
	for (; p; p = p[n] ? p + n + 1 : NULL) {
		n = strcspn(p, ",");
		class = cd_values_find(&known, p, n);
		if (class < 0)
			cd_die("--class: the stream has no class '%s'",
			    cd_escape(shown, sizeof shown, p, n));
		wanted[class] = true;
	}
	cd_values_free(&known);
}

/* Removes or corrects header lines that a selection makes untrue. */
static void
prepare_head(void)
{
	int64_t epochs = cd_head_number(&f.head, "epochs");
	struct cd_head *h = &f.head;

	if (args->classes || args->key || args->keys || args->n >= 0 ||
	    args->per_class >= 0 || args->batches.given)
		cd_head_remove(h, "records");
	if (args->epochs.given && epochs > (int64_t)args->epochs.last &&
	    cd_head_set_number(h, "epochs", (int64_t)args->epochs.last + 1,
		&e) < 0)
		cd_die("%s", e.msg);
	/* what these choose is another thing of the whole */
	if (args->shard.n == 0 &&
	    (args->n >= 0 || args->per_class >= 0 || args->in_order))
		cd_shard_forget(h);
}

static void
prepare(void)
{
	char more[64];

	if (args->keys) {
		if (cd_keys_read(&keys, args->keys, &e) < 0)
			cd_die("%s", e.msg);
		snprintf(more, sizeof more, "--keys (%016" PRIx64 ")",
		    keys.hash);
		cd_filter_made(&f, more);
	}
	nclasses = cd_head_count(&f.head, "class");
	wanted = cd_calloc((size_t)nclasses, sizeof *wanted, &e);
	of_class = cd_calloc((size_t)nclasses, sizeof *of_class, &e);
	if (!wanted || !of_class)
		cd_die("%s", e.msg);
	want_classes();
	prepare_head();
	cd_filter_shard(&f, &args->shard);
}

/* Do the options fit what the stream holds? */
static void
check_kind(void)
{
	bool of_batches = cd_head_is(&f.head, "holds", "batches");

	if (of_batches &&
	    (args->classes || args->key || args->keys || args->per_class >= 0))
		cd_die("the stream holds batches: they are chosen by --batch, "
		       "--epoch and -n; choose samples before cd-batch");
	if (of_batches && args->shard.n > 0)
		cd_die("--shard: the stream holds batches; choose samples "
		       "before cd-batch");
	if (!of_batches && args->batches.given)
		cd_die("--batch: the stream holds no batches");
}

/* Does the record meet --class, --key and --keys? */
static bool
matches(const struct cd_rec *rec, int class)
{
	bool in_list = !args->keys || cd_keys_find(&keys, rec->key);

	if (args->key && fnmatch(args->key, rec->key, 0) != 0)
		return false;
	if (args->classes && (class < 0 || !wanted[class]))
		return false;
	return in_list;
}

/* Is the record chosen? Counts those that are. Its payload may be unread. */
static bool
chosen(const struct cd_rec *rec)
{
	int class = -1;

	if (args->classes || args->per_class >= 0) {
		if (cd_reader_payload(f.in, &e) < 0)
			cd_die("%s", e.msg);
		class = cd_rec_label(rec, nclasses, &e);
		if (class < -1)
			cd_filter_blame(&f, &e);
	}
	if (args->batches.given &&
	    (rec->seq < args->batches.first || rec->seq > args->batches.last))
		return false;
	if (matches(rec, class) == args->invert ||
	    (args->n >= 0 && passed == args->n))
		return false;
	if (args->per_class >= 0) {
		if (class < 0 || of_class[class] == args->per_class)
			return false;
		of_class[class]++;
	}
	passed++;
	return true;
}

static bool
passes(const struct cd_rec *rec)
{
	if (args->epochs.given &&
	    (rec->epoch < args->epochs.first || rec->epoch > args->epochs.last))
		return false;
	if (rec->kind == CD_SAMPLE || rec->kind == CD_PREDICTION ||
	    rec->kind == CD_BATCH)
		return chosen(rec);
	if (rec->kind == CD_MARK) {
		passed = 0;
		memset(of_class, 0, (size_t)nclasses * sizeof *of_class);
	}
	return true;
}

static void
blame_missing(void)
{
	const char *first;
	char shown[256];
	size_t n = cd_keys_missing(&keys, &first);

	if (args->invert || n == 0)
		return;
	cd_die("%s: %zu of %zu keys are not in the stream, such as %s",
	    args->keys, n, keys.n,
	    cd_escape(shown, sizeof shown, first, strlen(first)));
}

int
main(int argc, char **argv)
{
	const struct cd_rec *rec;
	int got;

	args = cd_select_parse(argc, argv);
	cd_filter_open(&f, args->names, args->count,
	    "samples batches predictions");
	check_kind();
	if (args->in_order && cd_reader_spool(&f.in, &e) < 0)
		cd_die("%s", e.msg);
	prepare();
	cd_filter_start(&f, args->output);

	/* to the end, even where enough have passed: a truncated input must
	 * not give a complete output */
	while ((got = cd_reader_next_head(f.in, &rec, &e)) == 1) {
		if (!passes(rec))
			continue;
		if (args->in_order) {
			cd_in_order_add(rec, &keys);
			continue;
		}
		if (!cd_filter_takes(&f, rec))
			continue;
		if (cd_reader_payload(f.in, &e) < 0)
			break;
		cd_filter_put(&f, rec);
	}
	if (got < 0 || e.msg[0])
		cd_die("%s", e.msg);

	blame_missing();
	cd_in_order_put(&f);
	cd_filter_finish(&f, 0);
	cd_keys_free(&keys);
	free(wanted);
	free(of_class);
	return 0;
}
