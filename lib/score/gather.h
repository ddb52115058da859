/* A stream of predictions, read whole and averaged by key. */
#ifndef CD_SCORE_GATHER_H
#define CD_SCORE_GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "rec/head.h"
#include "score/tally.h"

struct cd_gathered {
	struct cd_head head;	/* of the stream */
	struct cd_tally *tally; /* finished */
	const char *name;	/* for messages: the path, not copied */
	uint64_t skipped;
};

/* Reads the predictions in path (NULL or "-": standard input). like: a header
 * whose classes, in its order, are the tally's; the stream must have the same,
 * in any order. NULL: the stream's own. logs: as in cd_tally_new. Marks and
 * records of other kinds are ignored. Errors name the stream. Call
 * cd_gathered_free after an error too. */
int cd_gather(struct cd_gathered *, const char *path,
    const struct cd_head *like, bool logs, struct cd_err *) CD_MUST_CHECK;
void cd_gathered_free(struct cd_gathered *);

#endif
