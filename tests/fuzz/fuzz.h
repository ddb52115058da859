/* What the fuzz targets share: streams whose checksums are put right, so that
 * what lies behind them is reached, and standard input made of bytes. */
#ifndef CD_TESTS_FUZZ_FUZZ_H
#define CD_TESTS_FUZZ_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "rec/layout.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* Puts the checksums of the file header at p right; its size, or 0 where it
 * does not fit. */
static inline size_t
seal_header(unsigned char *p, size_t n)
{
	size_t text;

	if (n < CD_BLOCK)
		return 0;
	text = cd_round_up(cd_get32(p + HEAD_TEXT_SIZE), CD_BLOCK);
	memcpy(p, CD_MAGIC, 8);
	if (text <= n - CD_BLOCK)
		cd_put32(p + HEAD_TEXT_CRC, cd_crc(0, p + CD_BLOCK, text));
	cd_put32(p + HEAD_CRC, cd_crc(0, p, HEAD_CRC));
	return text <= n - CD_BLOCK ? CD_BLOCK + text : 0;
}

/* The same for a record. */
static inline size_t
seal_record(unsigned char *p, size_t n)
{
	size_t desc = cd_round_up(cd_get32(p + REC_DESC_SIZE), CD_BLOCK);
	uint64_t payload = cd_get64(p + REC_PAYLOAD_SIZE);
	size_t size = 0;

	n -= CD_BLOCK;
	if (desc <= n) {
		cd_put32(p + REC_DESC_CRC, cd_crc(0, p + CD_BLOCK, desc));
		n -= desc;
		if (payload <= n) {
			cd_put32(p + REC_PAYLOAD_CRC,
			    cd_crc(0, p + CD_BLOCK + desc, payload));
			size = CD_BLOCK + desc + (size_t)payload;
		}
	}
	cd_put32(p + REC_CRC, cd_crc(0, p, REC_CRC));
	return size;
}

/* Walks over the stream as a reader would, as far as its sizes lead. */
static inline void
seal_stream(unsigned char *p, size_t n)
{
	size_t at = 0, step = 1;
	uint64_t count = 0;
	uint32_t sum = 0;
	int in_member = 0;

	for (; at + CD_BLOCK <= n && step > 0; at += step) {
		unsigned char *b = p + at;

		if (!in_member) {
			step = seal_header(b, n - at);
			sum = cd_crc(0, b + HEAD_CRC, 4);
			count = 0;
			in_member = 1;
		} else if (cd_get32(b + REC_KIND) == CD_END) {
			cd_put64(b + END_COUNT, count);
			cd_put32(b + END_CHECKSUM, sum);
			cd_put32(b + REC_CRC, cd_crc(0, b, REC_CRC));
			step = CD_BLOCK;
			in_member = 0;
		} else {
			step = seal_record(b, n - at);
			sum = cd_crc(sum, b + REC_CRC, 4);
			count++;
		}
	}
}

static inline FILE *
file_of(const unsigned char *data, size_t n)
{
	FILE *f = tmpfile();

	if (!f || (n && fwrite(data, 1, n, f) != n) || fflush(f) != 0)
		abort();
	rewind(f);
	return f;
}

/* A file of these bytes becomes standard input. */
static inline void
stdin_of(const unsigned char *data, size_t n)
{
	FILE *f = file_of(data, n);

	if (dup2(fileno(f), STDIN_FILENO) < 0)
		abort();
	fclose(f);
	if (lseek(STDIN_FILENO, 0, SEEK_SET) < 0)
		abort();
}

/* A copy, its checksums put right where the first byte is odd; n: its size. The
 * caller frees it. */
static inline unsigned char *
sealed_copy(const unsigned char *data, size_t size, size_t *n)
{
	unsigned char *copy = malloc(size);

	if (!copy)
		abort();
	*n = size - 1;
	memcpy(copy, data + 1, *n);
	if (data[0] % 2)
		seal_stream(copy, *n);
	return copy;
}

#endif
