/* What to say to someone who typed something that a command does not know. */
#ifndef CD_CMD_ADVICE_H
#define CD_CMD_ADVICE_H

#include "cmd/opt.h"

enum {
	CD_ADVICE = 256, /* bytes of an answer */
};

/* Of a long option, `name` of n bytes, that the command does not have: where
 * what other programs call so is found here, or the nearest that it has, as
 * "; did you mean --flip?". "" where neither is known. Returns buf. */
const char *cd_advice(const struct cd_command *, const char *name, size_t n,
    char buf[CD_ADVICE]);

/* The usage in short, after a space: options that may be left out become
 * "[option ...]".
 * Returns buf. */
const char *cd_advice_usage(const struct cd_command *, char buf[CD_ADVICE]);

#endif
