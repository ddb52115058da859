#include "base/num.h"

#include <string.h>

#include "unit/check.h"

static void
bad(int status, struct cd_err *e, const char *want)
{
	CHECK(status == -1);
	CHECK_TEXT(e->msg, want);
	e->msg[0] = '\0';
}

static void
test_int(void)
{
	struct cd_err e = { "" };
	int64_t v = 7;

	CHECK(cd_parse_int("0", 0, 9, &v, &e) == 0 && v == 0);
	CHECK(cd_parse_int("-12", -12, 9, &v, &e) == 0 && v == -12);
	CHECK(cd_parse_int("9223372036854775807", INT64_MIN, INT64_MAX, &v,
		  &e) == 0 &&
	    v == INT64_MAX);
	v = 7;
	bad(cd_parse_int("10", 0, 9, &v, &e), &e, "10 is not in 0 to 9");
	bad(cd_parse_int("-1", 0, 9, &v, &e), &e, "-1 is not in 0 to 9");
	bad(cd_parse_int("9223372036854775808", 0, INT64_MAX, &v, &e), &e,
	    "9223372036854775808 is not in 0 to 9223372036854775807");
	bad(cd_parse_int("", 0, 9, &v, &e), &e, "'' is not a whole number");
	bad(cd_parse_int(" 1", 0, 9, &v, &e), &e, "' 1' is not a whole number");
	bad(cd_parse_int("\t1", 0, 9, &v, &e), &e,
	    "'\\x091' is not a whole number");
	bad(cd_parse_int("+1", 0, 9, &v, &e), &e, "'+1' is not a whole number");
	bad(cd_parse_int("1e3", 0, 9, &v, &e), &e,
	    "'1e3' is not a whole number");
	bad(cd_parse_int("0x1", 0, 9, &v, &e), &e,
	    "'0x1' is not a whole number");
	CHECK(v == 7);
}

static void
test_real(void)
{
	struct cd_err e = { "" };
	double v = 7;

	CHECK(cd_parse_real("0.2", 0, 1, &v, &e) == 0 && v == 0.2);
	CHECK(cd_parse_real("1e-4", 0, 1, &v, &e) == 0 && v == 1e-4);
	CHECK(cd_parse_real("-3", -4, 1, &v, &e) == 0 && v == -3);
	CHECK(cd_parse_real(".5", 0, 1, &v, &e) == 0 && v == 0.5);
	CHECK(cd_parse_real("1/255", 0, 1, &v, &e) == 0 && v == 1.0 / 255);
	v = 7;
	bad(cd_parse_real("1.5", 0, 1, &v, &e), &e, "1.5 is not in 0 to 1");
	bad(cd_parse_real("nan", 0, 1, &v, &e), &e, "'nan' is not a number");
	bad(cd_parse_real("inf", 0, 1, &v, &e), &e, "'inf' is not a number");
	bad(cd_parse_real("1e999", 0, 1, &v, &e), &e,
	    "'1e999' is not a number");
	bad(cd_parse_real("0x1p2", 0, 9, &v, &e), &e,
	    "'0x1p2' is not a number");
	bad(cd_parse_real("1/0", 0, 1, &v, &e), &e, "'1/0' is not a number");
	bad(cd_parse_real("1/", 0, 1, &v, &e), &e, "'1/' is not a number");
	bad(cd_parse_real("1/2/3", 0, 1, &v, &e), &e,
	    "'1/2/3' is not a number");
	bad(cd_parse_real("", 0, 1, &v, &e), &e, "'' is not a number");
	bad(cd_parse_real("0,5", 0, 1, &v, &e), &e, "'0,5' is not a number");
	CHECK(v == 7);
}

