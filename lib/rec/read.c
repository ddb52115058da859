/* The reader of formats/stream.md. Nothing is used before its checksum has been
 * verified, and beyond about 1 MiB no buffer exceeds twice the bytes
 * received. */
#include "rec/rec.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "rec/input.h"
#include "rec/join.h"
#include "rec/layout.h"

enum {
	GROW_FROM = 1 << 20, /* payload allocated before any of it arrives */
};

enum state { AT_RECORD, AT_END, BROKEN };

struct cd_reader {
	struct cd_input in;
	struct cd_head head;  /* of the first member */
	struct cd_head other; /* of the current member */
	struct cd_buf desc, payload;
	char names[CD_TENSORS_MAX][CD_NAME_MAX + 1];
	char key[CD_KEY_MAX + 1];
	struct cd_rec rec;
	bool have_payload, have_rec;
	bool single; /* ends with its first member */

	enum state state;
	int members;
	uint32_t checksum;
	uint64_t member_count, count, skipped, limit;
};

/* Adds the place to an error; the stream cannot be read on. */
static int
blame_offset(struct cd_reader *r, uint64_t offset, struct cd_err *e)
{
	r->state = BROKEN;
	return cd_fail_at(e, "%s: record %llu: at byte %llu",
	    r->in.src[r->in.cur].name, (unsigned long long)r->count,
	    (unsigned long long)offset);
}

static int
blame_payload(struct cd_reader *r, uint64_t offset, struct cd_err *e)
{
	char where[256];

	r->state = BROKEN;
	return cd_fail_at(e, "%s: %s: at byte %llu", r->in.src[r->in.cur].name,
	    cd_rec_where(&r->rec, where, sizeof where),
	    (unsigned long long)offset);
}

static int
read_text(struct cd_reader *r, const unsigned char *h, struct cd_err *e)
{
	size_t n = cd_get32(h + HEAD_TEXT_SIZE);
	size_t padded = cd_round_up(n, CD_BLOCK);
	struct cd_buf *b = &r->other.text;

	if (cd_buf_reserve(b, padded, e) < 0 ||
	    cd_input_need(&r->in, b->data, padded, "a header text", e) < 0)
		return -1;
	if (cd_crc(0, b->data, padded) != cd_get32(h + HEAD_TEXT_CRC))
		return cd_fail(e, "the header text's checksum does not match");
	b->len = n;
	return cd_head_check(&r->other, e);
}

/* Reads a member's header: 1; 0 at the end of the file, which is an error if
 * first_of_file. */
static int
member(struct cd_reader *r, bool first_of_file, struct cd_err *e)
{
	unsigned char h[CD_BLOCK];
	uint64_t at = r->in.offset;
	int64_t got = cd_input_get(&r->in, h, sizeof h, e);

	if (got == 0 && !first_of_file)
		return 0;
	if (got == 0 && r->in.src[r->in.cur].piped)
		got = cd_fail(e,
		    "nothing came; see the message of the stage before, "
		    "if it could leave one");
	if (got < 0 ||
	    cd_file_header_check(h, (size_t)got, first_of_file, e) < 0 ||
	    read_text(r, h, e) < 0)
		return blame_offset(r, at, e);
	if (r->members > 0 && cd_head_agree(&r->head, &r->other, e) < 0)
		return blame_offset(r, at, e);
	if (r->members == 0 && cd_head_copy(&r->head, &r->other, e) < 0)
		return -1;
	r->members++;
	r->member_count = 0;
	r->checksum = cd_crc(0, h + HEAD_CRC, 4);
	r->state = AT_RECORD;
	return 1;
}

static int
open_at(struct cd_reader **out, char *const *paths, int n, uint64_t offset,
    struct cd_err *e)
{
	struct cd_reader *r = cd_calloc(1, sizeof *r, e);

