/* The log of how pictures were mixed, one line a picture, for repeating it. */
#ifndef CD_IMG_MIX_LOG_H
#define CD_IMG_MIX_LOG_H

#include "img/mix_batch.h"

enum {
	CD_MIX_LINE = 2 * CD_ESCAPED(CD_KEY_MAX) +
	    512, /* bytes of a line, its NUL
					     * included */
};

/* The first line of a log, without its newline: the column names. */
extern const char cd_mix_columns[];

/* The line of picture i, without its newline. Returns buf. */
char *cd_mix_print(const struct cd_mix_batch *, uint64_t i,
    char buf[CD_MIX_LINE]);

/* Reads the draw of picture i from its line. It is an error if the line is of
 * another picture, its partner another than in this batch, or the draw
 * impossible. */
int cd_mix_scan(struct cd_mix_batch *, uint64_t i, const char *line,
    struct cd_err *) CD_MUST_CHECK;

#endif