static void
test_size(void)
{
	struct cd_err e = { "" };
	int64_t v = 7;

	CHECK(cd_parse_size("512", 0, 1 << 20, &v, &e) == 0 && v == 512);
	CHECK(cd_parse_size("3K", 0, 1 << 20, &v, &e) == 0 && v == 3072);
	CHECK(cd_parse_size("1M", 0, 1 << 20, &v, &e) == 0 && v == 1 << 20);
	CHECK(cd_parse_size("7G", 0, INT64_MAX, &v, &e) == 0 &&
	    v == (int64_t)7 << 30);
	v = 7;
	bad(cd_parse_size("2M", 0, 1 << 20, &v, &e), &e,
	    "2M is not in 0 to 1048576 bytes");
	bad(cd_parse_size("K", 0, 9, &v, &e), &e,
	    "'K' is not a size (digits, then K, M or G)");
	bad(cd_parse_size("", 0, 9, &v, &e), &e,
	    "'' is not a size (digits, then K, M or G)");
	bad(cd_parse_size("-1", 0, 9, &v, &e), &e,
	    "'-1' is not a size (digits, then K, M or G)");
	bad(cd_parse_size("1k", 0, 9, &v, &e), &e,
	    "'1k' is not a size (digits, then K, M or G)");
	CHECK(cd_parse_size("9007199254740992G", 0, INT64_MAX, &v, &e) < 0);
	CHECK(v == 7);
}

static void
test_wxh(void)
{
	struct cd_err e = { "" };
	int w = 7, h = 7;

	CHECK(cd_parse_wxh("150x100", 1, CD_WXH_MAX, &w, &h, &e) == 0);
	CHECK(w == 150 && h == 100);
	CHECK(cd_parse_wxh("65535x1", 1, CD_WXH_MAX, &w, &h, &e) == 0);
	w = h = 7;
	bad(cd_parse_wxh("150", 1, CD_WXH_MAX, &w, &h, &e), &e,
	    "'150' is not WIDTHxHEIGHT");
	bad(cd_parse_wxh("x150", 1, CD_WXH_MAX, &w, &h, &e), &e,
	    "'x150' is not WIDTHxHEIGHT");
	bad(cd_parse_wxh("0x5", 1, CD_WXH_MAX, &w, &h, &e), &e,
	    "0 is not in 1 to 65535");
	bad(cd_parse_wxh("5x65536", 1, CD_WXH_MAX, &w, &h, &e), &e,
	    "65536 is not in 1 to 65535");
	bad(cd_parse_wxh("5x5x5", 1, CD_WXH_MAX, &w, &h, &e), &e,
	    "'5x5' is not a whole number");
	bad(cd_parse_wxh("16x9", 10, 20, &w, &h, &e), &e,
	    "9 is not in 10 to 20");
	CHECK(w == 7 && h == 7);
}

static void
test_word(void)
{
	static const char *const three[] = { "ref", "avx2", "avx512", NULL };
	static const char *const two[] = { "fail", "skip", NULL };
	struct cd_err e = { "" };
	int n = 7;

	CHECK(cd_parse_word("ref", three, &n, &e) == 0 && n == 0);
	CHECK(cd_parse_word("avx512", three, &n, &e) == 0 && n == 2);
	n = 7;
	bad(cd_parse_word("avx", three, &n, &e), &e,
	    "'avx' is not ref, avx2 or avx512");
	bad(cd_parse_word("", two, &n, &e), &e, "'' is not fail or skip");
	bad(cd_parse_word("\n", two, &n, &e), &e,
	    "'\\x0a' is not fail or skip");
	CHECK(n == 7);
}

static void
test_bytes(void)
{
	unsigned char b[8];
	static const unsigned char want[8] = { 0xef, 0xcd, 0xab, 0x89, 0x67,
		0x45, 0x23, 0x01 };
	size_t v;

	cd_put64(b, 0x0123456789abcdef);
	CHECK(memcmp(b, want, 8) == 0);
	CHECK(cd_get64(b) == 0x0123456789abcdef);
	CHECK(cd_get32(b) == 0x89abcdef);
	CHECK(cd_get16(b) == 0xcdef);
	CHECK(cd_round_up(0, 64) == 0 && cd_round_up(1, 64) == 64 &&
	    cd_round_up(64, 64) == 64 && cd_round_up(65, 64) == 128);
	CHECK(cd_mul(SIZE_MAX / 2, 2, &v) && v == SIZE_MAX - 1);
	CHECK(!cd_mul(SIZE_MAX / 2 + 1, 2, &v));
}

int
main(void)
{
	test_int();
	test_real();
	test_size();
	test_wxh();
	test_word();
	test_bytes();
	return CHECK_DONE();
}
