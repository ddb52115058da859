/* The reader and the writer: what is written is read; members; seeks; headers
 * that promise too much; records that may not be written. */
#include <sys/stat.h>

#include "base/num.h"
#include "rec/layout.h"
#include "unit/streams.h"

static struct cd_reader *
open_one(const char *path)
{
	char *paths[1] = { (char *)(uintptr_t)path };
	struct cd_err e = { "" };
	struct cd_reader *in = NULL;

	CHECK(cd_reader_open(&in, paths, 1, &e) == 0);
	CHECK_TEXT(e.msg, "");
	return in;
}

static void
test_read_back(void)
{
	const char *path = scratch_file();
	const struct cd_tensor *t;
	const struct cd_rec *r;
	struct cd_err e = { "" };
	struct cd_reader *in;
	int i;

	write_samples(path);
	in = open_one(path);
	CHECK(cd_head_is(cd_reader_head(in), "holds", "samples"));
	CHECK(cd_head_count(cd_reader_head(in), "class") == 2);
	for (i = 0; i < 10; i++) {
		CHECK(cd_reader_next(in, &r, &e) == 1);
		CHECK(r->number == (uint64_t)i);
		CHECK(r->seq == (uint64_t)i % 5);
		CHECK(r->epoch == (uint64_t)i / 5);
		CHECK(r->view == 0);
		CHECK(r->offset % 64 == 0);
		if (i % 5 == 4) {
			CHECK(r->kind == CD_MARK);
			CHECK(r->ntensors == 0);
			CHECK_TEXT(r->key, "");
			continue;
		}
		CHECK(r->kind == CD_SAMPLE);
		t = cd_rec_want(r, "image", CD_U8, 3, &e);
		CHECK(t && t->dim[0] == (uint64_t)(4 * (i % 5) + 1));
		CHECK(t && (uintptr_t)t->data % 64 == 0);
		CHECK(t &&
		    ((const unsigned char *)t->data)[1] ==
			37 + (i % 5 == 3 ? -1 : i % 5));
		CHECK((cd_rec_find(r, "label") == NULL) == (i % 5 == 3));
		CHECK((cd_rec_label(r, 9, &e) == -1) == (i % 5 == 3));
	}
	CHECK(cd_reader_next(in, &r, &e) == 0);
	CHECK(r == NULL);
	CHECK(cd_reader_next(in, &r, &e) == 0); /* and stays there */
	CHECK_TEXT(e.msg, "");
	CHECK(cd_reader_count(in) == 10);
	CHECK(cd_reader_skipped(in) == 3);
	CHECK(cd_reader_members(in) == 1);
	cd_reader_close(in);
	unlink(path);
}

/* What is read and written again has the same bytes. */
static void
test_copy(void (*write_it)(const char *))
{
	const char *path = scratch_file(), *copy = scratch_file();
	unsigned char *a, *b;
	const struct cd_rec *r;
	struct cd_err e = { "" };
	struct cd_head h = { .text = { NULL, 0, 0 } };
	struct cd_reader *in;
	struct cd_writer *out;
	size_t n, m;

	write_it(path);
	in = open_one(path);
	CHECK(cd_head_copy(&h, cd_reader_head(in), &e) == 0);
	out = begin(copy, &h);
	while (cd_reader_next(in, &r, &e) == 1)
		CHECK(cd_writer_put(out, r, &e) == 0);
	finish(out, cd_reader_skipped(in));
	CHECK_TEXT(e.msg, "");
	cd_reader_close(in);
	a = slurp(path, &n);
	b = slurp(copy, &m);
	CHECK(n == m && memcmp(a, b, n) == 0);
	free(a);
	free(b);
	unlink(path);
	unlink(copy);
}

/* Data that was changed gets a new checksum, data that was not keeps its. */
static void
test_change(void)
{
	const char *path = scratch_file(), *copy = scratch_file();
	struct cd_head h = { .text = { NULL, 0, 0 } };
	const struct cd_rec *r;
	struct cd_err e = { "" };
	struct cd_reader *in;
	struct cd_writer *out;
	struct cd_rec mine;
	unsigned char pixels[3] = { 9, 8, 7 };
	int status;

	write_samples(path);
	in = open_one(path);
	CHECK(cd_head_copy(&h, cd_reader_head(in), &e) == 0);
	out = begin(copy, &h);
	CHECK(cd_reader_next(in, &r, &e) == 1);
	mine = *r;
	mine.tensor[0].data = pixels;
	CHECK(cd_writer_put(out, &mine, &e) == 0);
	mine = *r; /* a tensor less: the payload is another */
	mine.ntensors = 1;
	CHECK(cd_writer_put(out, &mine, &e) == 0);
	finish(out, 0);
	cd_reader_close(in);
	CHECK(read_all(copy, &status, &e) == 2);
	CHECK(status == 0);
	unlink(path);
	unlink(copy);
}