	*out = NULL;
	if (!r)
		return -1;
	r->limit = CD_PAYLOAD_MAX;
	if (cd_input_open(&r->in, paths, n, e) < 0 ||
	    (offset > 0 && cd_input_seek(&r->in, 0, offset, e) < 0) ||
	    member(r, true, e) < 0 || cd_join_made(&r->head, &r->in, e) < 0) {
		cd_reader_close(r);
		return -1;
	}
	*out = r;
	return 0;
}

int
cd_reader_open(struct cd_reader **out, char *const *paths, int n,
    struct cd_err *e)
{
	return open_at(out, paths, n, 0, e);
}

int
cd_reader_open_member(struct cd_reader **out, char *const *path,
    uint64_t offset, struct cd_err *e)
{
	int rc = open_at(out, path, 1, offset, e);

	if (rc == 0)
		(*out)->single = true;
	return rc;
}

int
cd_reader_follows(struct cd_reader *r, uint64_t *offset, struct cd_err *e)
{
	unsigned char byte;
	int64_t got;

	*offset = r->in.offset;
	got = cd_input_get(&r->in, &byte, 1, e);
	return got < 0 ? blame_offset(r, *offset, e) : (int)got;
}

const struct cd_head *
cd_reader_head(const struct cd_reader *r)
{
	return &r->head;
}

void
cd_reader_limit(struct cd_reader *r, uint64_t bytes)
{
	r->limit = bytes;
}

static int
check_end(struct cd_reader *r, const unsigned char *p, struct cd_err *e)
{
	if (cd_get64(p + END_COUNT) != r->member_count)
		return cd_fail(e, "END counts %llu records, %llu came",
		    (unsigned long long)cd_get64(p + END_COUNT),
		    (unsigned long long)r->member_count);
	if (cd_get32(p + END_CHECKSUM) != r->checksum)
		return cd_fail(e,
		    "END's checksum does not match: records "
		    "were lost, changed or reordered");
	r->skipped = cd_add_most(r->skipped, cd_get64(p + END_SKIPPED));
	return 0;
}

/* Parses key and tensors from a verified description. */
static int
take_description(struct cd_reader *r, const unsigned char *prefix,
    struct cd_err *e)
{
	const unsigned char *p = r->desc.data;
	size_t left = cd_get32(prefix + REC_DESC_SIZE);
	size_t key = cd_get32(prefix + REC_KEY_SIZE);
	uint32_t n = cd_get32(prefix + REC_NTENSORS);
	uint64_t sum = 0;
	int64_t used;

	if (key > CD_KEY_MAX || key > left || memchr(p, '\0', key))
		return cd_fail(e, "the key is malformed");
	if (n > CD_TENSORS_MAX)
		return cd_fail(e, "%u tensors > %d", n, CD_TENSORS_MAX);
	memcpy(r->key, p, key);
	r->key[key] = '\0';
	r->rec.key = r->key;
	p += key;
	left -= key;
	for (r->rec.ntensors = 0; r->rec.ntensors < (int)n; p += used) {
		used = cd_rec_take_tensor(&r->rec, r->names[r->rec.ntensors],
		    r->limit, p, left, e);
		if (used < 0)
			return -1;
		left -= (size_t)used;
		sum += cd_round_up(r->rec.tensor[r->rec.ntensors].size,
		    CD_BLOCK);
		r->rec.ntensors++;
	}
	if (left != 0)
		return cd_fail(e, "%zu bytes too many in the description",
		    left);
	if (sum != r->rec.payload_size)
		return cd_fail(e,
		    "the tensors have %llu bytes, the payload "
		    "%llu",
		    (unsigned long long)sum,
		    (unsigned long long)r->rec.payload_size);
	return 0;
}

/* Reads the description that belongs to this prefix. */
static int
read_description(struct cd_reader *r, const unsigned char *prefix,
    struct cd_err *e)
{
	size_t n = cd_get32(prefix + REC_DESC_SIZE), padded;
	struct cd_buf *b = &r->desc;

