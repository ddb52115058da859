/* cd-info: lists what a stream holds, or checks it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/escaped.h"
#include "cmd/opt.h"
#include "cmd/pipeline.h"
#include "rec/epochs.h"
#include "rec/pictures.h"
#include "rec/rec.h"
#include "rec/values.h"

static struct {
	bool check, head, pictures, pipeline;
} args;

static const struct cd_opt opts[] = {
	{ .name = "check",
	    .type = CD_OPT_FLAG,
	    .to = &args.check,
	    .help = "verify all of it, print nothing; damaged: exit 1" },
	{ .name = "head",
	    .type = CD_OPT_FLAG,
	    .to = &args.head,
	    .help = "the header only" },
	{ .name = "pictures",
	    .type = CD_OPT_FLAG,
	    .to = &args.pictures,
	    .help = "the pictures of samples and batches: key, class" },
	{ .name = "pipeline",
	    .type = CD_OPT_FLAG,
	    .to = &args.pipeline,
	    .help = "a script that makes the stream again" },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-info",
	.usage = "[--check] [--head] [--pictures] [--pipeline] [file ...]",
	.about = "Lists the header and the records of streams.",
	.opts = opts,
	.operands = CD_OPERANDS_READ,
};

static void
print_head(const struct cd_head *head)
{
	const char *p = (const char *)head->text.data;
	const char *end = p + head->text.len, *nl;

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			break;
		cd_print_escaped(p, (size_t)(nl - p));
		putchar('\n');
	}
}

static void
print_tensor(const struct cd_tensor *t)
{
	char name[CD_ESCAPED(CD_NAME_MAX)];
	int i;

	printf("%s:%s[", cd_escape(name, sizeof name, t->name, strlen(t->name)),
	    cd_dtype_name(t->dtype));
	for (i = 0; i < t->rank; i++)
		printf("%s%" PRIu64, i ? "," : "", t->dim[i]);
	putchar(']');
}

/* A line of fields with tabs between. */
static void
print_record(const struct cd_rec *r)
{
	char key[CD_ESCAPED(CD_KEY_MAX)];
	char kind[CD_ESCAPED(4)], k[4];
	int i;

	for (i = 0; i < 4; i++)
		k[i] = (char)(r->kind >> 8 * i);
	printf("%" PRIu64 "\t%" PRIu64 "\t%s\t%" PRIu64 "\t%" PRIu32
	       "\t%" PRIu64 "\t%s\t",
	    r->number, r->offset, cd_escape(kind, sizeof kind, k, sizeof k),
	    r->epoch, r->view, r->seq,
	    cd_escape(key, sizeof key, r->key, strlen(r->key)));
	for (i = 0; i < r->ntensors; i++) {
		if (i > 0)
			putchar(' ');
		print_tensor(&r->tensor[i]);
	}
	putchar('\n');
}

/* What is learnt: "cat 0.7 dog 0.3", without classes of 0. */
static void
print_target(const struct cd_values *classes, const float *target)
{
	const char *between = "";
	int i;

	for (i = 0; i < classes->n; i++) {
		if (target[i] == 0)
			continue;
		fputs(between, stdout);
		cd_print_escaped(classes->at[i].s, classes->at[i].len);
		printf(" %.6g", target[i]);
		between = " ";
	}
}

/* A line of fields with tabs between for each picture of a record. */
static void
print_pictures(const struct cd_rec *r, struct cd_pictures *p,
    const struct cd_values *classes)
{
	struct cd_picture one;
	uint64_t i;

	for (i = 0; cd_pictures_next(p, &one); i++) {
		printf("%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t",
		    r->number, r->epoch, r->seq, i);
		if (one.key)
			cd_print_escaped(one.key, strlen(one.key));
		putchar('\t');
		if (one.label >= 0)
			cd_print_escaped(classes->at[one.label].s,
			    classes->at[one.label].len);
		putchar('\t');
		if (one.target)
			print_target(classes, one.target);
		putchar('\n');
	}
}

