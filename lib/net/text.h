/* Parses net texts (formats/net.md) and computes all shapes. */
#ifndef CD_NET_TEXT_H
#define CD_NET_TEXT_H

#include <stddef.h>

#include "net/net.h"

enum {
	CD_NET_TEXT_MAX = 64 << 10, /* bytes */
};

/* Parses text (len bytes, copied). file is for messages only, which read "FILE:
 * line 7: ..." and name both shapes where they do not fit. On failure nothing
 * is held. */
int cd_net_parse(struct cd_net *, const char *text, size_t len,
    const char *file, struct cd_err *) CD_MUST_CHECK;

/* Reads path (NULL: standard input) and parses it. */
int cd_net_load(struct cd_net *, const char *path,
    struct cd_err *) CD_MUST_CHECK;

#endif
