/* Every cut and every flipped bit of a small stream and of a small model is
 * found, in a file and in a pipe, with a message that says where. */
#include <fcntl.h>

#include "unit/streams.h"

struct victim {
	unsigned char *bytes;
	size_t size;
	uint64_t begin[64]; /* of each record, then of END */
	int n;
};

static void
load(struct victim *v, void (*write_it)(const char *))
{
	const char *path = scratch_file();
	char *paths[1] = { (char *)(uintptr_t)path };
	const struct cd_rec *rec;
	struct cd_err e = { "" };
	struct cd_reader *in;

	memset(v, 0, sizeof *v);
	write_it(path);
	v->bytes = slurp(path, &v->size);
	CHECK(cd_reader_open(&in, paths, 1, &e) == 0);
	while (cd_reader_next(in, &rec, &e) == 1)
		v->begin[v->n++] = rec->offset;
	CHECK_TEXT(e.msg, "");
	cd_reader_close(in);
	v->begin[v->n] = v->size - 64;
	unlink(path);
}

/* How many records end at or before this byte. */
static uint64_t
whole_before(const struct victim *v, size_t at)
{
	uint64_t n = 0;

	while (n < (uint64_t)v->n && v->begin[n + 1] <= at)
		n++;
	return n;
}

/* Puts n bytes into a pipe that becomes standard input. */
static void
feed(const unsigned char *p, size_t n)
{
	int fd[2];

	CHECK(pipe(fd) == 0);
	CHECK(write(fd[1], p, n) == (ssize_t)n);
	close(fd[1]);
	CHECK(dup2(fd[0], STDIN_FILENO) == STDIN_FILENO);
	close(fd[0]);
}

/* What was damaged at this byte gives the records before it and then fails. */
static void
refused(const struct victim *v, const char *path, size_t at)
{
	struct cd_err e;
	uint64_t n;
	int r;

	n = read_all(path, &r, &e);
	CHECK(r < 0);
	CHECK(n == whole_before(v, at));
	CHECK(strstr(e.msg, ": record ") != NULL);
	CHECK(strstr(e.msg, ": at byte ") != NULL);
	if (n < (uint64_t)v->n && at >= v->begin[0]) {
		char where[32];

		snprintf(where, sizeof where, "record %d", (int)n);
		CHECK(strstr(e.msg, where) != NULL);
	}
}

static void
cut_everywhere(const struct victim *v, const char *path)
{
	size_t at;

	spill(path, v->bytes, v->size);
	for (at = v->size; at-- > 0;) {
		CHECK(truncate(path, (off_t)at) == 0);
		refused(v, path, at);
		feed(v->bytes, at);
		refused(v, NULL, at);
	}
}

/* A cut is also found where payloads are passed over by seeking. */
static void
cut_unread(const struct victim *v, const char *path)
{
	char *paths[1] = { (char *)(uintptr_t)path };
	const struct cd_rec *rec;
	struct cd_reader *in;
	size_t at;
	int r;

	spill(path, v->bytes, v->size);
	for (at = v->size; at-- > 0;) {
		struct cd_err e = { "" };

		CHECK(truncate(path, (off_t)at) == 0);
		r = cd_reader_open(&in, paths, 1, &e);
		while (r >= 0 && (r = cd_reader_next_head(in, &rec, &e)) == 1)
			CHECK(rec->tensor[0].data == NULL);
		CHECK(r < 0);
		CHECK(strstr(e.msg, ": at byte ") != NULL);
		cd_reader_close(in);
	}
}

static void
flip_everywhere(const struct victim *v, const char *path)
{
	int fd, bit;
	size_t at;

	spill(path, v->bytes, v->size);
	fd = open(path, O_WRONLY);
	for (at = 0; at < v->size; at++)
		for (bit = 0; bit < 8; bit++) {
			unsigned char b = v->bytes[at];

			b ^= (unsigned char)(1 << bit);
			CHECK(pwrite(fd, &b, 1, (off_t)at) == 1);
			refused(v, path, at);
			CHECK(pwrite(fd, v->bytes + at, 1, (off_t)at) == 1);
		}
	close(fd);
}

static void
damage(void (*write_it)(const char *))
{
	const char *path = scratch_file();
	struct victim v;
	struct cd_err e;
	int r;

	load(&v, write_it);
	feed(v.bytes, v.size);
	CHECK(read_all(NULL, &r, &e) == (uint64_t)v.n && r == 0);
	cut_everywhere(&v, path);
	cut_unread(&v, path);
	flip_everywhere(&v, path);
	/* put back as it was, it reads */
	CHECK(read_all(path, &r, &e) == (uint64_t)v.n && r == 0);
	free(v.bytes);
	unlink(path);
}

int
main(void)
{
	damage(write_samples);
	damage(write_model);
	return CHECK_DONE();
}
