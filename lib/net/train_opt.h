/* The arguments of cd-train: the second half of bin/cd-train.c, which would be
 * too long. */
#ifndef CD_NET_TRAIN_OPT_H
#define CD_NET_TRAIN_OPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/opt.h"
#include "train/trainer.h"

struct cd_train_args {
	const char *history;
	int64_t batch, threads, seed, patience, checkpoint, max_skipped;
	bool quiet, summary;
	struct cd_trainer t; /* what the options say of it */
	char **data;
	int ndata;
};

/* Parses argv. What does not fit together is a usage error, which exits, as
 * cd_opt_parse does. The result is the program's only one. */
struct cd_train_args *cd_train_parse(int argc, char **argv);

#endif
