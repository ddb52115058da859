#include "rec/join.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "rec/layout.h"

/* Reads n bytes from there; false: they are not to be had. */
static bool
look(const struct cd_source *s, void *to, size_t n, uint64_t at)
{
	size_t got = 0;
	ssize_t k = 1;

	for (; got < n && k > 0; got += k > 0 ? (size_t)k : 0)
		k = pread(s->fd, (char *)to + got, n - got,
		    (off_t)(s->base + at + got));
	return got == n;
}

/* 1; 0: it has no sound header; < 0: no memory. */
static int
head_of(struct cd_head *h, const struct cd_source *s, struct cd_err *e)
{
	unsigned char block[CD_BLOCK];
	struct cd_err bad = { "" };
	size_t n, padded;

	if (!s->regular || !look(s, block, sizeof block, 0) ||
	    cd_file_header_check(block, sizeof block, true, &bad) < 0)
		return 0;
	n = cd_get32(block + HEAD_TEXT_SIZE);
	padded = cd_round_up(n, CD_BLOCK);
	if (cd_buf_reserve(&h->text, padded, e) < 0)
		return -1;
	h->text.len = n;
	return look(s, h->text.data, padded, CD_BLOCK) &&
	    cd_crc(0, h->text.data, padded) ==
	    cd_get32(block + HEAD_TEXT_CRC) &&
	    cd_head_check(h, &bad) == 0;
}

/* 1: added, and its number to counts. */
static int
add(struct cd_head *all, struct cd_buf *counts, const struct cd_source *s,
    struct cd_err *e)
{
	struct cd_head h = { 0 };
	int made, rc = head_of(&h, s, e);
	char text[16];

	made = rc == 1 ? cd_head_count(&h, "made") : 0;
	snprintf(text, sizeof text, " %d", made);
	if (rc == 1 && made == 0)
		rc = 0;
	if (rc == 1 &&
	    (cd_head_copy_lines(all, "made", &h, "made", e) < 0 ||
		cd_buf_add(counts, text, strlen(text), e) < 0))
		rc = -1;
	cd_head_free(&h);
	return rc;
}

int
cd_join_made(struct cd_head *first, const struct cd_input *in, struct cd_err *e)
{
	struct cd_buf counts = { 0 };
	struct cd_head all = { 0 };
	int i, rc;

	if (in->nsrc < 2)
		return 0;
	rc = cd_buf_add(&counts, "cat", 3, e) < 0 ? -1 : 1;
	for (i = 0; rc == 1 && i < in->nsrc; i++)
		rc = add(&all, &counts, &in->src[i], e);
	if (rc == 1) {
		cd_head_remove(first, "made");
		if (cd_head_copy_lines(first, "made", &all, "made", e) < 0 ||
		    cd_head_addn(first, "made", (char *)counts.data, counts.len,
			e) < 0)
			rc = -1;
	}
	cd_head_free(&all);
	cd_buf_free(&counts);
	return rc < 0 ? -1 : 0;
}
