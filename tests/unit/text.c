/* The text form of a stream: numbers to the bit, whole streams, and what is
 * refused. */
#include "rec/text.h"

#include <math.h>

#include "base/rng.h"
#include "unit/streams.h"

static void
number(enum cd_dtype d, const char *word, const char *shown)
{
	unsigned char b[8] = { 0 };
	char out[CD_TEXT_NUMBER];

	CHECK(cd_text_parse(b, d, word) == 0);
	CHECK_TEXT(cd_text_number(out, d, b, 0), shown);
}

static void
no_number(enum cd_dtype d, const char *word)
{
	unsigned char b[8];

	CHECK(cd_text_parse(b, d, word) < 0);
}

static void
test_whole(void)
{
	number(CD_U8, "0", "0");
	number(CD_U8, "255", "255");
	number(CD_U8, "007", "7");
	number(CD_U8, "0007", "7");
	no_number(CD_U8, "256");
	no_number(CD_U8, "1000");
	no_number(CD_U8, "-1");
	no_number(CD_U8, "");
	no_number(CD_U8, "1.0");
	no_number(CD_U8, "1x");
	no_number(CD_U8, "nan");
	number(CD_I32, "-2147483648", "-2147483648");
	number(CD_I32, "2147483647", "2147483647");
	no_number(CD_I32, "2147483648");
	no_number(CD_I32, "+1");
	no_number(CD_I32, "0x10");
	number(CD_I64, "-9223372036854775808", "-9223372036854775808");
	number(CD_I64, "9223372036854775807", "9223372036854775807");
	no_number(CD_I64, "9223372036854775808");
}

static void
test_real(void)
{
	number(CD_F32, "0.1", "0.1");
	number(CD_F32, "0.3", "0.3");
	number(CD_F32, "-0", "-0");
	number(CD_F32, "1e-45", "1.401298e-45");
	number(CD_F32, "3.4028235e38", "3.40282347e+38");
	number(CD_F32, "16777217", "16777216");
	number(CD_F32, "inf", "inf");
	number(CD_F32, "-inf", "-inf");
	number(CD_F32, "nan", "nan");
	number(CD_F32, "nan(0x7fc00000)", "nan");
	number(CD_F32, "nan(0xffc00000)", "nan(0xffc00000)");
	number(CD_F32, "nan(0x7f800001)", "nan(0x7f800001)");
	number(CD_F64, "0.1", "0.1");
	number(CD_F64, "5e-324", "4.94065645841247e-324");
	number(CD_F64, "nan(0x7ff0000000000001)", "nan(0x7ff0000000000001)");
	no_number(CD_F32, "1e39");
	no_number(CD_F64, "1e309");
	no_number(CD_F32, "infinity");
	no_number(CD_F32, "0x1p3");
	no_number(CD_F32, "1e");
	no_number(CD_F32, "--1");
	no_number(CD_F32, ".");
	no_number(CD_F32, "");
	no_number(CD_F32, "-");
	no_number(CD_F32, "-nan");
	no_number(CD_F32, "NAN");
	/* these bits are no nan: infinity, a number; or too few, or too many */
	no_number(CD_F32, "nan(0x7f800000)");
	no_number(CD_F32, "nan(0x3f800000)");
	no_number(CD_F32, "nan(0x7fc0000)");
	no_number(CD_F32, "nan(0x7fc000000)");
	no_number(CD_F32, "nan(0x7fc00000");
	no_number(CD_F64, "nan(0x7fc00000)");
}

/* Any bits at all come back. */
static void
test_random_bits(void)
{
	char out[CD_TEXT_NUMBER];
	unsigned char b[8];
	struct cd_rng r;
	int i, d;

	cd_rng_start(&r, 1, 0, 0, CD_RNG_TEST);
	for (i = 0; i < 20000; i++)
		for (d = CD_U8; d <= CD_F64; d++) {
			uint64_t bits = cd_rng_u64(&r);
			size_t n = cd_dtype_size((enum cd_dtype)d);

			/* often an exponent of ones: infinities and nans */
			if (i % 4 == 0)
				bits |= d == CD_F32 ?
				    0x7f800000 :
				    UINT64_C(0x7ff0000000000000);
			cd_text_number(out, (enum cd_dtype)d, &bits, 0);
			CHECK(strlen(out) < CD_TEXT_NUMBER);
			CHECK(strchr(out, ' ') == NULL);
			CHECK(cd_text_parse(b, (enum cd_dtype)d, out) == 0);
			CHECK(memcmp(b, &bits, n) == 0);
		}
}

