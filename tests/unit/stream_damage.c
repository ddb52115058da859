/* Every cut and every flipped bit of a small stream and of a small model is
 * found, in a file and in a pipe, with a message that says where; and 2000
 * random damages of each, or as many as the argument says. */
#include <fcntl.h>

#include "base/rng.h"

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

enum {
	RUN_MAX = 400, /* bytes of a random damage */
};

/* Changes n bytes at p, with room for RUN_MAX more: a run is overwritten, lost,
 * put in, repeated, or exchanged with another. Returns the new size. */
static size_t
spoil(unsigned char *p, size_t n, struct cd_rng *r)
{
	size_t run = 1 + cd_rng_below(r, RUN_MAX), at, other, i;
	unsigned char b;

	if (run > n / 3)
		run = n / 3;
	at = cd_rng_below(r, (uint32_t)(n - run));
	switch (cd_rng_below(r, 5)) {
	case 0:
		for (i = 0; i < run; i++)
			p[at + i] = (unsigned char)cd_rng_below(r, 256);
		return n;
	case 1:
		memmove(p + at, p + at + run, n - at - run);
		return n - run;
	case 2:
		memmove(p + at + run, p + at, n - at);
		for (i = 0; i < run; i++)
			p[at + i] = (unsigned char)cd_rng_below(r, 256);
		return n + run;
	case 3:
		memmove(p + at + run, p + at, n - at);
		return n + run;
	default:
		other = cd_rng_below(r, (uint32_t)(n - run));
		for (i = 0; i < run; i++) {
			b = p[at + i];
			p[at + i] = p[other + i];
			p[other + i] = b;
		}
		return n;
	}
}

static void
spoil_at_random(const struct victim *v, long times)
{
	unsigned char *copy = malloc(v->size + RUN_MAX);
	struct cd_err e;
	struct cd_rng r;
	size_t n;
	int got;

	cd_rng_start(&r, 5, 0, v->size, CD_RNG_TEST);
	while (times-- > 0) {
		memcpy(copy, v->bytes, v->size);
		n = spoil(copy, v->size, &r);
		if (n == v->size && memcmp(copy, v->bytes, n) == 0)
			continue;
		feed(copy, n);
		read_all(NULL, &got, &e);
		CHECK(got < 0 && strstr(e.msg, ": at byte ") != NULL);
	}
	free(copy);
}

static void
damage(void (*write_it)(const char *), long times)
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
	spoil_at_random(&v, times);
	/* put back as it was, it reads */
	CHECK(read_all(path, &r, &e) == (uint64_t)v.n && r == 0);
	free(v.bytes);
	unlink(path);
}

int
main(int argc, char **argv)
{
	long times = argc > 1 ? strtol(argv[1], NULL, 10) : 2000;

	damage(write_samples, times);
	damage(write_model, times);
	return CHECK_DONE();
}
