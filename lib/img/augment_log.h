/* The log of augmentation draws, one line a sample, for repeating them. */
#ifndef CD_IMG_AUGMENT_LOG_H
#define CD_IMG_AUGMENT_LOG_H

#include "base/err.h"
#include "img/augment.h"
#include "rec/rec.h"

enum {
	CD_AUGMENT_LINE = CD_ESCAPED(CD_KEY_MAX) +
	    1024, /* bytes of a line, its NUL
						  * included */
};

/* The first line of a log, without its newline: the column names. */
extern const char cd_augment_columns[];

/* The line of a sample, without its newline: the escaped key, epoch, view and
 * draw, separated by tabs; reals are printed so that they read back as the
 * same. Returns buf. */
char *cd_augment_print(const struct cd_rec *, const struct cd_augment_draw *,
    char buf[CD_AUGMENT_LINE]);

/* Reads the draw in a line. It is an error if the line is of another sample,
 * or its draw impossible for a picture of this size. */
int cd_augment_scan(const char *line, const struct cd_rec *,
    const struct cd_augment_size *, struct cd_augment_draw *,
    struct cd_err *) CD_MUST_CHECK;

#endif