/* A stream's text. */
static void
to_text(const char *stream, const char *text)
{
	char *paths[1] = { (char *)(uintptr_t)stream };
	FILE *f = fopen(text, "w");
	const struct cd_rec *r;
	struct cd_err e = { "" };
	struct cd_reader *in;

	CHECK(cd_reader_open(&in, paths, 1, &e) == 0);
	cd_text_put_head(f, cd_reader_head(in));
	while (cd_reader_next(in, &r, &e) == 1)
		cd_text_put(f, r);
	CHECK_TEXT(e.msg, "");
	cd_text_put_end(f, cd_reader_skipped(in));
	cd_reader_close(in);
	fclose(f);
}

/* A text's stream, if path is given. The last answer of the reader. */
static int
from_text(const char *text, const char *path, struct cd_err *e)
{
	FILE *f = fopen(text, "r");
	const struct cd_rec *r;
	struct cd_writer *w = NULL;
	struct cd_text *in;
	int got;

	e->msg[0] = '\0';
	got = cd_text_open(&in, f, "T", e);
	if (got < 0) {
		fclose(f);
		return got;
	}
	if (path)
		CHECK(cd_writer_open(&w, path, cd_text_head(in), e) == 0);
	while ((got = cd_text_next(in, &r, e)) == 1)
		if (w)
			CHECK(cd_writer_put(w, r, e) == 0);
	if (w && got == 0)
		finish(w, cd_text_skipped(in));
	else
		cd_writer_abandon(w);
	cd_text_close(in);
	fclose(f);
	return got;
}

static void
test_round_trip(void (*write_it)(const char *))
{
	const char *stream = scratch_file(), *text = scratch_file();
	const char *back = scratch_file();
	unsigned char *a, *b;
	struct cd_err e;
	size_t n, m, i;

	write_it(stream);
	to_text(stream, text);
	CHECK(from_text(text, back, &e) == 0);
	CHECK_TEXT(e.msg, "");
	a = slurp(stream, &n);
	b = slurp(back, &m);
	CHECK(n == m && memcmp(a, b, n) == 0);
	free(a);
	free(b);

	/* a text that is cut anywhere is refused */
	a = slurp(text, &n);
	free(a);
	for (i = n; i-- > 0;) {
		CHECK(truncate(text, (off_t)i) == 0);
		CHECK(from_text(text, NULL, &e) < 0);
		CHECK(strncmp(e.msg, "T: line ", 8) == 0);
	}
	unlink(stream);
	unlink(text);
	unlink(back);
}

#define HEAD "stream 1\nhead holds samples\n"
#define REC HEAD "record SMPL 0 0 k\n"

static void
refused(const char *text, const char *says)
{
	const char *path = scratch_file();
	struct cd_err e;

	spill(path, text, strlen(text));
	CHECK(from_text(path, NULL, &e) < 0);
	CHECK_TEXT(e.msg, says);
	unlink(path);
}

static void
test_refused(void)
{
	refused("", "T: line 1: not the text of a stream");
	refused("words\n", "T: line 1: not the text of a stream");
	refused("stream 1", "T: line 1: the text is cut: no newline");
	refused("stream 2\n", "T: line 1: unsupported version of the text");
	refused("stream 1\nend 0\n", "T: line 2: no header text");
	refused(HEAD, "T: line 3: the text is cut: no end line");
	refused("stream 1\nhead holds\\x0a\n",
	    "T: line 2: a newline in a header line");
	refused("stream 1\nhead x\\41\n",
	    "T: line 2: a backslash that is not \\xNN");
	refused("stream 1\nhead holds x\\x0\n",
	    "T: line 2: a backslash that is not \\xNN");
	refused(HEAD "end\n", "T: line 3: no count of skipped pictures");
	refused(HEAD "end x\n",
	    "T: line 3: count of skipped pictures 'x' is "
	    "not in 0 to 18446744073709551615");
	refused(HEAD "end 18446744073709551616\n",
	    "T: line 3: count of "
	    "skipped pictures '18446744073709551616' is not in 0 to "
	    "18446744073709551615");
	refused(HEAD "end 0 0\n",
	    "T: line 3: more words than the count of skipped");
	refused(HEAD "end 0\n\n", "T: line 4: text after the end line");
	refused(HEAD "tensor x u8\n",
	    "T: line 3: a record's line or the end "
	    "line should stand here");
}

