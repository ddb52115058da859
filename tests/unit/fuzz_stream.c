/* The fuzz target without libFuzzer: all vectors, and changes of them with
 * repaired checksums. `fuzz_stream N` makes N changes instead of 20,000;
 * `fuzz_stream FILE ...` runs inputs that a fuzzer found. */
#include <dirent.h>
#include <stdlib.h>

#include "base/rng.h"
#include "fuzz/stream.c"
#include "unit/check.h"

enum {
	INPUT_MAX = 64 << 10,
	VECTORS_MAX = 512,
};

static struct input {
	unsigned char *bytes; /* behind a byte for the mode */
	size_t size;
} vectors[VECTORS_MAX];
static uint32_t nvectors;

static struct input
load(const char *path, size_t before)
{
	FILE *f = fopen(path, "rb");
	struct input in = { malloc(INPUT_MAX + before), 0 };

	if (!f || !in.bytes) {
		perror(path);
		exit(2);
	}
	in.size = fread(in.bytes + before, 1, INPUT_MAX, f) + before;
	fclose(f);
	return in;
}

static void
run(struct input *in, int mode)
{
	in->bytes[0] = (unsigned char)mode;
	CHECK(LLVMFuzzerTestOneInput(in->bytes, in->size) == 0);
}

static void
load_vectors(const char *dir)
{
	struct dirent *entry;
	char path[1024];
	DIR *d = opendir(dir);

	if (!d) {
		perror(dir);
		exit(2);
	}
	while ((entry = readdir(d)) && nvectors < VECTORS_MAX) {
		if (!strstr(entry->d_name, ".t"))
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
		vectors[nvectors++] = load(path, 1);
	}
	closedir(d);
}

/* A number that a size field would mind. */
static uint64_t
odd_number(struct cd_rng *r)
{
	uint64_t v = UINT64_C(1) << cd_rng_below(r, 64);

	switch (cd_rng_below(r, 4)) {
	case 0:
		return v - 1;
	case 1:
		return v + 1;
	case 2:
		return 0 - v;
	}
	return v;
}

/* Changes a few places: a bit, a byte, a field, or bytes moved. */
static void
change(struct input *in, struct cd_rng *r)
{
	uint32_t n = (uint32_t)in->size - 1, at, len, i;
	unsigned char *p = in->bytes + 1;
	uint64_t v;

	for (i = cd_rng_below(r, 4); n > 8 && i < 4; i++) {
		at = cd_rng_below(r, n - 8);
		switch (cd_rng_below(r, 5)) {
		case 0:
			p[at] ^= (unsigned char)(1 << cd_rng_below(r, 8));
			break;
		case 1:
			p[at] = (unsigned char)cd_rng_u32(r);
			break;
		case 2:
			at &= ~3u;
			v = odd_number(r);
			cd_put32(p + at, (uint32_t)v);
			if (v >> 32)
				cd_put64(p + at, v);
			break;
		case 3: /* a small number, where sizes are likely */
			cd_put32(p + (at & ~3u), cd_rng_below(r, 300));
			break;
		case 4:
			len = cd_rng_below(r, n - at);
			memmove(p + at, p + cd_rng_below(r, n - len), len);
			break;
		}
	}
}

static void
run_changes(uint32_t count)
{
	struct input in = { malloc(INPUT_MAX + 1), 0 }, *from;
	struct cd_rng r;
	uint32_t i;

	for (i = 0; i < count; i++) {
		cd_rng_start(&r, 1, i, 0, CD_RNG_TEST);
		from = &vectors[cd_rng_below(&r, nvectors)];
		memcpy(in.bytes, from->bytes, from->size);
		in.size = from->size;
		change(&in, &r);
		run(&in, in.bytes[1] == 's' ? 2 : i % 8 > 0);
	}
	free(in.bytes);
}

int
main(int argc, char **argv)
{
	uint32_t count = 20000, i;
	struct input in;
	int k;

	if (argc > 1 && argv[1][strspn(argv[1], "0123456789")]) {
		for (k = 1; k < argc; k++) {
			in = load(argv[k], 0);
			CHECK(LLVMFuzzerTestOneInput(in.bytes, in.size) == 0);
			free(in.bytes);
		}
		return CHECK_DONE();
	}
	if (argc > 1)
		count = (uint32_t)strtoul(argv[1], NULL, 10);
	load_vectors("formats/vectors");
	for (i = 0; i < nvectors; i++)
		for (k = 0; k < 3; k++)
			run(&vectors[i], k);
	run_changes(count);
	for (i = 0; i < nvectors; i++)
		free(vectors[i].bytes);
	return CHECK_DONE();
}
