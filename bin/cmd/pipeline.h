/* The commands of a header as a script for bash. */
#ifndef CD_CMD_PIPELINE_H
#define CD_CMD_PIPELINE_H

#include "rec/head.h"

/* Prints, to standard output, a script that makes the stream again and writes
 * it to its standard output. Files that the header does not name are variables,
 * each told once by cd_warn. Arguments are quoted: nothing in a header becomes
 * anything but a word, or a command that is not one of ours. < 0: the lines do
 * not say how it was made. */
int cd_pipeline_print(const struct cd_head *, struct cd_err *) CD_MUST_CHECK;

#endif
