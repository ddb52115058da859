/* What a line of a net text may begin with. Private to lib/net. */
#ifndef CD_NET_STATEMENT_H
#define CD_NET_STATEMENT_H

#include "net/parser.h"

/* A frame (input, block ...) or a line that makes layers. */
struct cd_statement {
	int index;	  /* of all statements, below CD_STATEMENTS_MAX */
	const char *name; /* of its layers: conv1, add1; NULL: it makes none */
	bool first;	  /* is it `input`, which comes first? */
	int (*frame)(struct cd_parser *);
	const struct cd_layer_kind *kind; /* where frame is NULL */
	int line;			  /* of the kind's */
};

/* Fills s for the statement that begins with word; false where none does, as
 * for a definition's name. */
bool cd_statement_find(const char *word, struct cd_statement *s);

/* Is the word taken: by a statement, or by `define`? */
bool cd_statement_is(const char *word);

enum {
	CD_STATEMENT_WORDS = 256, /* bytes of all the words, at most */
};

/* "input, init, ... or dense". Returns buf. */
const char *cd_statement_words(char buf[CD_STATEMENT_WORDS]);

/* Parses the line that p is at, which begins with s. */
int cd_statement_parse(struct cd_parser *,
    const struct cd_statement *s) CD_MUST_CHECK;

#endif
