/* The streams that cd-merge makes one of. For mains: trouble ends the
 * program. */
#ifndef CD_CMD_MERGE_IN_H
#define CD_CMD_MERGE_IN_H

#include "rec/rec.h"
#include "rec/shard.h"

struct cd_merge_in {
	char *path;	 /* the operand */
	uint64_t offset; /* at which its member begins; 0 of whole files */
	struct cd_reader *in;
	/* the next record, its payload unread; NULL: there is none */
	const struct cd_rec *rec;
	struct cd_shard shard; /* n = 0: none */
};

struct cd_merge {
	struct cd_merge_in *in; /* [n], of shards by their numbers */
	int n;
	struct cd_head head; /* of the first, then of what they make */
	bool shards;
};

/* Opens the operands (n = 0: standard input), each a shard, or a file of
 * several, one behind the other. Dies where they are not the shards of one run,
 * each once. The header is that of the whole. */
void cd_merge_open_shards(struct cd_merge *, char **paths, int n);

/* Opens the operands as streams of any kind but models that agree. The header
 * has the provenance of the first and of this command. */
void cd_merge_open_streams(struct cd_merge *, char **paths, int n);

/* Reads on to the next record, without its payload. */
void cd_merge_next(struct cd_merge *, struct cd_merge_in *);

/* "a.trs, shard 2/4", for messages; escaped by cd_die. Returns buf. */
char *cd_merge_name(const struct cd_merge_in *, char *buf, size_t size);

/* Pictures that were skipped, in all that was read. */
uint64_t cd_merge_skipped(const struct cd_merge *);

void cd_merge_close(struct cd_merge *);

#endif
