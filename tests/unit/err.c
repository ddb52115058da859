#include "base/err.h"

#include <errno.h>
#include <stdlib.h>

#include "unit/check.h"

static void
escape(const char *s, size_t n, size_t size, const char *want)
{
	char out[64];

	memset(out, '#', sizeof out);
	CHECK(cd_escape(out, size, s, n) == out);
	CHECK_TEXT(out, want);
	CHECK(out[size] == '#');
}

static void
test_escape(void)
{
	escape("cat.7.jpg", 9, 32, "cat.7.jpg");
	escape("", 0, 32, "");
	escape("a\nb\033[31m", 8, 32, "a\\x0ab\\x1b[31m");
	escape("a\0b", 3, 32, "a\\x00b");
	escape("\\x41", 4, 32, "\\x5cx41");
	escape("\x7f", 1, 32, "\\x7f");
	escape("K\xc3\xa4tzchen", 9, 32, "K\xc3\xa4tzchen");
	/* no UTF-8: a byte alone, overlong, a surrogate, cut, above 10ffff */
	escape("\xe4", 1, 32, "\\xe4");
	escape("\xc0\xaf", 2, 32, "\\xc0\\xaf");
	escape("\xed\xa0\x80", 3, 32, "\\xed\\xa0\\x80");
	escape("\xe2\x82", 2, 32, "\\xe2\\x82");
	escape("\xf4\x90\x80\x80", 4, 32, "\\xf4\\x90\\x80\\x80");
	/* C1 controls: terminals obey U+009B as they do ESC [ */
	escape("\xc2\x9b", 2, 32, "\\xc2\\x9b");
	/* too long: cut, and it shows */
	escape("abcdefghijklmnop", 16, 12, "abcdefgh...");
	escape("\n\n\n\n", 4, 12, "\\x0a\\x0a...");
	/* room for nothing */
	escape("abc", 3, 1, "");
}

static void
test_fail(void)
{
	struct cd_err e = { "" };
	char long_text[3 * CD_ERR_MSG];

	CHECK(cd_fail(&e, "rank %d > %d", 9, 8) == -1);
	CHECK_TEXT(e.msg, "rank 9 > 8");
	/* the first error stays */
	CHECK(cd_fail(&e, "another") == -1);
	errno = ENOENT;
	CHECK(cd_fail_errno(&e, "third") == -1);
	CHECK_TEXT(e.msg, "rank 9 > 8");
	CHECK(cd_fail_at(&e, "record %d", 17) == -1);
	CHECK_TEXT(e.msg, "record 17: rank 9 > 8");

	e.msg[0] = '\0';
	errno = ENOENT;
	cd_fail_errno(&e, "%s", "x.trs");
	CHECK_TEXT(e.msg, "x.trs: No such file or directory");
	CHECK(errno == ENOENT);

	memset(long_text, 'a', sizeof long_text);
	long_text[sizeof long_text - 1] = '\0';
	e.msg[0] = '\0';
	cd_fail(&e, "%s", long_text);
	CHECK(strlen(e.msg) == CD_ERR_MSG - 1);
	cd_fail_at(&e, "%s", long_text);
	CHECK(strlen(e.msg) == CD_ERR_MSG - 1);

	CHECK(cd_fail(NULL, "nobody listens") == -1);
	CHECK(cd_fail_errno(NULL, "nobody listens") == -1);
	CHECK(cd_fail_at(NULL, "nobody listens") == -1);
}

int
main(void)
{
	test_escape();
	test_fail();
	return CHECK_DONE();
}
