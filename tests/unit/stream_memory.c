/* The nth allocation fails: the reader, the writer and the text's parser give
 * an error, and hold nothing afterwards (a leak checker sees that). The calls
 * are the library's; this program puts its own in their place. */
#include "rec/text.h"
#include "unit/streams.h"

static int fail_at, calls;

static int
fails(void)
{
	return ++calls == fail_at;
}

/* A sanitizer's start needs its own calloc. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
void *
calloc(size_t n, size_t size)
{
	void *p;

	if (fails() || __builtin_mul_overflow(n, size, &size))
		return NULL;
	/* not malloc: compilers make malloc and memset into calloc again */
	return posix_memalign(&p, 64, size) ? NULL : memset(p, 0, size);
}
#endif

void *
aligned_alloc(size_t align, size_t size)
{
	void *p;

	return fails() || posix_memalign(&p, align, size) != 0 ? NULL : p;
}

static int
copy(const char *from, const char *to, struct cd_err *e)
{
	char *paths[1] = { (char *)(uintptr_t)from };
	struct cd_writer *out = NULL;
	struct cd_reader *in;
	const struct cd_rec *r;
	int got;

	if (cd_reader_open(&in, paths, 1, e) < 0)
		return -1;
	got = cd_writer_open(&out, to, cd_reader_head(in), e);
	while (got == 0 || got == 1) {
		got = cd_reader_next(in, &r, e);
		if (got <= 0)
			break;
		if (cd_writer_put(out, r, e) < 0)
			got = -1;
	}
	cd_reader_close(in);
	if (got < 0) {
		cd_writer_abandon(out);
		return -1;
	}
	return cd_writer_close(out, 0, e);
}

/* The stream's text, to be read from text. */
static void
make_text(const char *stream, const char *text)
{
	char *paths[1] = { (char *)(uintptr_t)stream };
	struct cd_err e = { "" };
	const struct cd_rec *r;
	struct cd_reader *in;
	FILE *f = fopen(text, "w");

	CHECK(cd_reader_open(&in, paths, 1, &e) == 0);
	cd_text_put_head(f, cd_reader_head(in));
	while (cd_reader_next(in, &r, &e) == 1)
		cd_text_put(f, r);
	cd_text_put_end(f, 0);
	cd_reader_close(in);
	fclose(f);
}

static int
parse(const char *text, const char *unused, struct cd_err *e)
{
	FILE *f = fopen(text, "r");
	const struct cd_rec *r;
	struct cd_text *in;
	int got;

	(void)unused;
	got = cd_text_open(&in, f, text, e);
	if (got == 0) {
		while ((got = cd_text_next(in, &r, e)) == 1)
			;
		cd_text_close(in);
	}
	fclose(f);
	return got;
}

static void
try(int (*fn)(const char *, const char *, struct cd_err *), const char *from,
    const char *to)
{
	struct cd_err e;
	int n, r;

	for (n = 1;; n++) {
		e.msg[0] = '\0';
		calls = 0;
		fail_at = n;
		r = fn(from, to, &e);
		fail_at = 0;
		if (calls < n)
			break;
		/* the folder's own sync may fail, after the rename */
		if (r == 0)
			continue;
		CHECK(strstr(e.msg, "out of memory") != NULL);
		if (to)
			CHECK(access(to, F_OK) < 0);
	}
	CHECK(r == 0);
	CHECK(n > 2);
	CHECK_TEXT(e.msg, "");
}

int
main(void)
{
	const char *from = scratch_file(), *to = scratch_file();
	const char *text = scratch_file();

	write_samples(from);
	make_text(from, text);
	unlink(to);
	try(copy, from, to);
	try(parse, text, NULL);
	unlink(from);
	unlink(to);
	unlink(text);
	return CHECK_DONE();
}
