/* Reader and writer of the tensor-record stream (formats/stream.md). Knows
 * nothing of images or nets. */
#ifndef CD_REC_REC_H
#define CD_REC_REC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "rec/head.h"

enum {
	CD_RANK_MAX = 8,
	CD_TENSORS_MAX = 64,	/* in a record */
	CD_KEY_MAX = 4096,	/* bytes */
	CD_NAME_MAX = 255,	/* bytes of a tensor's name */
	CD_DESC_MAX = 64 << 10, /* bytes of a record's description */
	CD_SHAPE_TEXT = 192,	/* bytes that any cd_tensor_text fits in */
};

#define CD_PAYLOAD_MAX ((uint64_t)1 << 32) /* bytes; the default limit */

/* Kinds of records: four bytes as a little-endian number. */
#define CD_KIND(a, b, c, d)                                         \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | \
	    (uint32_t)(d) << 24)
#define CD_SAMPLE CD_KIND('S', 'M', 'P', 'L')
#define CD_BATCH CD_KIND('B', 'T', 'C', 'H')
#define CD_PREDICTION CD_KIND('P', 'R', 'E', 'D')
#define CD_PARAMETER CD_KIND('P', 'A', 'R', 'M')
#define CD_MARK CD_KIND('M', 'A', 'R', 'K') /* closes an epoch */
#define CD_END CD_KIND('E', 'N', 'D', '.')  /* closes a member */

enum cd_dtype {
	CD_U8 = 1,
	CD_I32 = 2,
	CD_I64 = 3,
	CD_F32 = 4,
	CD_F64 = 5,
};

struct cd_tensor {
	const char *name; /* NUL-terminated, unique in its record */
	enum cd_dtype dtype;
	int rank; /* 0: one element */
	uint64_t dim[CD_RANK_MAX];
	size_t size;	  /* bytes of data */
	const void *data; /* 64-byte aligned if a reader's */
};

/* A record. A reader's is valid until the next call of the reader. To change a
 * record, copy the struct and point its tensors at other data: never write to
 * data that was read, because its checksum is reused when it is written. */
struct cd_rec {
	uint32_t kind;
	uint64_t seq;	 /* position in its epoch; a writer sets it, but for
			  * that of a shard */
	uint64_t epoch;	 /* from 0; a mark's is that of the epoch it
				 * closes */
	uint32_t view;	 /* which of several views of one key */
	const char *key; /* NUL-terminated; no NUL inside; may be "" */
	int ntensors;
	struct cd_tensor tensor[CD_TENSORS_MAX];

	/* where it was read, for messages and cd_reader_at */
	uint64_t number; /* from 0, in the whole stream, marks counted */
	int file;	 /* index of the operand */
	uint64_t offset; /* of the record's first byte */

	/* set by the reader: lets an unchanged payload be written as is */
	const void *payload;
	uint64_t payload_size;
	uint32_t payload_crc;
};

/* Bytes of an element. */
size_t cd_dtype_size(enum cd_dtype);
const char *cd_dtype_name(enum cd_dtype); /* "u8" */

/* "u8 [150,150,3]" for messages. Returns buf. */
char *cd_tensor_text(const struct cd_tensor *, char buf[CD_SHAPE_TEXT]);

/* The tensor of that name, or NULL. */
const struct cd_tensor *cd_rec_find(const struct cd_rec *, const char *name);

/* The tensor of that name, type and rank, or NULL with e filled ("'image' is
 * f32 [3,4], expected u8 of rank 3"); the caller adds the record by
 * cd_reader_blame or cd_filter_blame. */
const struct cd_tensor *cd_rec_want(const struct cd_rec *, const char *name,
    enum cd_dtype, int rank, struct cd_err *e);

/* Appends a tensor to a record; dim: rank numbers. name and data are not copied
 * and must live until the record is written. The caller must not exceed
 * CD_TENSORS_MAX and CD_RANK_MAX. */
void cd_rec_add(struct cd_rec *, const char *name, enum cd_dtype, int rank,
    const uint64_t *dim, const void *data);

/* An error unless 0 <= label < nclasses. */
int cd_label_check(int32_t label, int nclasses, struct cd_err *) CD_MUST_CHECK;

/* The label (tensor "label", i32, rank 0) of a sample or prediction, >= 0; -1:
 * it has none; -2 with e filled: it is malformed or out of range (the caller
 * adds the record, as for cd_rec_want). */
int cd_rec_label(const struct cd_rec *, int nclasses, struct cd_err *);

/* "record 17 (cat.17.jpg)" (its number, not seq), for messages; escaped.
 * Returns buf. */
char *cd_rec_where(const struct cd_rec *, char *buf, size_t size);

/* ---- reading ---- */

struct cd_reader;

/* Opens the n files as one stream ("-", or n = 0: standard input) and reads the
 * first header. Messages name the file, the record and the byte offset; the
 * paths must outlive the reader. Pipes are enlarged where the system allows
 * it. */
