/* Options of cd-select. */
#ifndef CD_CMD_SELECT_OPT_H
#define CD_CMD_SELECT_OPT_H

#include "cmd/opt.h"
#include "rec/shard.h"

struct cd_select_range {
	bool given;
	uint64_t first, last; /* both included */
};

struct cd_select_args {
	const char *classes, *key, *keys, *output;
	struct cd_select_range epochs, batches;
	bool invert, in_order;
	int64_t n, per_class; /* -1: all */
	char **names;	      /* the operands */
	int count;
	struct cd_shard shard; /* n = 0: all */
};

/* Parses argv, as cd_opt_parse does; options that contradict each other are a
 * usage error. Returns a static struct. */
const struct cd_select_args *cd_select_parse(int argc, char **argv);

#endif