static void
test_members(void)
{
	const char *a = scratch_file(), *b = scratch_file();
	unsigned char *p, *twice;
	struct cd_err e = { "" };
	struct cd_reader *in;
	const struct cd_rec *r;
	size_t n;
	int status;
	char *paths[3];

	write_samples(a);
	p = slurp(a, &n);
	twice = malloc(2 * n);
	memcpy(twice, p, n);
	memcpy(twice + n, p, n);
	spill(b, twice, 2 * n);
	CHECK(read_all(b, &status, &e) == 20 && status == 0);

	/* operands are members too */
	paths[0] = (char *)(uintptr_t)a;
	paths[1] = (char *)(uintptr_t)b;
	paths[2] = (char *)(uintptr_t)a;
	CHECK(cd_reader_open(&in, paths, 3, &e) == 0);
	while (cd_reader_next(in, &r, &e) == 1)
		CHECK(r->file == (r->number < 10 ? 0 : r->number < 30 ? 1 : 2));
	CHECK(cd_reader_members(in) == 4);
	CHECK(cd_reader_count(in) == 40);
	CHECK(cd_reader_skipped(in) == 12);
	cd_reader_close(in);

	/* those that disagree, and one that is empty, are refused */
	write_model(b);
	CHECK(cd_reader_open(&in, paths, 2, &e) == 0);
	do
		status = cd_reader_next(in, &r, &e);
	while (status == 1);
	CHECK(status < 0 && strstr(e.msg, "'samples' there, 'model' here"));
	/* a reader that has failed does not go on */
	CHECK(cd_reader_next(in, &r, &e) < 0);
	cd_reader_close(in);
	spill(b, "", 0);
	e.msg[0] = '\0';
	CHECK(cd_reader_open(&in, paths, 2, &e) == 0);
	do
		status = cd_reader_next(in, &r, &e);
	while (status == 1);
	CHECK(status < 0 && strstr(e.msg, "empty"));
	cd_reader_close(in);
	free(p);
	free(twice);
	unlink(a);
	unlink(b);
}

/* Records read again in another order; from a file that changed meanwhile. */
static void
test_seek(void)
{
	const char *path = scratch_file();
	uint64_t offset[10], first[10];
	const struct cd_rec *r;
	struct cd_err e = { "" };
	struct cd_reader *in;
	int i, n = 0;

	write_samples(path);
	in = open_one(path);
	CHECK(cd_reader_seekable(in));
	while (cd_reader_next_head(in, &r, &e) == 1) {
		offset[n] = r->offset;
		CHECK(r->ntensors == 0 || r->tensor[0].data == NULL);
		/* the payload of every second one is wanted */
		if (n % 2 == 0)
			CHECK(cd_reader_payload(in, &e) == 0);
		first[n++] = r->payload_size;
	}
	CHECK_TEXT(e.msg, "");
	CHECK(n == 10);
	for (i = 9; i >= 0; i--) {
		CHECK(cd_reader_at(in, 0, offset[i], &r, &e) == 0);
		CHECK(r->epoch == (uint64_t)i / 5);
		CHECK(r->seq == (uint64_t)i % 5);
		CHECK(r->payload_size == first[i]);
		CHECK((r->kind == CD_MARK) == (i % 5 == 4));
	}
	CHECK(truncate(path, (off_t)offset[9]) == 0);
	CHECK(cd_reader_at(in, 0, offset[9], &r, &e) < 0);
	CHECK(strstr(e.msg, "at byte") != NULL);
	cd_reader_close(in);
	unlink(path);
}

/* A record of one byte, and its place: to be changed and sealed again. */
static unsigned char *
one_record(size_t *size, unsigned char **prefix)
{
	const char *path = scratch_file();
	struct cd_head h = { .text = { NULL, 0, 0 } };
	struct cd_writer *w;
	unsigned char *p;

	add_line(&h, "holds", "samples");
	w = begin(path, &h);
	put_sample(w, "k", 0, -1, 1);
	finish(w, 0);
	p = slurp(path, size);
	*prefix = p + 128;
	unlink(path);
	return p;
}

