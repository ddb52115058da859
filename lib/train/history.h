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

/* A line that was read. What it does not say is NaN, or 0. */
struct cd_past_epoch {
	double epoch; /* from 1 */
	double loss, accuracy, val_loss, val_accuracy;
	double pictures, seconds, lr, waited;
	double memory; /* MiB, the most until then */
	int w, h;      /* of the pictures */
};

struct cd_past {
	size_t n;
	struct cd_past_epoch *at; /* [n]; owned */
};

/* Reads the history in path (NULL or "-": standard input), its columns by their
 * names: epoch, loss and accuracy must be there, others may be missing, unknown
 * ones are passed over. A last line without a newline, which is being written
 * or was cut, is left out. Errors name the file and the line. Free it with
 * cd_past_free, after an error too. */
int cd_past_read(struct cd_past *, const char *path,
    struct cd_err *) CD_MUST_CHECK;
void cd_past_free(struct cd_past *);

#endif
