#define _GNU_SOURCE /* madvise */
#include "base/mem.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/num.h"

enum {
	HUGE_PAGE = 2 << 20,
};

/* The machine is at fault, not the input. */
static void
blame_system(struct cd_err *e)
{
	if (e)
		e->sys = ENOMEM;
}

void *
cd_calloc(size_t n, size_t size, struct cd_err *e)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p) {
		cd_fail(e, "out of memory (%zu times %zu bytes)", n, size);
		blame_system(e);
	}
	return p;
}

static void *
aligned(size_t align, size_t n, struct cd_err *e)
{
	void *p = NULL;

	if (n <= SIZE_MAX - align)
		p = aligned_alloc(align, cd_round_up(n ? n : 1, align));
	if (!p) {
		cd_fail(e, "out of memory (%zu bytes)", n);
		blame_system(e);
	}
	return p;
}

void *
cd_alloc_aligned(size_t n, struct cd_err *e)
{
	return aligned(64, n, e);
}

void *
cd_alloc_arena(size_t n, struct cd_err *e)
{
	size_t align = n >= HUGE_PAGE ? HUGE_PAGE : 64;
	void *p = aligned(align, n, e);

	if (!p)
		return NULL;
#ifdef MADV_HUGEPAGE
	if (align == HUGE_PAGE)
		(void)madvise(p, cd_round_up(n, align), MADV_HUGEPAGE);
#endif
	memset(p, 0, n);
	return p;
}

void *
cd_map(size_t n, struct cd_err *e)
{
	size_t all = cd_round_up(n ? n : 1, HUGE_PAGE) + HUGE_PAGE, before;
	unsigned char *p = MAP_FAILED;

	if (n < SIZE_MAX - 2 * HUGE_PAGE)
		p = mmap(NULL, all, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		cd_fail(e, "out of memory (%zu bytes)", n);
		blame_system(e);
		return NULL;
	}
	/* from the first huge page on */
	before = HUGE_PAGE - (uintptr_t)p % HUGE_PAGE;
	(void)munmap(p, before);
	if (before < HUGE_PAGE)
		(void)munmap(p + all - HUGE_PAGE + before, HUGE_PAGE - before);
#ifdef MADV_HUGEPAGE
	if (n >= HUGE_PAGE)
		(void)madvise(p + before, all - HUGE_PAGE, MADV_HUGEPAGE);
#endif
	return p + before;
}

void
cd_unmap(void *p, size_t n)
{
	if (p)
		(void)munmap(p, cd_round_up(n ? n : 1, HUGE_PAGE));
}

char *
cd_copy_text(const char *s, size_t n, struct cd_err *e)
{
	char *p = cd_calloc(n + 1, 1, e);

	if (p)
		memcpy(p, s, n);
	return p;
}

int
cd_buf_reserve(struct cd_buf *b, size_t n, struct cd_err *e)
{
	unsigned char *p;
	size_t room = b->room;

	if (n <= room)
		return 0;
	/* double, so that appending is amortised O(1) */
	if (n < SIZE_MAX / 4 && n < 2 * room)
		n = 2 * room;
	p = cd_alloc_aligned(n, e);
	if (!p)
		return -1;
	if (b->len)
		memcpy(p, b->data, b->len);
	free(b->data);
	b->data = p;
	b->room = cd_round_up(n, 64);
	return 0;
}

int
cd_buf_add(struct cd_buf *b, const void *data, size_t n, struct cd_err *e)
{
	if (n > SIZE_MAX - b->len)
		return cd_fail(e, "out of memory");
	if (cd_buf_reserve(b, b->len + n, e) < 0)
		return -1;
	if (n)
		memcpy(b->data + b->len, data, n);
	b->len += n;
	return 0;
}

void
cd_buf_free(struct cd_buf *b)
{
	free(b->data);
	memset(b, 0, sizeof *b);
}