	if (n > CD_DESC_MAX)
		return cd_fail(e, "a description of %zu bytes, more than %d", n,
		    CD_DESC_MAX);
	if (r->rec.payload_size > r->limit)
		return cd_fail(e, "a payload of %llu bytes, more than %llu",
		    (unsigned long long)r->rec.payload_size,
		    (unsigned long long)r->limit);
	padded = cd_round_up(n, CD_BLOCK);
	if (cd_buf_reserve(b, padded ? padded : CD_BLOCK, e) < 0 ||
	    cd_input_need(&r->in, b->data, padded, "a description", e) < 0)
		return -1;
	if (cd_crc(0, b->data, padded) != cd_get32(prefix + REC_DESC_CRC))
		return cd_fail(e, "the description's checksum does not match");
	return take_description(r, prefix, e);
}

/* Reads prefix and description of the record that begins here: 1; END: 0. */
static int
read_front(struct cd_reader *r, unsigned char *p, struct cd_err *e)
{
	struct cd_rec *rec = &r->rec;

	memset(rec, 0, offsetof(struct cd_rec, tensor));
	rec->key = "";
	rec->file = r->in.cur;
	rec->offset = r->in.offset;
	rec->number = r->count;
	rec->payload = NULL;
	r->have_payload = false;
	r->have_rec = false;
	if (cd_input_need(&r->in, p, CD_BLOCK, "a record's prefix", e) < 0)
		return -1;
	if (cd_crc(0, p, REC_CRC) != cd_get32(p + REC_CRC))
		return cd_fail(e, "the record's checksum does not match");
	rec->kind = cd_get32(p + REC_KIND);
	if (rec->kind == CD_END)
		return 0;
	rec->view = cd_get32(p + REC_VIEW);
	rec->seq = cd_get64(p + REC_SEQ);
	rec->epoch = cd_get64(p + REC_EPOCH);
	rec->payload_size = cd_get64(p + REC_PAYLOAD_SIZE);
	rec->payload_crc = cd_get32(p + REC_PAYLOAD_CRC);
	if (read_description(r, p, e) < 0)
		return -1;
	r->have_rec = true;
	return 1;
}

/* Skips a payload that was not asked for. */
static int
skip_payload(struct cd_reader *r, struct cd_err *e)
{
	if (!r->in.src[r->in.cur].regular)
		return cd_reader_payload(r, e);
	if (cd_input_skip(&r->in, r->rec.payload_size, e) < 0)
		return blame_payload(r, r->rec.offset, e);
	r->have_payload = true;
	return 0;
}

/* Begins the next member, in this file or the next: 1; 0 at the end of all. */
static int
next_member(struct cd_reader *r, struct cd_err *e)
{
	int got = r->single ? 0 : member(r, false, e);

	while (got == 0) {
		if (!cd_input_next_source(&r->in)) {
			r->state = AT_END;
			return 0;
		}
		got = member(r, true, e);
	}
	return got;
}

int
cd_reader_next_head(struct cd_reader *r, const struct cd_rec **out,
    struct cd_err *e)
{
	unsigned char p[CD_BLOCK];
	uint64_t at;
	int got;

	*out = NULL;
	if (r->state == BROKEN)
		return cd_fail(e, "the stream is damaged");
	if (r->state == AT_END)
		return 0;
	if (r->have_rec && !r->have_payload && skip_payload(r, e) < 0)
		return -1;
	for (;;) {
		at = r->in.offset;
		got = read_front(r, p, e);
		if (got < 0 || (got == 0 && check_end(r, p, e) < 0))
			return blame_offset(r, at, e);
		if (got == 1)
			break;
		got = next_member(r, e);
		if (got <= 0)
			return got;
	}
	r->checksum = cd_crc(r->checksum, p + REC_CRC, 4);
	r->member_count++;
	r->count++;
	*out = &r->rec;
	return 1;
}

