/* Byte offsets in the stream's blocks (tables in formats/stream.md), and what
 * reader and writer both compute. Private to lib/rec. */
#ifndef CD_REC_LAYOUT_H
#define CD_REC_LAYOUT_H

#include <stdint.h>

#include "rec/rec.h"

#define CD_MAGIC "\x89TRS\r\n\x1a\n"

enum {
	CD_BLOCK = 64, /* size of a file header and a prefix; alignment */
	CD_MAJOR = 1,
	CD_MINOR = 0,

	HEAD_MAJOR = 8,
	HEAD_MINOR = 10,
	HEAD_TEXT_SIZE = 12,
	HEAD_TEXT_CRC = 16,
	HEAD_CRC = 60,

	REC_KIND = 0,
	REC_VIEW = 4,
	REC_SEQ = 8,
	REC_EPOCH = 16,
	REC_PAYLOAD_SIZE = 24,
	REC_DESC_SIZE = 32,
	REC_KEY_SIZE = 36,
	REC_NTENSORS = 40,
	REC_DESC_CRC = 44,
	REC_PAYLOAD_CRC = 48,
	REC_CRC = 60,

	END_COUNT = REC_SEQ,
	END_SKIPPED = REC_EPOCH,
	END_CHECKSUM = REC_PAYLOAD_CRC,
};

/* CRC-32 (zlib's) of n bytes, continued from crc (0 at first). */
uint32_t cd_crc(uint32_t crc, const void *, uint64_t n);

/* Checks the file header h, of which n bytes came, a whole block unless the
 * file ended; first: of its file. */
int cd_file_header_check(const unsigned char *h, size_t n, bool first,
    struct cd_err *) CD_MUST_CHECK;

/* *size = bytes of a tensor with these dims; < 0 on overflow. */
int cd_tensor_size(enum cd_dtype, int rank, const uint64_t *dim,
    uint64_t *size);

/* Parses the description of a record's next tensor at p, n bytes left, and
 * leaves its name in to, CD_NAME_MAX + 1 bytes. Returns the bytes used, or < 0
 * where it is malformed or has more than limit bytes of data. The caller counts
 * it in r->ntensors. */
int64_t cd_rec_take_tensor(struct cd_rec *r, char *to, uint64_t limit,
    const unsigned char *p, size_t n, struct cd_err *) CD_MUST_CHECK;

#endif
