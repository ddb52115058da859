/* Adds layers to the net that is being parsed. Private to lib/net. */
#ifndef CD_NET_GROW_H
#define CD_NET_GROW_H

#include "net/parser.h"

/* The input shape of the next layer. */
const int *cd_grow_input(const struct cd_parser *);

/* Adds a layer on top of the last one, named as the line with suffix (or NULL)
 * appended. l: kind, other and what the line sets. */
int cd_grow(struct cd_parser *, const struct cd_layer *l,
    const char *suffix) CD_MUST_CHECK;

#endif