static int
pictures(struct cd_reader *in, struct cd_err *e)
{
	const struct cd_rec *rec;
	struct cd_values classes;
	struct cd_pictures p;
	int r;

	if (cd_values_list(&classes, cd_reader_head(in), "class", e) < 0)
		return -1;
	puts("record\tepoch\tseq\tplace\tkey\tclass\ttarget");
	while ((r = cd_reader_next(in, &rec, e)) == 1) {
		if (rec->kind != CD_SAMPLE && rec->kind != CD_BATCH)
			continue;
		if (cd_pictures_of(&p, rec, classes.n, false, e) < 0) {
			r = cd_reader_blame(in, e);
			break;
		}
		print_pictures(rec, &p, &classes);
	}
	cd_values_free(&classes);
	return r;
}

/* 0 sound, 1 damaged, with e filled. */
static int
check(struct cd_reader *in, struct cd_err *e)
{
	/* these are gathered by key, whatever their epoch */
	bool any = cd_head_is(cd_reader_head(in), "holds", "predictions");
	struct cd_epochs order = { 0 };
	const struct cd_rec *rec;
	int r;

	while ((r = cd_reader_next(in, &rec, e)) == 1)
		if (!any && cd_epochs_take(&order, rec, e) < 0)
			return cd_reader_blame(in, e), 1;
	return r < 0;
}

static int
list(struct cd_reader *in, struct cd_err *e)
{
	const struct cd_rec *rec;
	int r;

	print_head(cd_reader_head(in));
	if (args.head)
		return 0;
	puts("\nrecord\toffset\tkind\tepoch\tview\tseq\tkey\ttensors");
	while ((r = cd_reader_next_head(in, &rec, e)) == 1)
		print_record(rec);
	if (r < 0)
		return -1;
	printf("end\t%" PRIu64 " records\t%" PRIu64 " skipped\t%d member%s\n",
	    cd_reader_count(in), cd_reader_skipped(in), cd_reader_members(in),
	    cd_reader_members(in) == 1 ? "" : "s");
	return 0;
}

/* A file that cannot be opened is trouble (exit 2), one that is no stream is
 * damage (exit 1 of --check). The reader's error does not tell the two apart,
 * so the file is tried first. */
static void
try_file(const char *path)
{
	struct stat st;
	FILE *f;

	if (strcmp(path, "-") == 0)
		return;
	if (stat(path, &st) < 0)
		cd_die("%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		cd_die("%s: %s", path, strerror(EISDIR));
	/* a FIFO is opened once only */
	if (!S_ISREG(st.st_mode))
		return;
	f = fopen(path, "rb");
	if (!f)
		cd_die("%s: %s", path, strerror(errno));
	fclose(f);
}

/* One operand; NULL: standard input. Returns the exit status. */
static int
one(char *path, int title)
{
	struct cd_reader *in;
	struct cd_err e = { "" };
	int r;

	if (path)
		try_file(path);
	if (title) {
		fputs("==> ", stdout);
		cd_print_escaped(path, strlen(path));
		fputs(" <==\n", stdout);
	}
	if (cd_reader_open(&in, &path, path ? 1 : 0, &e) < 0) {
		r = -1;
	} else {
		r = args.check	  ? check(in, &e) :
		    args.pictures ? pictures(in, &e) :
		    args.pipeline ? cd_pipeline_print(cd_reader_head(in), &e) :
				    list(in, &e);
		cd_reader_close(in);
	}
	if (r == 0)
		return 0;
	/* what was listed comes out before the message about the rest */
	if (fflush(stdout) == EOF)
		cd_close_stdout();
	cd_warn("%s", e.msg);
	/* a read error says nothing about the stream */
	return args.check && !e.sys ? 1 : 2;
}

int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);
	int n = argc - i, r, status = 0;

	if (args.check + args.head + args.pictures + args.pipeline > 1)
		cd_usage("--check, --head, --pictures, --pipeline: one of "
			 "them");
	if (args.pipeline && n > 1)
		cd_usage("--pipeline: of one stream");
	if (n == 0)
		status = one(NULL, 0);
	for (; i < argc; i++) {
		r = one(argv[i], n > 1 && !args.check);
		status = r > status ? r : status;
	}
	cd_close_stdout();
	return status;
}
