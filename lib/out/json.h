/* Text as a JSON string. */
#ifndef CD_OUT_JSON_H
#define CD_OUT_JSON_H

#include "base/err.h"
#include "base/mem.h"

/* Appends s, UTF-8, in quotes, with what RFC 8259 wants escaped. */
int cd_json_string(struct cd_buf *, const char *s,
    struct cd_err *) CD_MUST_CHECK;
/* Appends formatted text as it is. */
int cd_json_add(struct cd_buf *, struct cd_err *, const char *fmt, ...)
    CD_PRINTF(3, 4) CD_MUST_CHECK;

#endif
