/* Definitions in a net text: lines used by a name. Private to lib/net. */
#ifndef CD_NET_DEFINE_H
#define CD_NET_DEFINE_H

#include "net/parser.h"

/* Finds all definitions, and checks that each has an end, that its blocks are
 * closed within it, and that its lines use no parameters but its own. */
int cd_define_collect(struct cd_parser *) CD_MUST_CHECK;

/* The definition that begins in this line, or NULL. */
const struct cd_definition *cd_define_at(const struct cd_parser *, int line);

/* Fills use for the line being parsed, which uses a definition: one that ends
 * before it, so that none can use itself. Checks the arguments. */
int cd_define_use(struct cd_parser *, struct cd_use *) CD_MUST_CHECK;

/* Copies the words of a line, arguments replacing parameters. */
void cd_define_fill(const struct cd_use *, const struct cd_line *,
    char *word[CD_WORDS_MAX]);

#endif
