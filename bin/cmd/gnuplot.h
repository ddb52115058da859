/* Runs gnuplot. */
#ifndef CD_CMD_GNUPLOT_H
#define CD_CMD_GNUPLOT_H

#include "base/err.h"
#include "base/mem.h"

/* Runs gnuplot, found in PATH, on a script of n bytes and appends what it
 * writes to standard output to *out. No start-up file of the user or the system
 * is read. An error where it is not there, fails, or writes nothing: its last
 * line of message. */
int cd_gnuplot(const char *script, size_t n, struct cd_buf *out,
    struct cd_err *) CD_MUST_CHECK;

#endif
