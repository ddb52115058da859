/* The run of cd-train, alone or in several ranks. */
#ifndef CD_CMD_TRAIN_RUN_H
#define CD_CMD_TRAIN_RUN_H

#include "base/ranks.h"
#include "cmd/train_opt.h"

/* Trains to the end, and returns the status for the program to end with, the
 * same on all ranks. Trouble that all ranks see, or tell each other of, is told
 * by rank 0; other trouble ends the program of the one that meets it (cd_die),
 * and must end the others. ranks: NULL or of one: alone. */
int cd_train_run(struct cd_train_args *, const struct cd_ranks *ranks);

#endif