static void
seal(unsigned char *prefix)
{
	cd_put32(prefix + REC_DESC_CRC, cd_crc(0, prefix + 64, 64));
	cd_put32(prefix + REC_CRC, cd_crc(0, prefix, REC_CRC));
}

/* Sizes that are sealed but not to be believed: refused without making room
 * for them (tests/formats.bats runs the like under ulimit -v). */
static void
test_hostile(void)
{
	static const struct {
		int at, bytes;
		uint64_t value;
		const char *says;
	} cases[] = {
		{ REC_PAYLOAD_SIZE, 8, UINT64_MAX, "a payload of" },
		{ REC_PAYLOAD_SIZE, 8, CD_PAYLOAD_MAX + 64, "a payload of" },
		{ REC_PAYLOAD_SIZE, 8, CD_PAYLOAD_MAX, "the tensors have" },
		{ REC_PAYLOAD_SIZE, 8, 0, "the tensors have" },
		{ REC_PAYLOAD_SIZE, 8, 63, "the tensors have" },
		{ REC_DESC_SIZE, 4, UINT32_MAX, "a description of" },
		{ REC_DESC_SIZE, 4, CD_DESC_MAX + 1, "a description of" },
		{ REC_DESC_SIZE, 4, CD_DESC_MAX, "cut" },
		{ REC_DESC_SIZE, 4, 0, "checksum" },
		{ REC_KEY_SIZE, 4, UINT32_MAX, "the key" },
		{ REC_KEY_SIZE, 4, CD_KEY_MAX, "the key" },
		{ REC_KEY_SIZE, 4, 35, "malformed" },
		{ REC_NTENSORS, 4, UINT32_MAX, "tensors" },
		{ REC_NTENSORS, 4, CD_TENSORS_MAX + 1, "tensors" },
		{ REC_NTENSORS, 4, 2, "malformed" },
		{ REC_NTENSORS, 4, 0, "too many" },
		{ 64 + 1, 1, 0, "malformed" }, /* name's length */
		{ 64 + 1, 1, 255, "malformed" },
		{ 64 + 2, 1, 0, "unknown element type" },
		{ 64 + 2, 1, 6, "unknown element type" },
		{ 64 + 2, 1, CD_F64, "" }, /* 24 bytes: still 64 */
		{ 64 + 3, 1, 9, "rank 9" },
		{ 64 + 3, 1, 255, "rank 255" },
		{ 64 + 3, 1, 4, "malformed" },
		{ 64 + 4, 1, 1, "malformed" },
		{ 64 + 10, 8, UINT64_MAX, "more than" },
		{ 64 + 10, 8, UINT64_MAX / 3 + 1, "more than" },
		{ 64 + 10, 8, 100, "the tensors have 320 bytes" },
		{ 64 + 10, 8, 0, "the tensors have 0 bytes" },
	};
	const char *path = scratch_file();
	unsigned char *p, *prefix, *copy, *at;
	struct cd_err e;
	size_t n, i;
	int status, k;

	p = one_record(&n, &prefix);
	copy = malloc(n);
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		memcpy(copy, p, n);
		at = copy + (prefix - p) + cases[i].at;
		for (k = 0; k < cases[i].bytes; k++)
			at[k] = (unsigned char)(cases[i].value >> 8 * k);
		seal(copy + (prefix - p));
		spill(path, copy, n);
		read_all(path, &status, &e);
		/* only a payload of the same size gets as far as END */
		if (!strstr(e.msg, *cases[i].says ? cases[i].says : "END's"))
			printf("case %d: %s\n", (int)i, e.msg);
		CHECK(status < 0);
		CHECK(strstr(e.msg, *cases[i].says ? cases[i].says : "END's"));
	}
	free(p);
	free(copy);
	unlink(path);
}

static void
test_limit(void)
{
	const char *path = scratch_file();
	const struct cd_rec *r;
	struct cd_err e = { "" };
	struct cd_reader *in;

	write_samples(path);
	in = open_one(path);
	cd_reader_limit(in, 128);
	CHECK(cd_reader_next(in, &r, &e) == 1);
	CHECK(cd_reader_next(in, &r, &e) < 0);
	CHECK(strstr(e.msg, "record 1: at byte"));
	CHECK(strstr(e.msg, "more than 128"));
	cd_reader_close(in);
	unlink(path);
}

