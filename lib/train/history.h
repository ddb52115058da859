/* The history file: a line for each epoch. */
#ifndef CD_TRAIN_HISTORY_H
#define CD_TRAIN_HISTORY_H

#include "train/state.h"

/* Lines are tab-separated, under a line of names. Begins the file, or continues
 * it: lines of epochs from first (counted from 0) on are removed, because they
 * come from training that was lost. An error if path is another file. */
int cd_history_begin(const char *path, uint64_t first,
    struct cd_err *) CD_MUST_CHECK;
int cd_history_add(const char *path, const struct cd_epoch *,
    struct cd_err *) CD_MUST_CHECK;

#endif
