/* cd-text: a stream as text, and back, without loss. */
#include <errno.h>
#include <string.h>

#include "cmd/opt.h"
#include "rec/shard.h"
#include "rec/text.h"

static struct {
	bool reverse;
	const char *output;
} args;

static const struct cd_opt opts[] = {
	{ .name = "reverse",
	    .letter = 'r',
	    .type = CD_OPT_FLAG,
	    .to = &args.reverse,
	    .help = "text to stream" },
	{ .name = "output",
	    .letter = 'o',
	    .type = CD_OPT_PATH,
	    .to = &args.output,
	    .arg = "file",
	    .help = "with -r: write to file (default: standard output)",
	    .dash = CD_DASH_STREAM,
	    .written = true },
	{ .name = NULL },
};

static const struct cd_command command = {
	.name = "cd-text",
	.usage = "[-r] [-o file] [file ...]",
	.about = "Turns a stream into text that awk and diff work on, "
		 "and back.",
	.opts = opts,
	.operands = CD_OPERANDS_READ,
};

static void
to_text(char *const *paths, int n)
{
	struct cd_err e = { "" };
	const struct cd_rec *rec;
	struct cd_reader *in;
	int r;

	if (cd_reader_open(&in, paths, n, &e) < 0)
		cd_die("%s", e.msg);
	cd_text_put_head(stdout, cd_reader_head(in));
	while ((r = cd_reader_next(in, &rec, &e)) == 1 && !ferror(stdout))
		cd_text_put(stdout, rec);
	if (r < 0)
		cd_die("%s", e.msg);
	cd_text_put_end(stdout, cd_reader_skipped(in));
	cd_close_stdout();
	cd_reader_close(in);
}

static void
to_stream(const char *path)
{
	struct cd_err e = { "" };
	const struct cd_rec *rec;
	struct cd_writer *out;
	struct cd_head head = { 0 };
	struct cd_text *in;
	FILE *f = stdin;
	int r;

	if (path && strcmp(path, "-") == 0)
		path = NULL;
	if (path && !(f = fopen(path, "r")))
		cd_die("%s: %s", path, strerror(errno));
	if (cd_text_open(&in, f, path ? path : "standard input", &e) < 0 ||
	    cd_head_copy(&head, cd_text_head(in), &e) < 0)
		cd_die("%s", e.msg);
	/* the text has no sequence numbers, by which a shard is merged */
	cd_shard_forget(&head);
	if (cd_writer_open(&out, args.output, &head, &e) < 0)
		cd_die("%s", e.msg);
	while ((r = cd_text_next(in, &rec, &e)) == 1)
		if (cd_writer_put(out, rec, &e) < 0)
			cd_die("%s", e.msg);
	if (r < 0 || cd_writer_close(out, cd_text_skipped(in), &e) < 0)
		cd_die("%s", e.msg);
	cd_text_close(in);
	cd_head_free(&head);
	if (f != stdin)
		fclose(f);
}

int
main(int argc, char **argv)
{
	int i = cd_opt_parse(&command, argc, argv);
	int n = argc - i;

	if (args.reverse && n > 1)
		cd_usage("one text at a time");
	if (args.output && !args.reverse)
		cd_usage("-o is for the stream that -r makes");
	if (args.reverse)
		to_stream(n ? argv[i] : NULL);
	else
		to_text(argv + i, n);
	return 0;
}