static void
refuses(struct cd_writer *w, const struct cd_rec *r, const char *says)
{
	struct cd_err e = { "" };

	CHECK(cd_writer_put(w, r, &e) < 0);
	CHECK(strstr(e.msg, says) != NULL);
}

/* Nothing is written that a reader would refuse. */
static void
test_writer_limits(void)
{
	static char long_key[CD_KEY_MAX + 2];
	const char *path = scratch_file();
	struct cd_head h = { .text = { NULL, 0, 0 } };
	uint64_t dim[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	struct cd_rec r = { .kind = CD_SAMPLE, .key = "k" }, bad;
	struct cd_err e = { "" };
	struct cd_writer *w;

	add_line(&h, "holds", "samples");
	w = begin(path, &h);
	memset(long_key, 'k', CD_KEY_MAX + 1);
	bad = r;
	bad.key = long_key;
	refuses(w, &bad, "a key of 4097 bytes");
	bad = r;
	cd_rec_add(&bad, "", CD_U8, 0, NULL, "x");
	refuses(w, &bad, "name");
	bad = r;
	cd_rec_add(&bad, long_key, CD_U8, 0, NULL, "x");
	refuses(w, &bad, "name");
	bad = r;
	cd_rec_add(&bad, "x", CD_U8, 1, dim, "x");
	bad.tensor[0].size = 2;
	refuses(w, &bad, "shape");
	bad = r;
	dim[0] = UINT64_MAX;
	cd_rec_add(&bad, "x", CD_F64, 1, dim, "x");
	refuses(w, &bad, "shape");
	cd_writer_abandon(w);

	/* a header that is none */
	CHECK(cd_writer_open(&w, path, &h, &e) < 0);
	CHECK(w == NULL);
	CHECK(strstr(e.msg, "header") != NULL);
	unlink(path);
}

/* Only cd_writer_close puts the file there. */
static void
test_abandon(void)
{
	const char *path = scratch_file();
	struct cd_head h = { .text = { NULL, 0, 0 } };
	struct cd_writer *w;
	struct stat st;

	unlink(path);
	add_line(&h, "holds", "samples");
	w = begin(path, &h);
	put_sample(w, "k", 0, -1, 1);
	CHECK(stat(path, &st) < 0);
	cd_writer_abandon(w);
	CHECK(stat(path, &st) < 0);

	/* and the old one stays whole */
	write_model(path);
	add_line(&h, "holds", "samples");
	w = begin(path, &h);
	put_sample(w, "k", 0, -1, 1);
	cd_writer_abandon(w);
	CHECK(stat(path, &st) == 0 && st.st_size > 192);
	unlink(path);
}

/* A pipe cannot seek: payloads that nobody wants are read, and checked. */
static void
test_pipe(void)
{
	const char *path = scratch_file();
	const struct cd_rec *r;
	struct cd_err e = { "" };
	struct cd_reader *in;
	unsigned char *p;
	int fd[2], n = 0;
	size_t size;

	write_samples(path);
	p = slurp(path, &size);
	p[size - 200] ^= 1; /* the last sample's payload */
	CHECK(pipe(fd) == 0);
	CHECK(write(fd[1], p, size) == (ssize_t)size);
	close(fd[1]);
	CHECK(dup2(fd[0], STDIN_FILENO) == STDIN_FILENO);
	close(fd[0]);
	CHECK(cd_reader_open(&in, NULL, 0, &e) == 0);
	CHECK(!cd_reader_seekable(in));
	CHECK(cd_reader_next_head(in, &r, &e) == 1);
	CHECK(cd_reader_payload(in, &e) == 0);
	CHECK(cd_reader_payload(in, &e) == 0); /* twice is once */
	/* what a command finds wrong with a record */
	cd_fail(&e, "I do not like it");
	CHECK(cd_reader_blame(in, &e) == -1);
	CHECK_TEXT(e.msg,
	    "standard input: record 0 (cat.0.jpg): I do not like it");
	e.msg[0] = '\0';
	while (cd_reader_next_head(in, &r, &e) == 1)
		n++;
	CHECK(n == 8);
	CHECK(strstr(e.msg, "standard input: record 8 (dog.1.jpg): at byte "));
	cd_reader_close(in);
	free(p);
	unlink(path);
}

int
main(void)
{
	test_read_back();
	test_copy(write_samples);
	test_copy(write_model);
	test_change();
	test_members();
	test_seek();
	test_hostile();
	test_limit();
	test_writer_limits();
	test_abandon();
	test_pipe();
	return CHECK_DONE();
}
