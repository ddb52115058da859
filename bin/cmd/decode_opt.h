/* Options of cd-decode. */
#ifndef CD_CMD_DECODE_OPT_H
#define CD_CMD_DECODE_OPT_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/opt.h"
#include "img/fit.h"
#include "img/list.h"
#include "img/still.h"

struct cd_decode_args {
	struct cd_wxh size; /* 0: pictures keep their own */
	struct cd_fit fit;
	enum cd_label_how label;
	bool skip; /* bad pictures */
	bool nul;
	const char *table, *classes, *output;
	struct cd_still_how how;
	struct cd_shard shard; /* n = 0: all pictures */
	int64_t threads;
	char **names;
	int n;
};

/* Parses argv, as cd_opt_parse does; options that contradict each other are a
 * usage error. Returns a static struct. */
struct cd_decode_args *cd_decode_parse(int argc, char **argv);

#endif