/* Reads step bytes of the payload, of which `have` are there. */
static int
take_payload(struct cd_reader *r, uint64_t have, size_t step, struct cd_err *e)
{
	int64_t got = cd_input_get(&r->in, r->payload.data + have, step, e);

	if (got < 0 || (size_t)got == step)
		return got < 0 ? -1 : 0;
	return cd_input_cut(&r->in, have + (uint64_t)got, "a payload",
	    r->rec.payload_size, e);
}

int
cd_reader_payload(struct cd_reader *r, struct cd_err *e)
{
	uint64_t n = r->rec.payload_size, have = 0, step, at = r->in.offset;
	struct cd_rec *rec = &r->rec;
	int i;

	if (r->have_payload)
		return 0;
	r->payload.len = 0;
	/* so that empty tensors too have data that is not NULL */
	if (cd_buf_reserve(&r->payload, CD_BLOCK, e) < 0)
		return blame_payload(r, at, e);
	while (have < n) {
		step = r->payload.room > have ? r->payload.room - have :
		    have > GROW_FROM	      ? have :
						GROW_FROM;
		if (step > n - have)
			step = n - have;
		if (cd_buf_reserve(&r->payload, (size_t)(have + step), e) < 0 ||
		    take_payload(r, have, (size_t)step, e) < 0)
			return blame_payload(r, at, e);
		have += step;
		r->payload.len = (size_t)have;
	}
	if (cd_crc(0, r->payload.data, n) != rec->payload_crc) {
		cd_fail(e, "the payload's checksum does not match");
		return blame_payload(r, at, e);
	}
	rec->payload = r->payload.data;
	for (have = 0, i = 0; i < rec->ntensors; i++) {
		rec->tensor[i].data = r->payload.data + have;
		have += cd_round_up(rec->tensor[i].size, CD_BLOCK);
	}
	r->have_payload = true;
	return 0;
}

void
cd_reader_exchange(struct cd_reader *r, struct cd_buf *b)
{
	struct cd_buf mine = r->payload;

	r->payload = *b;
	*b = mine;
}

int
cd_reader_next(struct cd_reader *r, const struct cd_rec **out, struct cd_err *e)
{
	int got = cd_reader_next_head(r, out, e);

	return got == 1 && cd_reader_payload(r, e) < 0 ? -1 : got;
}

bool
cd_reader_seekable(const struct cd_reader *r)
{
	int i;

	for (i = 0; i < r->in.nsrc; i++)
		if (!r->in.src[i].regular)
			return false;
	return true;
}

int
cd_reader_at(struct cd_reader *r, int file, uint64_t offset,
    const struct cd_rec **out, struct cd_err *e)
{
	unsigned char p[CD_BLOCK];

	if (cd_input_seek(&r->in, file, offset, e) < 0)
		return -1;
	if (read_front(r, p, e) != 1) {
		cd_fail(e, "the record is gone: the file was changed");
		return blame_offset(r, offset, e);
	}
	r->rec.number = r->rec.seq;
	*out = &r->rec;
	return cd_reader_payload(r, e);
}

const char *
cd_reader_name(const struct cd_reader *r)
{
	return r->in.src[r->in.cur].name;
}

uint64_t
cd_reader_skipped(const struct cd_reader *r)
{
	return r->skipped;
}

uint64_t
cd_reader_count(const struct cd_reader *r)
{
	return r->count;
}

double
cd_reader_waited(struct cd_reader *r, double more)
{
	return r->in.waited += more;
}

int
cd_reader_members(const struct cd_reader *r)
{
	return r->members;
}

int
cd_reader_blame(const struct cd_reader *r, struct cd_err *e)
{
	char where[256];

	return cd_fail_at(e, "%s: %s", r->in.src[r->rec.file].name,
	    cd_rec_where(&r->rec, where, sizeof where));
}

void
cd_reader_close(struct cd_reader *r)
{
	if (!r)
		return;
	cd_input_close(&r->in);
	cd_head_free(&r->head);
	cd_head_free(&r->other);
	cd_buf_free(&r->desc);
	cd_buf_free(&r->payload);
	free(r);
}
