#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>

#include "unit/check.h"

static int
aligned64(const void *p)
{
	return ((uintptr_t)p & 63) == 0;
}

static void
test_alloc(void)
{
	struct cd_err e = { "" };
	unsigned char *p;
	size_t i, n = (3 << 20) + 5, sum = 0;
	char *s;

	p = cd_calloc(3, 5, &e);
	CHECK(p && p[0] == 0 && p[14] == 0);
	free(p);
	p = cd_alloc_aligned(65, &e);
	CHECK(p && aligned64(p));
	free(p);
	p = cd_alloc_aligned(0, &e);
	CHECK(p != NULL);
	free(p);
	p = cd_alloc_arena(n, &e);
	CHECK(p && aligned64(p));
	for (i = 0; p && i < n; i++)
		sum += p[i];
	CHECK(sum == 0);
	free(p);
	for (i = 1; i < 5 << 20; i = 3 * i + 1) {
		p = cd_map(i, &e);
		CHECK(p && aligned64(p) && p[0] == 0 && p[i - 1] == 0);
		p[0] = p[i - 1] = 1;
		cd_unmap(p, i);
	}
	cd_unmap(NULL, 1);
	s = cd_copy_text("cat.jpg", 3, &e);
	CHECK_TEXT(s ? s : "", "cat");
	free(s);
	CHECK_TEXT(e.msg, "");
}

/* Sizes that cannot be had are errors with a message, not wrapped. The size
 * is volatile so that the compiler does not warn of what is tested here. */
static void
test_too_much(void)
{
	volatile size_t huge = SIZE_MAX;
	struct cd_err e = { "" };

	CHECK(!cd_alloc_aligned(huge - 1, &e));
	CHECK_TEXT(e.msg, "out of memory (18446744073709551614 bytes)");
	e.msg[0] = '\0';
	CHECK(!cd_alloc_arena(huge, &e) && e.msg[0]);
	e.msg[0] = '\0';
	CHECK(!cd_map(huge, &e) && e.msg[0]);
	e.msg[0] = '\0';
	CHECK(!cd_map(huge / 4, &e) && e.msg[0]);
}

static void
test_buf(void)
{
	struct cd_buf b = { 0 };
	struct cd_err e = { "" };
	unsigned char byte;
	volatile size_t huge = SIZE_MAX;
	const void *before;
	int i, same = 0;

	for (i = 0; i < 100000; i++) {
		byte = (unsigned char)(i * 7);
		before = b.data;
		CHECK(cd_buf_add(&b, &byte, 1, &e) == 0);
		same += b.data == before;
	}
	CHECK(b.len == 100000 && b.room >= b.len && aligned64(b.data));
	CHECK(same > 99900); /* grows by doubling */
	for (i = 0; i < 100000; i++)
		CHECK(b.data[i] == (unsigned char)(i * 7));
	CHECK(cd_buf_add(&b, NULL, 0, &e) == 0 && b.len == 100000);
	CHECK(cd_buf_reserve(&b, 200000, &e) == 0);
	CHECK(b.len == 100000 && b.room >= 200000 && b.data[1] == 7);
	CHECK(cd_buf_add(&b, "", huge, &e) < 0);
	CHECK_TEXT(e.msg, "out of memory");
	CHECK(b.len == 100000 && b.data[1] == 7);
	cd_buf_free(&b);
	CHECK(!b.data && b.len == 0 && b.room == 0);
}

int
main(void)
{
	test_alloc();
	test_too_much();
	test_buf();
	return CHECK_DONE();
}
