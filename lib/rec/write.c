/* The writer of formats/stream.md. A record takes one writev, its tensors
 * straight from the caller's memory. */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/save.h"
#include "rec/layout.h"
#include "rec/rec.h"

enum {
	PIPE_SIZE = 1 << 20,
	/* prefix and description; each tensor and its padding */
	IOV_MAX_HERE = 2 + 2 * CD_TENSORS_MAX,
};

struct cd_writer {
	const char *name; /* for messages */
	struct cd_save to;
	uint32_t checksum;
	uint64_t count, seq;
	bool shard;	     /* sequence numbers are those of the whole */
	struct cd_buf front; /* prefix and description */
	double waited;	     /* seconds in writing */
};

static const unsigned char zeros[CD_BLOCK];

static int
open_output(struct cd_writer *w, const char *path, struct cd_err *e)
{
	struct stat st;

	if (cd_save_open(&w->to, path, e) < 0)
		return -1;
	w->name = w->to.name;
#ifdef F_SETPIPE_SZ
	if (fstat(w->to.fd, &st) == 0 && S_ISFIFO(st.st_mode))
		(void)fcntl(w->to.fd, F_SETPIPE_SZ, PIPE_SIZE);
#endif
	return 0;
}

/* Writes all of io[0 .. n-1]; modifies io. */
static int
put_all(struct cd_writer *w, struct iovec *io, int n, struct cd_err *e)
{
	double began;
	ssize_t k;

	while (n > 0) {
		began = cd_seconds();
		k = writev(w->to.fd, io, n < IOV_MAX ? n : IOV_MAX);
		w->waited += cd_seconds() - began;
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return cd_fail_errno(e, "%s: write", w->name);
		while (n > 0 && (size_t)k >= io->iov_len) {
			k -= (ssize_t)io->iov_len;
			io++;
			n--;
		}
		if (n > 0) {
			io->iov_base = (char *)io->iov_base + k;
			io->iov_len -= (size_t)k;
		}
	}
	return 0;
}

static struct iovec
piece(const void *p, size_t n)
{
	/* writev reads only; the cast goes through an integer because iovec
	 * serves readv too and has no const */
	return (struct iovec){ (void *)(uintptr_t)p, n };
}

int
cd_writer_head(struct cd_writer *w, const struct cd_head *head,
    struct cd_err *e)
{
	size_t n = head->text.len, padded = cd_round_up(n, CD_BLOCK);
	unsigned char h[CD_BLOCK] = { 0 };
	struct iovec io[3];
	uint32_t crc;

	if (cd_head_check(head, e) < 0)
		return -1;
	memcpy(h, CD_MAGIC, 8);
	cd_put16(h + HEAD_MAJOR, CD_MAJOR);
	cd_put16(h + HEAD_MINOR, CD_MINOR);
	cd_put32(h + HEAD_TEXT_SIZE, (uint32_t)n);
	crc = cd_crc(0, head->text.data, n);
	if (padded > n)
		crc = cd_crc(crc, zeros, padded - n);
	cd_put32(h + HEAD_TEXT_CRC, crc);
	cd_put32(h + HEAD_CRC, cd_crc(0, h, HEAD_CRC));
	w->checksum = cd_crc(0, h + HEAD_CRC, 4);
	w->shard = cd_head_count(head, "shard") > 0;
	io[0] = piece(h, sizeof h);
	io[1] = piece(head->text.data, n);
	io[2] = piece(zeros, padded - n);
	return put_all(w, io, 3, e);
}

static void
destroy(struct cd_writer *w)
{
	cd_save_abandon(&w->to);
	cd_buf_free(&w->front);
	free(w);
}

int
cd_writer_begin(struct cd_writer **out, const char *path, struct cd_err *e)
{
	struct cd_writer *w = cd_calloc(1, sizeof *w, e);

	*out = NULL;
	if (!w)
		return -1;
	w->to.fd = -1;
	if (open_output(w, path, e) < 0) {
		destroy(w);
		return -1;
	}
	*out = w;
	return 0;
}

int
cd_writer_open(struct cd_writer **out, const char *path,
    const struct cd_head *head, struct cd_err *e)
{
	if (cd_writer_begin(out, path, e) < 0)
		return -1;
	if (cd_writer_head(*out, head, e) == 0)
		return 0;
	destroy(*out);
	*out = NULL;
	return -1;
}

/* Is the payload the one that was read, with its tensors in place? */
static bool
payload_unchanged(const struct cd_rec *r, uint64_t size)
{
	const char *p = r->payload;
	int i;

	if (!p || size != r->payload_size)
		return false;
	for (i = 0; i < r->ntensors; i++) {
		if (r->tensor[i].data != p)
			return false;
		p += cd_round_up(r->tensor[i].size, CD_BLOCK);
	}
	return true;
}

/* Appends the payload's pieces to io; *crc = its CRC-32. */
static int
payload_pieces(const struct cd_rec *r, struct iovec *io, int *n, uint32_t *crc)
{
	int i;

	*crc = 0;
	for (i = 0; i < r->ntensors; i++) {
		const struct cd_tensor *t = &r->tensor[i];
		size_t pad = cd_round_up(t->size, CD_BLOCK) - t->size;

		if (t->size) {
			*crc = cd_crc(*crc, t->data, t->size);
			io[(*n)++] = piece(t->data, t->size);
		}
		if (pad) {
			*crc = cd_crc(*crc, zeros, pad);
			io[(*n)++] = piece(zeros, pad);
		}
	}
	return 0;
}

static int
put_tensor_front(struct cd_writer *w, const struct cd_tensor *t,
    struct cd_err *e)
{
	unsigned char b[4 + CD_NAME_MAX + 8 * CD_RANK_MAX];
	size_t name = strlen(t->name);
	uint64_t size;
	int i;

