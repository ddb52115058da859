/* What the main of nearly every filter does: open the operands, copy the
 * header, add a line of provenance, open the output. */
#ifndef CD_CMD_FILTER_H
#define CD_CMD_FILTER_H

#include "rec/epochs.h"
#include "rec/rec.h"
#include "rec/shard.h"

struct cd_filter {
	struct cd_reader *in;
	struct cd_head head; /* a copy to change before cd_filter_start */
	struct cd_writer *out;
	double began; /* cd_seconds */

	/* private */
	struct cd_shard shard; /* cd_filter_shard */
	uint64_t seq, next;    /* of the record taken last; of the next */
	struct cd_epochs order;
	const char *by_epochs; /* the option that goes by their number */
	uint64_t epochs;       /* that number */
};

/* Opens the operands (n = 0: standard input) and copies their header, with
 * "made PROVENANCE" appended. holds: the kind of stream wanted, in words
 * separated by spaces ("samples batches"); NULL: any. Dies (cd_die) on
 * failure: for mains. */
void cd_filter_open(struct cd_filter *, char *const *paths, int n,
    const char *holds);
/* Appends more to the provenance that cd_filter_open added: what the options
 * do not tell, such as the contents of a file. */
void cd_filter_made(struct cd_filter *, const char *more);
/* The header's number of epochs; dies where it has none, naming the option that
 * asks. */
int64_t cd_filter_epochs(struct cd_filter *, const char *option);
/* The first epoch of the tail, the last share of the epochs, for
 * --clean-tail. */
uint64_t cd_filter_tail(struct cd_filter *, double share);
/* Dies where the epoch of a record cannot follow those before it
 * (rec/epochs.h), or is none of the number that cd_filter_epochs returned. For
 * commands that work by epochs, to be called with each record. */
void cd_filter_check_epoch(struct cd_filter *, const struct cd_rec *);
/* Makes the output a shard of what it would be; dies where the input is one
 * already. Of s->n = 0 it does nothing. To be called when the header is
 * ready. */
void cd_filter_shard(struct cd_filter *, const struct cd_shard *s);
/* After cd_filter_shard, for each record of the whole in its order: is it of
 * this shard? Then cd_filter_put must follow. All are of the whole, and marks
 * of each shard. Its payload may be unread. */
bool cd_filter_takes(struct cd_filter *, const struct cd_rec *);
/* The same of a record, no mark, by the hash of its key (cd_hash). */
bool cd_filter_takes_key(struct cd_filter *, uint64_t key);
/* Opens the output with the header as it is now. */
void cd_filter_start(struct cd_filter *, const char *path);
/* The next record or NULL at the end; dies on error. */
const struct cd_rec *cd_filter_next(struct cd_filter *);
void cd_filter_put(struct cd_filter *, const struct cd_rec *);
/* Writes the mark of an epoch. */
void cd_filter_mark(struct cd_filter *, uint64_t epoch);
/* Writes END with the input's skipped count plus more; closes both streams, and
 * tells how fast it was where that is asked (cmd/pace.h). */
void cd_filter_finish(struct cd_filter *, uint64_t more);
/* Dies blaming the record read last: "FILE: record N (KEY): message". */
void cd_filter_blame(struct cd_filter *, struct cd_err *)
    __attribute__((noreturn));

/* The epoch that the model in this file has come to, at most `last`: so that
 * what trains it sees the size of the pictures though it has come through
 * all. */
int64_t cd_filter_epoch_of(const char *model, int64_t last);

#endif
