/* Residual blocks: the lines `block`, `shortcut` and `end`, which makes the
 * layer that adds the two paths. Private to lib/net. */
#ifndef CD_NET_BLOCK_H
#define CD_NET_BLOCK_H

#include "net/parser.h"

int cd_block_begin(struct cd_parser *) CD_MUST_CHECK;
int cd_block_shortcut(struct cd_parser *) CD_MUST_CHECK;
int cd_block_end(struct cd_parser *) CD_MUST_CHECK;

#endif
