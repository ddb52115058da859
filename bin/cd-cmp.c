/* cd-cmp: are two streams equal, except for their provenance? */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/opt.h"
#include "rec/differ.h"
#include "rec/text.h"

enum {
	PATH_SHOWN = 1024, /* bytes of a name in a message */
};

static struct {
	bool quiet;
	double tolerance;
} args;

static const struct cd_opt opts[] = {
	{ .name = "quiet",
	    .letter = 'q',
	    .type = CD_OPT_FLAG,
	    .to = &args.quiet,
	    .help = "say nothing, only exit 0 or 1" },
	{ .name = "tolerance",
	    .type = CD_OPT_REAL,
	    .to = &args.tolerance,
	    .arg = "x",
	    .help = "numbers may differ by this much (default: 0)",
	    .min = 0,
	    .max = 1e300 },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-cmp",
	.usage = "[-q] [--tolerance x] file1 [file2]",
	.about = "Compares two streams; provenance may differ.",
	.opts = opts,
	.operands = CD_OPERANDS_READ,
};

/* Totals, printed at the end; the first number that differs is printed at
 * once. */
static struct {
	uint64_t numbers, different;
	double largest;
} found;

static const char *names[2];

/* Prints the first difference; returns 1. */
static int CD_PRINTF(1, 2) differ(const char *fmt, ...)
{
	char text[3 * CD_ERR_MSG];
	va_list ap;

	if (args.quiet)
		return 1;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	printf("%s %s differ: %s\n", names[0], names[1], text);
	return 1;
}

static int
is_provenance(const char *line)
{
	return strncmp(line, "made ", 5) == 0 ||
	    strncmp(line, "data ", 5) == 0 || strncmp(line, "model ", 6) == 0;
}

/* The next header line that is not provenance, without its newline; NULL: no
 * more. */
static const char *
head_line(const struct cd_head *h, size_t *pos, size_t *len)
{
	const char *text = (const char *)h->text.data, *p, *nl;

	while (*pos < h->text.len) {
		p = text + *pos;
		nl = memchr(p, '\n', h->text.len - *pos);
		*len = nl ? (size_t)(nl - p) : h->text.len - *pos;
		*pos += *len + (nl != NULL);
		if (!is_provenance(p))
			return p;
	}
	*len = 0;
	return NULL;
}

static int
compare_heads(const struct cd_head *a, const struct cd_head *b)
{
	size_t i = 0, k = 0, m, n;
	char left[512], right[512];
	const char *p, *q;

	do {
		p = head_line(a, &i, &m);
		q = head_line(b, &k, &n);
		if ((!p != !q) || m != n || (p && memcmp(p, q, m) != 0))
			return differ("header: '%s', '%s'",
			    cd_escape(left, sizeof left, p ? p : "", m),
			    cd_escape(right, sizeof right, q ? q : "", n));
	} while (p);
	return 0;
}

/* The indices of element i: "[3,4,0]". */
static char *
place(const struct cd_tensor *t, uint64_t i, char *buf, size_t size)
{
	uint64_t below = t->size / cd_dtype_size(t->dtype);
	size_t n = (size_t)snprintf(buf, size, "[");
	int k;

	for (k = 0; k < t->rank && n < size; k++) {
		below /= t->dim[k];
		n += (size_t)snprintf(buf + n, size - n, "%s%" PRIu64,
		    k ? "," : "", i / below);
		i %= below;
	}
	if (n < size)
		snprintf(buf + n, size - n, "]");
	return buf;
}

static void
tell_number(const struct cd_rec *r, const struct cd_tensor *a,
    const struct cd_tensor *b, uint64_t i)
{
	char where[256], at[256], name[256];
	char x[CD_TEXT_NUMBER], y[CD_TEXT_NUMBER];

	differ("%s: %s%s: %s, %s", cd_rec_where(r, where, sizeof where),
	    cd_escape(name, sizeof name, a->name, strlen(a->name)),
	    place(a, i, at, sizeof at), cd_text_number(x, a->dtype, a->data, i),
	    cd_text_number(y, b->dtype, b->data, i));
}

static void
compare_numbers(const struct cd_rec *r, const struct cd_tensor *a,
    const struct cd_tensor *b)
{
	struct cd_difference d;

	/* keys are not measurements: no tolerance */
	cd_tensor_differ(a, b,
	    strcmp(a->name, "keys") == 0 ? 0 : args.tolerance, &d);
	if (d.count > 0 && found.different == 0)
		tell_number(r, a, b, d.first);
	found.numbers += a->size / cd_dtype_size(a->dtype);
	found.different += d.count;
	if (d.largest > found.largest)
		found.largest = d.largest;
}

