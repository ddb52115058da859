/* cd-select: samples or predictions -> some of them. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "cmd/filter.h"
#include "cmd/opt.h"
#include "rec/keys.h"
#include "rec/values.h"

struct range {
	bool given;
	uint64_t first, last;
};

static struct {
	const char *classes, *key, *keys, *output;
	struct range epochs;
	bool invert;
	int64_t n, per_class;
} args = { .n = -1, .per_class = -1 };

/* "3", or "3:7", 7 included. */
static int
take_range(void *to, const char *arg, struct cd_err *err)
{
	struct range *r = to;
	char first[32];
	const char *last = strchr(arg, ':');
	size_t n = strcspn(arg, ":");
	int64_t a, b;

	if (n >= sizeof first)
		return cd_fail(err, "'%.40s' is not a range", arg);
	memcpy(first, arg, n);
	first[n] = '\0';
	if (cd_parse_int(first, 0, UINT32_MAX, &a, err) < 0 ||
	    cd_parse_int(last ? last + 1 : first, 0, UINT32_MAX, &b, err) < 0)
		return -1;
	if (b < a)
		return cd_fail(err, "the range %s is empty", arg);
	*r = (struct range){ true, (uint64_t)a, (uint64_t)b };
	return 0;
}

static const struct cd_opt opts[] = {
	{ .name = "class",
	    .type = CD_OPT_TEXT,
	    .to = &args.classes,
	    .arg = "names",
	    .help = "those with one of these classes (a,b,...)",
	    .result = true },
	{ .name = "epoch",
	    .type = CD_OPT_CALL,
	    .to = &args.epochs,
	    .arg = "range",
	    .help = "an epoch, from 0, or first:last",
	    .fn = take_range,
	    .result = true },
	{ .name = "invert",
	    .type = CD_OPT_FLAG,
	    .to = &args.invert,
	    .help = "those that --class, --key and --keys do not choose",
	    .result = true },
	{ .name = "key",
	    .type = CD_OPT_TEXT,
	    .to = &args.key,
	    .arg = "pattern",
	    .help = "those whose key matches, as the shell matches names",
	    .result = true },
	{ .name = "keys",
	    .type = CD_OPT_PATH,
	    .to = &args.keys,
	    .arg = "list",
	    .help = "those whose key is a line of this file",
	    .dash = CD_DASH_DEVICE },
	{ .name = "count",
	    .letter = 'n',
	    .type = CD_OPT_INT,
	    .to = &args.n,
	    .arg = "count",
	    .help = "the first count of each epoch",
	    .min = 0,
	    .max = 0x1p53,
	    .result = true },
	CD_OPT_OUTPUT(&args.output),
	{ .name = "per-class",
	    .type = CD_OPT_INT,
	    .to = &args.per_class,
	    .arg = "count",
	    .help = "the first count of each class in each epoch",
	    .min = 0,
	    .max = 0x1p53,
	    .result = true },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-select",
	.usage = "[--class names] [--epoch range] [--invert] [--key pattern] "
		 "[--keys list] [-n count] [-o file] [--per-class count] "
		 "[file ...]",
	.about = "Passes on some of the samples or predictions of a stream.",
	.opts = opts,
	.operands = CD_OPERANDS_ALIKE,
};

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
	const char *p = args.classes;
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

	if (args.classes || args.key || args.keys || args.n >= 0 ||
	    args.per_class >= 0)
		cd_head_remove(h, "records");
	if (args.epochs.given && epochs > (int64_t)args.epochs.last &&
	    cd_head_set_number(h, "epochs", (int64_t)args.epochs.last + 1, &e) <
		0)
		cd_die("%s", e.msg);
}

static void
prepare(void)
{
	char more[64];

	if (args.keys) {
		if (cd_keys_read(&keys, args.keys, &e) < 0)
			cd_die("%s", e.msg);
		snprintf(more, sizeof more, "--keys (%zu keys)", keys.n);
		cd_filter_made(&f, more);
	}
	nclasses = cd_head_count(&f.head, "class");
	wanted = cd_calloc((size_t)nclasses, sizeof *wanted, &e);
	of_class = cd_calloc((size_t)nclasses, sizeof *of_class, &e);
	if (!wanted || !of_class)
		cd_die("%s", e.msg);
	want_classes();
	prepare_head();
}

/* Does the record meet --class, --key and --keys? */
static bool
matches(const struct cd_rec *rec, int class)
{
	bool in_list = !args.keys || cd_keys_find(&keys, rec->key);

	if (args.key && fnmatch(args.key, rec->key, 0) != 0)
		return false;
	if (args.classes && (class < 0 || !wanted[class]))
		return false;
	return in_list;
}

/* Is the record chosen? Counts those that are. Its payload may be unread. */
static bool
chosen(const struct cd_rec *rec)
{
	int class = -1;

	if (args.classes || args.per_class >= 0) {
		if (cd_reader_payload(f.in, &e) < 0)
			cd_die("%s", e.msg);
		class = cd_rec_label(rec, nclasses, &e);
		if (class < -1)
			cd_filter_blame(&f, &e);
	}
	if (matches(rec, class) == args.invert ||
	    (args.n >= 0 && passed == args.n))
		return false;
	if (args.per_class >= 0) {
		if (class < 0 || of_class[class] == args.per_class)
			return false;
		of_class[class]++;
	}
	passed++;
	return true;
}

static bool
passes(const struct cd_rec *rec)
{
	if (args.epochs.given &&
	    (rec->epoch < args.epochs.first || rec->epoch > args.epochs.last))
		return false;
	if (rec->kind == CD_SAMPLE || rec->kind == CD_PREDICTION)
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

	if (args.invert || n == 0)
		return;
	cd_die("%s: %zu of %zu keys are not in the stream, such as %s",
	    args.keys, n, keys.n,
	    cd_escape(shown, sizeof shown, first, strlen(first)));
}

int
main(int argc, char **argv)
{
	const struct cd_rec *rec;
	int got, i = cd_opt_parse(&command, argc, argv);

	if (args.invert && !args.classes && !args.key && !args.keys)
		cd_usage("--invert without --class, --key or --keys");

	cd_filter_open(&f, argv + i, argc - i, "samples predictions");
	prepare();
	cd_filter_start(&f, args.output);

	/* to the end, even where enough have passed: a truncated input must
	 * not give a complete output */
	while ((got = cd_reader_next_head(f.in, &rec, &e)) == 1) {
		if (!passes(rec))
			continue;
		if (cd_reader_payload(f.in, &e) < 0)
			break;
		cd_filter_put(&f, rec);
	}
	if (got < 0 || e.msg[0])
		cd_die("%s", e.msg);

	blame_missing();
	cd_filter_finish(&f, 0);
	cd_keys_free(&keys);
	free(wanted);
	free(of_class);
	return 0;
}