	if (name == 0 || name > CD_NAME_MAX)
		return cd_fail(e, "a tensor's name has %zu bytes", name);
	if (t->rank > CD_RANK_MAX)
		return cd_fail(e, "rank %d > %d", t->rank, CD_RANK_MAX);
	if (cd_tensor_size(t->dtype, t->rank, t->dim, &size) < 0 ||
	    size != t->size)
		return cd_fail(e, "'%s' has a size that its shape denies",
		    t->name);
	b[0] = (unsigned char)name;
	b[1] = (unsigned char)t->dtype;
	b[2] = (unsigned char)t->rank;
	b[3] = 0;
	memcpy(b + 4, t->name, name);
	for (i = 0; i < t->rank; i++)
		cd_put64(b + 4 + name + 8 * i, t->dim[i]);
	return cd_buf_add(&w->front, b, 4 + name + 8 * (size_t)t->rank, e);
}

/* Prefix (the payload's and its own checksum missing) and padded description,
 * into w->front. */
static int
put_front(struct cd_writer *w, const struct cd_rec *r, uint64_t *payload,
    struct cd_err *e)
{
	size_t key = r->key ? strlen(r->key) : 0, desc;
	struct cd_buf *b = &w->front;
	unsigned char *p;
	int i;

	b->len = 0;
	*payload = 0;
	if (key > CD_KEY_MAX || r->ntensors > CD_TENSORS_MAX)
		return cd_fail(e, "a key of %zu bytes, %d tensors: too many",
		    key, r->ntensors);
	if (cd_buf_add(b, zeros, CD_BLOCK, e) < 0 ||
	    cd_buf_add(b, r->key, key, e) < 0)
		return -1;
	for (i = 0; i < r->ntensors; i++) {
		if (put_tensor_front(w, &r->tensor[i], e) < 0)
			return -1;
		*payload += cd_round_up(r->tensor[i].size, CD_BLOCK);
	}
	desc = b->len - CD_BLOCK;
	if (desc > CD_DESC_MAX)
		return cd_fail(e, "a description of %zu bytes", desc);
	if (cd_buf_add(b, zeros, cd_round_up(desc, CD_BLOCK) - desc, e) < 0)
		return -1;
	p = b->data;
	cd_put32(p + REC_KIND, r->kind);
	cd_put32(p + REC_VIEW, r->view);
	cd_put64(p + REC_SEQ, w->seq);
	cd_put64(p + REC_EPOCH, r->epoch);
	cd_put64(p + REC_PAYLOAD_SIZE, *payload);
	cd_put32(p + REC_DESC_SIZE, (uint32_t)desc);
	cd_put32(p + REC_KEY_SIZE, (uint32_t)key);
	cd_put32(p + REC_NTENSORS, (uint32_t)r->ntensors);
	cd_put32(p + REC_DESC_CRC, cd_crc(0, p + CD_BLOCK, b->len - CD_BLOCK));
	return 0;
}

int
cd_writer_put(struct cd_writer *w, const struct cd_rec *r, struct cd_err *e)
{
	struct iovec io[IOV_MAX_HERE];
	unsigned char *p;
	uint64_t payload;
	uint32_t crc;
	int n = 1;

	if (w->shard)
		w->seq = r->seq;
	if (put_front(w, r, &payload, e) < 0)
		return cd_fail_at(e, "%s: record %llu", w->name,
		    (unsigned long long)w->count);
	if (payload_unchanged(r, payload)) {
		crc = r->payload_crc;
		io[n++] = piece(r->payload, (size_t)payload);
	} else {
		payload_pieces(r, io, &n, &crc);
	}
	p = w->front.data;
	cd_put32(p + REC_PAYLOAD_CRC, crc);
	cd_put32(p + REC_CRC, cd_crc(0, p, REC_CRC));
	w->checksum = cd_crc(w->checksum, p + REC_CRC, 4);
	io[0] = piece(p, w->front.len);
	w->count++;
	w->seq = r->kind == CD_MARK ? 0 : w->seq + 1;
	return put_all(w, io, n, e);
}

int
cd_writer_mark(struct cd_writer *w, uint64_t epoch, struct cd_err *e)
{
	struct cd_rec r;

	memset(&r, 0, offsetof(struct cd_rec, tensor));
	r.payload = NULL;
	r.kind = CD_MARK;
	r.epoch = epoch;
	r.seq = w->seq;
	r.key = "";
	return cd_writer_put(w, &r, e);
}

static int
put_end(struct cd_writer *w, uint64_t skipped, struct cd_err *e)
{
	unsigned char p[CD_BLOCK] = { 0 };
	struct iovec io = piece(p, sizeof p);

	cd_put32(p + REC_KIND, CD_END);
	cd_put64(p + END_COUNT, w->count);
	cd_put64(p + END_SKIPPED, skipped);
	cd_put32(p + END_CHECKSUM, w->checksum);
	cd_put32(p + REC_CRC, cd_crc(0, p, REC_CRC));
	return put_all(w, &io, 1, e);
}

double
cd_writer_waited(const struct cd_writer *w)
{
	return w->waited;
}

uint64_t
cd_writer_count(const struct cd_writer *w)
{
	return w->count;
}

int
cd_writer_close(struct cd_writer *w, uint64_t skipped, struct cd_err *e)
{
	int rc = put_end(w, skipped, e);

	if (rc == 0)
		rc = cd_save_commit(&w->to, e);
	destroy(w);
	return rc;
}

void
cd_writer_abandon(struct cd_writer *w)
{
	if (w)
		destroy(w);
}