/* 0: the same tensors, and their numbers were compared; 1: others. */
static int
compare_tensors(const struct cd_rec *r, const struct cd_rec *other)
{
	const struct cd_tensor *a, *b;
	char where[256], name[256];
	int i;

	cd_rec_where(r, where, sizeof where);
	if (r->ntensors != other->ntensors)
		return differ("%s: %d tensors, %d", where, r->ntensors,
		    other->ntensors);
	for (i = 0; i < r->ntensors; i++) {
		a = &r->tensor[i];
		b = cd_rec_find(other, a->name);
		cd_escape(name, sizeof name, a->name, strlen(a->name));
		if (!b)
			return differ("%s: %s is in the first only", where,
			    name);
		if (!cd_tensor_same_shape(a, b))
			return differ("%s: %s has another type or shape", where,
			    name);
		compare_numbers(r, a, b);
	}
	return 0;
}

static int
compare_records(const struct cd_rec *a, const struct cd_rec *b)
{
	char where[256], other[256];

	if (a->kind != b->kind || strcmp(a->key, b->key) != 0)
		return differ("%s, %s: another kind or key",
		    cd_rec_where(a, where, sizeof where),
		    cd_rec_where(b, other, sizeof other));
	if (a->epoch != b->epoch || a->view != b->view)
		return differ("%s: epoch %" PRIu64 " view %" PRIu32
			      ", epoch %" PRIu64 " view %" PRIu32,
		    cd_rec_where(a, where, sizeof where), a->epoch, a->view,
		    b->epoch, b->view);
	return compare_tensors(a, b);
}

static int
next(struct cd_reader *in, const struct cd_rec **rec)
{
	struct cd_err e = { "" };
	int r = cd_reader_next(in, rec, &e);

	if (r < 0)
		cd_die("%s", e.msg);
	return r;
}

/* Reads the rest: a damaged stream must not pass for one that differs. */
static void
drain(struct cd_reader *in)
{
	const struct cd_rec *rec;

	while (next(in, &rec) == 1)
		;
}

static int
compare(struct cd_reader *a, struct cd_reader *b)
{
	const struct cd_rec *x, *y;
	int more[2];

	if (compare_heads(cd_reader_head(a), cd_reader_head(b)))
		return 1;
	for (;;) {
		more[0] = next(a, &x);
		more[1] = next(b, &y);
		if (more[0] != more[1])
			return differ("%s has %" PRIu64 " records, the other "
				      "more",
			    names[more[0] == 1],
			    cd_reader_count(more[0] ? b : a));
		if (more[0] == 0)
			break;
		if (compare_records(x, y))
			return 1;
	}
	if (cd_reader_skipped(a) != cd_reader_skipped(b) &&
	    found.different == 0)
		return differ("%" PRIu64 " skipped, %" PRIu64,
		    cd_reader_skipped(a), cd_reader_skipped(b));
	return found.different > 0;
}

static void
open_stream(struct cd_reader **in, const char **name, char *path)
{
	static char shown[2][CD_ESCAPED(PATH_SHOWN)];
	struct cd_err e = { "" };

	*name = "standard input";
	if (strcmp(path, "-") != 0)
		*name = cd_escape(shown[name == &names[1]], sizeof shown[0],
		    path, strlen(path));
	if (cd_reader_open(in, &path, 1, &e) < 0)
		cd_die("%s", e.msg);
}

int
main(int argc, char **argv)
{
	static char standard_input[] = "-";
	int i = cd_opt_parse(&command, argc, argv);
	struct cd_reader *a, *b;
	char *second;
	int status;

	if (argc - i < 1 || argc - i > 2)
		cd_usage("two streams are wanted");
	second = argc - i == 2 ? argv[i + 1] : standard_input;
	if (strcmp(argv[i], "-") == 0 && strcmp(second, "-") == 0)
		cd_usage("standard input can be one of the two only");
	open_stream(&a, &names[0], argv[i]);
	open_stream(&b, &names[1], second);

	status = compare(a, b);
	if (found.different > 0 && !args.quiet)
		printf("%" PRIu64 " of %" PRIu64 " numbers differ, by %g at "
		       "most\n",
		    found.different, found.numbers, found.largest);
	drain(a);
	drain(b);
	cd_reader_close(a);
	cd_reader_close(b);
	cd_close_stdout();
	return status;
}