int cd_reader_open(struct cd_reader **, char *const *paths, int n,
    struct cd_err *) CD_MUST_CHECK;
/* Opens the member of one file ("-": standard input) that begins at this byte,
 * 0 but for regular files, and reads no further than its END. */
int cd_reader_open_member(struct cd_reader **, char *const *path,
    uint64_t offset, struct cd_err *) CD_MUST_CHECK;
/* After the end of a reader of one member: 1, and *offset is where it begins,
 * if another follows; 0: that was the last; < 0: an error. */
int cd_reader_follows(struct cd_reader *, uint64_t *offset,
    struct cd_err *) CD_MUST_CHECK;
/* The header of the first member. */
const struct cd_head *cd_reader_head(const struct cd_reader *);
/* Refuses records with more payload than this (default CD_PAYLOAD_MAX). */
void cd_reader_limit(struct cd_reader *, uint64_t bytes);
/* 1: *rec is the next record, marks and unknown kinds included; 0: the end,
 * every END verified; < 0: an error, a truncated stream included. */
int cd_reader_next(struct cd_reader *, const struct cd_rec **,
    struct cd_err *) CD_MUST_CHECK;
/* As cd_reader_next, but without the payload (tensors have data NULL) unless
 * cd_reader_payload follows; in a regular file it is skipped by a seek. */
int cd_reader_next_head(struct cd_reader *, const struct cd_rec **,
    struct cd_err *) CD_MUST_CHECK;
/* Reads the payload of the record that cd_reader_next_head returned. */
int cd_reader_payload(struct cd_reader *, struct cd_err *) CD_MUST_CHECK;
/* Gives the payload that was read to the caller, who keeps it in *b, and takes
 * the memory of *b for the next: the record's data outlive the next call of the
 * reader without being copied. *b may be empty; cd_buf_free frees it. */
void cd_reader_exchange(struct cd_reader *, struct cd_buf *b);
/* Can records be read again? (All operands are regular files.) */
bool cd_reader_seekable(const struct cd_reader *);
/* Reads the record at this place (rec.file, rec.offset) again, out of order.
 * The reader must be seekable and have reached its end. The record's number is
 * set to its seq: the same in a stream of one member and one epoch. */
int cd_reader_at(struct cd_reader *, int file, uint64_t offset,
    const struct cd_rec **, struct cd_err *) CD_MUST_CHECK;
/* Skipped pictures, summed over the ENDs read so far. */
uint64_t cd_reader_skipped(const struct cd_reader *);
/* Records read so far, marks included, in all members. */
uint64_t cd_reader_count(const struct cd_reader *);
/* Seconds spent in reading so far, and these more: those of another reader. */
double cd_reader_waited(struct cd_reader *, double more);
/* The operand being read, for messages. */
const char *cd_reader_name(const struct cd_reader *);
/* Members begun so far (1 for a plain stream). */
int cd_reader_members(const struct cd_reader *);
/* Prefixes the message in e with "FILE: record N (KEY): ", for errors that a
 * command finds in the record read last. Returns -1. */
int cd_reader_blame(const struct cd_reader *, struct cd_err *e);
void cd_reader_close(struct cd_reader *);

/* ---- writing ---- */

struct cd_writer;

/* Opens an output (cd_save_open, base/save.h) and writes the header. path NULL:
 * standard output. A regular file appears under its name in
 * cd_writer_close. */
int cd_writer_open(struct cd_writer **, const char *path,
    const struct cd_head *, struct cd_err *) CD_MUST_CHECK;
/* The same in two steps, for who must open the output before the header is
 * known (base/confine.h). */
int cd_writer_begin(struct cd_writer **, const char *path,
    struct cd_err *) CD_MUST_CHECK;
int cd_writer_head(struct cd_writer *, const struct cd_head *,
    struct cd_err *) CD_MUST_CHECK;
/* Writes a record. The writer sets seq: it counts from 0 and restarts after
 * each mark. Where the header has a line "shard" (rec/shard.h), seq is the
 * caller's, who has it from the record that was read. */
int cd_writer_put(struct cd_writer *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;
/* Writes the mark that closes an epoch. */
int cd_writer_mark(struct cd_writer *, uint64_t epoch,
    struct cd_err *) CD_MUST_CHECK;
/* Seconds spent in writing so far; records written. */
double cd_writer_waited(const struct cd_writer *);
uint64_t cd_writer_count(const struct cd_writer *);
/* Writes END, syncs and renames a regular file, and closes; frees the writer on
 * failure too. For complete streams only; else cd_writer_abandon. */
int cd_writer_close(struct cd_writer *, uint64_t skipped,
    struct cd_err *) CD_MUST_CHECK;
/* Closes without END and removes the temporary file. NULL is allowed. At exit
 * the temporary files of open writers are removed too. */
void cd_writer_abandon(struct cd_writer *);

#endif