static void
test_refused_records(void)
{
	refused(HEAD "record SMP 0 0\n",
	    "T: line 3: a record's kind has four bytes");
	refused(HEAD "record END. 0 0\n",
	    "T: line 3: a record cannot be of the kind END.");
	refused(HEAD "record SMPL -1 0\n",
	    "T: line 3: epoch '-1' is not in 0 "
	    "to 18446744073709551615");
	refused(HEAD "record SMPL 0\n", "T: line 3: no view");
	refused(HEAD "record SMPL 0 4294967296\n",
	    "T: line 3: view '4294967296' is not in 0 to 4294967295");
	refused(HEAD "record SMPL 0 0 a b\n",
	    "T: line 3: more words than kind, epoch, view and key");
	refused(HEAD "record SMPL 0 0 a\\x00b\n",
	    "T: line 3: a key has more than 4096 bytes or a NUL");
	refused(REC "1 2 3\n", "T: line 4: not a line of the text of a stream");
	refused(REC "tensor\n", "T: line 4: a tensor without a name");
	refused(REC "tensor x u9 1\n",
	    "T: line 4: 'u9' is not u8, i32, i64, f32 or f64");
	refused(REC "tensor x u8 1 1 1 1 1 1 1 1 1\n", "T: line 4: rank > 8");
	refused(REC "tensor x u8 4294967297\n",
	    "T: line 4: more than 4294967296 bytes in a record");
	refused(REC "tensor x f64 4294967296 4294967296 4294967296\n",
	    "T: line 4: more than 4294967296 bytes in a record");
	refused(REC "tensor x u8 3000000000\ntensor y u8 3000000000\n",
	    "T: line 5: the tensor 'x' before has too few numbers");
	refused(REC "tensor x u8\n1\ntensor x u8\n",
	    "T: line 6: two tensors have the same name");
	refused(REC "tensor x u8 2\n1\nend 0\n",
	    "T: line 6: the tensor 'x' before has too few numbers");
	refused(REC "tensor x u8 2\n1 2 3\nend 0\n",
	    "T: line 5: more numbers than the tensor holds");
	refused(REC "tensor x u8 0\n1\nend 0\n",
	    "T: line 5: more numbers than the tensor holds");
	refused(REC "tensor x u8\n256\n",
	    "T: line 5: '256' is not a number of type u8");
	refused(REC "tensor x u8\n\033[31m\n",
	    "T: line 5: '\\x1b[31m' is not a number of type u8");
}

/* Numbers may stand on lines as one likes, with blanks around. */
static void
test_loose(void)
{
	static const char loose[] = REC "tensor x u8 2 2\n 1\n\n2  3 \n4\n"
					"record SMPL 0 0\nend 5\n";
	const char *path = scratch_file(), *stream = scratch_file();
	struct cd_err e;
	int status;

	spill(path, loose, strlen(loose));
	CHECK(from_text(path, stream, &e) == 0);
	CHECK(read_all(stream, &status, &e) == 2);
	/* a NUL is no blank */
	spill(path, REC "\0", sizeof REC);
	CHECK(from_text(path, NULL, &e) < 0);
	CHECK_TEXT(e.msg, "T: line 4: a NUL byte");
	unlink(path);
	unlink(stream);
}

/* A line without end is refused before it fills the memory. */
static void
test_long_line(void)
{
	const char *path = scratch_file();
	char *big = malloc(CD_TEXT_LINE_MAX + 2);
	struct cd_err e;

	memset(big, ' ', CD_TEXT_LINE_MAX + 2);
	spill(path, big, CD_TEXT_LINE_MAX + 2);
	CHECK(from_text(path, NULL, &e) < 0);
	CHECK_TEXT(e.msg, "T: line 1: longer than 16777216 bytes");
	free(big);
	unlink(path);
}

int
main(void)
{
	test_whole();
	test_real();
	test_random_bits();
	test_round_trip(write_samples);
	test_round_trip(write_model);
	test_refused();
	test_refused_records();
	test_loose();
	test_long_line();
	return CHECK_DONE();
}
