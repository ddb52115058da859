/* Options of cd-train. */
#ifndef CD_CMD_TRAIN_OPT_H
#define CD_CMD_TRAIN_OPT_H

#include <stdbool.h>
#include <stdint.h>

#include "train/trainer.h"

struct cd_train_args {
	const char *history, *lr_test;
	int64_t batch, threads, seed, patience, checkpoint, max_skipped;
	bool quiet, summary;
	struct cd_trainer t; /* the fields that options set */
	char **data;
	int ndata;
};

/* Parses argv, as cd_opt_parse does; with --summary prints a table of the model
 * and ends the program; options that contradict each other are a
 * usage error. Returns a static struct. */
struct cd_train_args *cd_train_parse(int argc, char **argv);

/* The same for cd-train-mpi; threads is 0 where that is not given. */
struct cd_train_args *cd_train_parse_mpi(int argc, char **argv);

#endif
