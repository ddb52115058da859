/* Fuzz target: the reader of streams, that of pictures in their samples and
 * batches, and the parser of their text. The first
 * byte chooses: 0 a stream as it is, 1 a stream whose checksums are put right
 * first, so that what lies behind them is reached, 2 a text, others the same
 * again. What is accepted must survive the way through text and back.
 *
 * make fuzz CC=clang SAN=address,undefined,fuzzer-no-link, then run it on a
 * folder; tests/unit/fuzz_stream.c runs it without libFuzzer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "rec/layout.h"
#include "rec/pictures.h"
#include "rec/text.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

enum {
	LIMIT = 1 << 20, /* payloads above are refused: they only take time */
};

/* Puts the checksums of the file header at p right; its size, or 0 where it
 * does not fit. */
static size_t
seal_header(unsigned char *p, size_t n)
{
	size_t text;

	if (n < CD_BLOCK)
		return 0;
	text = cd_round_up(cd_get32(p + HEAD_TEXT_SIZE), CD_BLOCK);
	memcpy(p, CD_MAGIC, 8);
	if (text <= n - CD_BLOCK)
		cd_put32(p + HEAD_TEXT_CRC, cd_crc(0, p + CD_BLOCK, text));
	cd_put32(p + HEAD_CRC, cd_crc(0, p, HEAD_CRC));
	return text <= n - CD_BLOCK ? CD_BLOCK + text : 0;
}

/* The same for a record. */
static size_t
seal_record(unsigned char *p, size_t n)
{
	size_t desc = cd_round_up(cd_get32(p + REC_DESC_SIZE), CD_BLOCK);
	uint64_t payload = cd_get64(p + REC_PAYLOAD_SIZE);
	size_t size = 0;

	n -= CD_BLOCK;
	if (desc <= n) {
		cd_put32(p + REC_DESC_CRC, cd_crc(0, p + CD_BLOCK, desc));
		n -= desc;
		if (payload <= n) {
			cd_put32(p + REC_PAYLOAD_CRC,
			    cd_crc(0, p + CD_BLOCK + desc, payload));
			size = CD_BLOCK + desc + (size_t)payload;
		}
	}
	cd_put32(p + REC_CRC, cd_crc(0, p, REC_CRC));
	return size;
}

/* Walks over the stream as a reader would, as far as its sizes lead. */
static void
seal_stream(unsigned char *p, size_t n)
{
	size_t at = 0, step = 1;
	uint64_t count = 0;
	uint32_t sum = 0;
	int in_member = 0;

	for (; at + CD_BLOCK <= n && step > 0; at += step) {
		unsigned char *b = p + at;

		if (!in_member) {
			step = seal_header(b, n - at);
			sum = cd_crc(0, b + HEAD_CRC, 4);
			count = 0;
			in_member = 1;
		} else if (cd_get32(b + REC_KIND) == CD_END) {
			cd_put64(b + END_COUNT, count);
			cd_put32(b + END_CHECKSUM, sum);
			cd_put32(b + REC_CRC, cd_crc(0, b, REC_CRC));
			step = CD_BLOCK;
			in_member = 0;
		} else {
			step = seal_record(b, n - at);
			sum = cd_crc(sum, b + REC_CRC, 4);
			count++;
		}
	}
}

static FILE *
file_of(const unsigned char *data, size_t n)
{
	FILE *f = tmpfile();

	if (!f || (n && fwrite(data, 1, n, f) != n) || fflush(f) != 0)
		abort();
	rewind(f);
	return f;
}

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
