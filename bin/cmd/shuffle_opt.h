/* Options of cd-shuffle. */
#ifndef CD_CMD_SHUFFLE_OPT_H
#define CD_CMD_SHUFFLE_OPT_H

#include "cmd/opt.h"
#include "rec/shard.h"

struct cd_shuffle_args {
	int64_t seed, epochs, copies;
	int64_t from, to; /* the first and the last epoch to write */
	bool balance;
	const char *model; /* that says from; NULL: none */
	const char *output;
	struct cd_shard shard; /* n = 0: all */
	char **names;	       /* the operands */
	int count;
};

/* Parses argv, as cd_opt_parse does; options that contradict each other are a
 * usage error. Returns a static struct. */
const struct cd_shuffle_args *cd_shuffle_parse(int argc, char **argv);

#endif
