/* The option --shard. */
#ifndef CD_CMD_SHARD_OPT_H
#define CD_CMD_SHARD_OPT_H

#include "cmd/opt.h"
#include "rec/shard.h"

/* fn of its row: to is a struct cd_shard. */
int cd_shard_take(void *to, const char *arg, struct cd_err *) CD_MUST_CHECK;

/* It is no result: the shards have the provenance of the whole. */
#define CD_OPT_SHARD(dest)                                           \
	{                                                            \
		.name = "shard", .type = CD_OPT_CALL, .to = dest,    \
		.arg = "i/n",                                        \
		.help = "shard i of n, from 1; cd-merge joins them", \
		.fn = cd_shard_take                                  \
	}

#endif
