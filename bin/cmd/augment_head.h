/* What cd-augment changes in the header. */
#ifndef CD_CMD_AUGMENT_HEAD_H
#define CD_CMD_AUGMENT_HEAD_H

#include "base/err.h"
#include "cmd/augment_opt.h"
#include "rec/head.h"

/* "fit" gets the size of the last view or, where that has none, of the last
 * stage of --size; "records" is multiplied by the number of views. */
int cd_augment_head(struct cd_head *, const struct cd_augment_opt *,
    struct cd_err *) CD_MUST_CHECK;

#endif
