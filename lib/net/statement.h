/* The statements of a net text. Private to lib/net. */
#ifndef CD_NET_STATEMENT_H
#define CD_NET_STATEMENT_H

#include "net/parser.h"

/* A frame (input, block ...) or a line that makes layers. */
struct cd_statement {
	int index;	  /* among all statements, < CD_STATEMENTS_MAX */
	const char *name; /* "conv", of its layers conv1 ...; NULL: none */
	bool first;	  /* is it `input`, which comes first? */
	int (*frame)(struct cd_parser *);
	const struct cd_layer_kind *kind; /* where frame is NULL */
	int line;			  /* index into kind->line */
};

/* Fills s for the statement that begins with word; false if none does, as for
 * the name of a definition. */
bool cd_statement_find(const char *word, struct cd_statement *s);

/* Is it the word of a statement, or `define`? */
bool cd_statement_is(const char *word);

enum {
	CD_STATEMENT_WORDS = 256, /* bytes of all words, with commas */
};

/* "input, init, ..., dense, define". Returns buf. */
const char *cd_statement_words(char buf[CD_STATEMENT_WORDS]);

/* Parses the line where p is, which begins with s. */
int cd_statement_parse(struct cd_parser *,
    const struct cd_statement *s) CD_MUST_CHECK;

#endif
