/* Shards: the parts of a stream that several processes or machines make, each
 * for itself, and that cd-merge makes one stream of again. A record belongs to
 * a shard by a hash of its key, and has the sequence number that it has in the
 * whole; the header line "shard" says which part it is (formats/stream.md,
 * "Shards"). */
#ifndef CD_REC_SHARD_H
#define CD_REC_SHARD_H

#include "rec/head.h"

enum {
	CD_SHARDS_MAX = 65536,
	CD_SHARD_RUN = 64, /* bytes of a run's name, with its NUL */
};

struct cd_shard {
	uint32_t i, n; /* shard i of n, from 1; n = 0: the whole */
	/* what the shards of one run have in common besides their headers; ""
	 * where nothing more is known */
	char run[CD_SHARD_RUN];
};

/* Parses "2/4". */
int cd_shard_parse(struct cd_shard *, const char *,
    struct cd_err *) CD_MUST_CHECK;

/* Is a key, by its hash (cd_hash), of this shard? Each is of exactly one of n,
 * whatever other keys there are. True of the whole. */
bool cd_shard_has(const struct cd_shard *, uint64_t key);

/* Takes the header's line: 1; 0: there is none, *s is the whole; < 0: it is
 * malformed. */
int cd_shard_of(const struct cd_head *, struct cd_shard *s,
    struct cd_err *) CD_MUST_CHECK;

/* Adds the line. */
int cd_shard_mark(struct cd_head *, const struct cd_shard *,
    struct cd_err *) CD_MUST_CHECK;

/* Removes what is true of a shard only, for a stream whose records are not
 * those of the input, one by one: the line, and "records", which counts those
 * of the whole. */
void cd_shard_forget(struct cd_head *);

/* The header's number of records in an epoch; -1 where it has none, or is that
 * of a shard, of which it is not known. */
int64_t cd_shard_records(const struct cd_head *);

#endif
