/* Definitions in a net text: lines that are used by a name. Private to
 * lib/net. */
#ifndef CD_NET_DEFINE_H
#define CD_NET_DEFINE_H

#include "net/parser.h"

/* Finds all definitions in the text's lines, and checks that each is whole,
 * that its blocks are closed within it, and that its lines use no parameters
 * but its own. */
int cd_define_collect(struct cd_parser *) CD_MUST_CHECK;

/* The definition that begins in this line, or NULL. */
const struct cd_definition *cd_define_at(const struct cd_parser *, int line);

/* The definition that the line being parsed uses: one that ends before it, so
 * that none can use itself. Fills use, checks the arguments. */
int cd_define_use(struct cd_parser *, struct cd_use *) CD_MUST_CHECK;

/* Copies a line's words, with arguments for parameters. */
void cd_define_fill(const struct cd_use *, const struct cd_line *,
    char *word[CD_WORDS_MAX]);

#endif
