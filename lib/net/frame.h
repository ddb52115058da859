/* The lines `input`, `init` and `loss`, which make no layers. Private to
 * lib/net. */
#ifndef CD_NET_FRAME_H
#define CD_NET_FRAME_H

#include "net/parser.h"

int cd_frame_input(struct cd_parser *) CD_MUST_CHECK;
int cd_frame_init(struct cd_parser *) CD_MUST_CHECK;
int cd_frame_loss(struct cd_parser *) CD_MUST_CHECK;

#endif
