/* Fuzz target: the reader of streams, that of pictures in their samples and
 * batches, and the parser of their text. The first
 * byte chooses: 0 a stream as it is, 1 a stream whose checksums are put right
 * first, so that what lies behind them is reached, 2 a text, others the same
 * again. What is accepted must survive the way through text and back.
 *
 * make fuzz CC=clang SAN=address,undefined,fuzzer-no-link, then run it on a
 * folder; tests/unit/fuzz_stream.c runs it without libFuzzer. */
#include "fuzz/fuzz.h"
#include "rec/pictures.h"
#include "rec/text.h"

enum {
	LIMIT = 1 << 20, /* payloads above are refused: they only take time */
};

/* Text to records; returns how many, or -1. They are written to out, if any,
 * as text again. */
static int64_t
read_text(FILE *f, FILE *out)
{
	const struct cd_rec *r;
	struct cd_err e = { "" };
	struct cd_text *t;
	int64_t n = 0;
	int got;

	got = cd_text_open(&t, f, "text", &e);
	if (got < 0)
		return -1;
	if (out)
		cd_text_put_head(out, cd_text_head(t));
	while ((got = cd_text_next(t, &r, &e)) == 1) {
		if (out)
			cd_text_put(out, r);
		n++;
	}
	if (out && got == 0)
		cd_text_put_end(out, cd_text_skipped(t));
	/* an error has a message that names the line */
	if (got < 0 && strncmp(e.msg, "text: line ", 11) != 0)
		abort();
	cd_text_close(t);
	return got < 0 ? -1 : n;
}

/* Do two files hold the same bytes? */
static void
must_equal(FILE *a, FILE *b)
{
	int c;

	rewind(a);
	rewind(b);
	do {
		c = getc(a);
		if (c != getc(b))
			abort();
	} while (c != EOF);
}

static void
try_text(FILE *text, int64_t want)
{
	FILE *again = tmpfile();
	int64_t n;

	if (!again)
		abort();
	rewind(text);
	n = read_text(text, again);
	if (want >= 0 && n != want)
		abort();
	/* what was made from records is the text that they give */
	if (want >= 0)
		must_equal(text, again);
	fclose(again);
}

/* Hands out a record's pictures, if it has any: all that is given is there,
 * and an error has a message. */
static void
try_pictures(const struct cd_rec *r, int nclasses)
{
	struct cd_err e = { "" };
	struct cd_pictures p;
	struct cd_picture one;
	uint64_t n = 0;
	double sum;
	int k;

	if (r->kind != CD_SAMPLE && r->kind != CD_BATCH)
		return;
	if (cd_pictures_of(&p, r, nclasses, false, &e) < 0) {
		if (!e.msg[0])
			abort();
		return;
	}
	for (; cd_pictures_next(&p, &one); n++) {
		sum = one.image[0] + one.image[p.size - 1];
		for (k = 0; one.target && k < nclasses; k++)
			sum += (double)one.target[k];
		if (!(sum >= 0) || one.label >= nclasses ||
		    (one.key && strlen(one.key) > CD_KEY_MAX))
			abort();
	}
	if (n != p.n)
		abort();
}

/* The stream on standard input, read whole or by heads. */
static void
try_stream(int whole)
{
	const struct cd_rec *r;
	struct cd_err e = { "" };
	struct cd_reader *in;
	FILE *text = NULL;
	int got;

	got = cd_reader_open(&in, NULL, 0, &e);
	if (got == 0) {
		cd_reader_limit(in, LIMIT);
		text = whole ? tmpfile() : NULL;
		if (text)
			cd_text_put_head(text, cd_reader_head(in));
		while ((got = whole ? cd_reader_next(in, &r, &e) :
				      cd_reader_next_head(in, &r, &e)) == 1) {
			if (!text)
				continue;
			try_pictures(r,
			    cd_head_count(cd_reader_head(in), "class"));
			cd_text_put(text, r);
		}
	}
	if (got < 0 &&
	    (!strstr(e.msg, "record ") || !strstr(e.msg, ": at byte ")))
		abort();
	if (text && got == 0) {
		cd_text_put_end(text, cd_reader_skipped(in));
		try_text(text, (int64_t)cd_reader_count(in));
	}
	if (text)
		fclose(text);
	cd_reader_close(in);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	unsigned char *copy;
	FILE *f;
	int mode;

	if (size == 0)
		return 0;
	mode = data[0] % 3;
	copy = malloc(size);
	if (!copy)
		abort();
	memcpy(copy, data + 1, size - 1);
	if (mode == 1)
		seal_stream(copy, size - 1);
	f = file_of(copy, size - 1);
	free(copy);
	if (mode == 2) {
		try_text(f, -1);
	} else {
		if (dup2(fileno(f), STDIN_FILENO) < 0)
			abort();
		try_stream(1);
		rewind(f);
		try_stream(0);
	}
	fclose(f);
	return 0;
}
