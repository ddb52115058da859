/* The log of what was drawn, one line a sample, from which it can be done
 * again. */
#ifndef CD_IMG_AUGMENT_LOG_H
#define CD_IMG_AUGMENT_LOG_H

#include "base/err.h"
#include "img/augment.h"
#include "rec/rec.h"

enum {
	CD_AUGMENT_LINE = 4 * CD_KEY_MAX + 1024, /* bytes of a line, its NUL
						  * included */
};

/* The first line of a log, no newline: the columns' names. */
extern const char cd_augment_columns[];

/* The line of a sample, no newline: its key (escaped), epoch and view and the
 * draw, separated by tabs, without loss. Returns buf. */
char *cd_augment_print(const struct cd_rec *, const struct cd_augment_draw *,
    char buf[CD_AUGMENT_LINE]);

/* The draw in a line, which must be that of this sample, and be possible for
 * a picture of this size. */
int cd_augment_scan(const char *line, const struct cd_rec *,
    const struct cd_augment_size *, struct cd_augment_draw *,
    struct cd_err *) CD_MUST_CHECK;

#endif
