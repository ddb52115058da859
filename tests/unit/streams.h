/* Streams for unit programs to read, written by the library. */
#ifndef CD_TESTS_UNIT_STREAMS_H
#define CD_TESTS_UNIT_STREAMS_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rec/rec.h"
#include "unit/check.h"

/* A new, empty file in /tmp; the caller unlinks it. The name is valid for seven
 * more calls. */
static inline const char *
scratch_file(void)
{
	static char names[8][64];
	static int n;
	char *name = names[n++ % 8];
	int fd;

	snprintf(name, sizeof names[0], "/tmp/cd-unit.XXXXXX");
	fd = mkstemp(name);
	if (fd < 0) {
		perror(name);
		exit(2);
	}
	close(fd);
	return name;
}

static inline void
add_line(struct cd_head *h, const char *name, const char *value)
{
	struct cd_err e = { "" };

	CHECK(cd_head_add(h, name, value, &e) == 0);
}

/* Ends the stream; failures count as checks. */
static inline void
finish(struct cd_writer *w, uint64_t skipped)
{
	struct cd_err e = { "" };

	CHECK(cd_writer_close(w, skipped, &e) == 0);
	CHECK_TEXT(e.msg, "");
}

static inline struct cd_writer *
begin(const char *path, struct cd_head *h)
{
	struct cd_err e = { "" };
	struct cd_writer *w = NULL;

	CHECK(cd_writer_open(&w, path, h, &e) == 0);
	CHECK_TEXT(e.msg, "");
	cd_head_free(h);
	return w;
}

static inline void
put_sample(struct cd_writer *w, const char *key, uint64_t epoch, int32_t label,
    uint64_t side)
{
	unsigned char pixels[32 * 32 * 3];
	uint64_t dim[3] = { side, side, 3 }, i;
	struct cd_rec r = { .kind = CD_SAMPLE, .key = key, .epoch = epoch };
	struct cd_err e = { "" };

	for (i = 0; i < side * side * 3; i++)
		pixels[i] = (unsigned char)(i * 37 + (uint64_t)label);
	cd_rec_add(&r, "image", CD_U8, 3, dim, pixels);
	if (label >= 0)
		cd_rec_add(&r, "label", CD_I32, 0, NULL, &label);
	CHECK(cd_writer_put(w, &r, &e) == 0);
}

/* Samples of two epochs, with pictures of several sizes, about 6 KB. */
static inline void
write_samples(const char *path)
{
	static const char *const keys[] = { "cat.0.jpg", "dog.0.jpg",
		"Cat/K\xc3\xa4tzchen.jpg", "dog.1.jpg" };
	struct cd_head h = { .text = { NULL, 0, 0 } };
	struct cd_err e = { "" };
	struct cd_writer *w;
	uint64_t epoch;
	int i;

	add_line(&h, "holds", "samples");
	add_line(&h, "class", "cat");
	add_line(&h, "class", "dog");
	add_line(&h, "epochs", "2");
	add_line(&h, "made", "unit 1");
	w = begin(path, &h);
	for (epoch = 0; epoch < 2; epoch++) {
		for (i = 0; i < 4; i++)
			put_sample(w, keys[i], epoch, i - (i == 3) * 4,
			    (uint64_t)(4 * i + 1));
		CHECK(cd_writer_mark(w, epoch, &e) == 0);
	}
	finish(w, 3);
}

/* A model of two parameters with their state. */
static inline void
write_model(const char *path)
{
	float weight[2 * 12], bias[2] = { 0.5f, -0.25f };
	uint64_t wdim[2] = { 12, 2 }, bdim[1] = { 2 };
	struct cd_rec w = { .kind = CD_PARAMETER, .key = "dense1/weight" };
	struct cd_rec b = { .kind = CD_PARAMETER, .key = "dense1/bias" };
	struct cd_head h = { .text = { NULL, 0, 0 } };
	struct cd_err e = { "" };
	struct cd_writer *out;
	int i;

	for (i = 0; i < 24; i++)
		weight[i] = (float)(i - 12) / 7;
	add_line(&h, "holds", "model");
	add_line(&h, "net", "input 2 2 3");
	add_line(&h, "net", "flatten");
	add_line(&h, "net", "dense 2");
	add_line(&h, "net", "loss softmax");
	out = begin(path, &h);
	cd_rec_add(&w, "value", CD_F32, 2, wdim, weight);
	cd_rec_add(&w, "square", CD_F32, 2, wdim, weight);
	cd_rec_add(&b, "value", CD_F32, 1, bdim, bias);
	cd_rec_add(&b, "square", CD_F32, 1, bdim, bias);
	CHECK(cd_writer_put(out, &w, &e) == 0);
	CHECK(cd_writer_put(out, &b, &e) == 0);
	finish(out, 0);
}

/* The contents of a file; free() it. */
static inline unsigned char *
slurp(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	unsigned char *p;
	long n;

	if (!f || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0) {
		perror(path);
		exit(2);
	}
	rewind(f);
	p = malloc((size_t)n + 1);
	*size = p ? fread(p, 1, (size_t)n, f) : 0;
	CHECK(*size == (size_t)n);
	fclose(f);
	return p;
}

static inline void
spill(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0) {
		perror(path);
		exit(2);
	}
}

/* Reads the stream at path (NULL: standard input) to its end. Returns the
 * number of records; *r is the last result of cd_reader_next, or that of
 * cd_reader_open; e has the message. */
static inline uint64_t
read_all(const char *path, int *r, struct cd_err *e)
{
	char *paths[1] = { (char *)(uintptr_t)path };
	const struct cd_rec *rec;
	struct cd_reader *in;
	uint64_t n = 0;

	e->msg[0] = '\0';
	*r = cd_reader_open(&in, paths, path ? 1 : 0, e);
	if (*r < 0)
		return 0;
	while ((*r = cd_reader_next(in, &rec, e)) == 1)
		n++;
	cd_reader_close(in);
	return n;
}

#endif
