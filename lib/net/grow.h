/* Layers added to the net that is being parsed. Private to lib/net. */
#ifndef CD_NET_GROW_H
#define CD_NET_GROW_H

#include "net/parser.h"

/* The shape that the next layer takes. */
const int *cd_grow_input(const struct cd_parser *);

/* Adds a layer that takes what the last one gave; its name is the line's and
 * suffix (or NULL). l: kind, other and what its line says. */
int cd_grow(struct cd_parser *, const struct cd_layer *l,
    const char *suffix) CD_MUST_CHECK;

#endif
