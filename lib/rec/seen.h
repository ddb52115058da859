/* Which samples of an epoch have come already, by key and view. */
#ifndef CD_REC_SEEN_H
#define CD_REC_SEEN_H

#include "base/mem.h"
#include "rec/rec.h"

/* All zero is empty. A set of 64-bit hashes, at most half full: 16 to 32 bytes
 * a sample. Of more than CD_SEEN_MAX samples in an epoch, the later ones are
 * looked for but not remembered (64 MiB). */
struct cd_seen {
	uint64_t *slot; /* room of them, a power of two; 0: free */
	size_t room, n;
	uint64_t epoch;
};

enum {
	CD_SEEN_MAX = 1 << 22,
};

/* 1: a sample with this key and view has come before in its epoch; 0: not;
 * -1: no memory. Another epoch than that of the last call begins anew. */
int cd_seen_before(struct cd_seen *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;
void cd_seen_free(struct cd_seen *);

#endif
