/* The words of a net text's line, taken one after the other, with the messages
 * where one does not suit. Private to lib/net. */
#ifndef CD_NET_TEXT_WORDS_H
#define CD_NET_TEXT_WORDS_H

#include "net/text_shape.h"

enum {
	CD_WORDS_MAX = 16, /* in a line that is no input */
	CD_DEPTH_MAX = 32, /* of blocks, of uses of definitions */
	CD_STATEMENTS_MAX = 24,
};

struct cd_line {
	char **word; /* the first is the statement */
	int n;
};

/* `define NAME PARAM...` in line line, its `end` in line end; lines are counted
 * from 1 as everywhere. word: of the define, 2 + nparams. */
struct cd_definition {
	char **word;
	int nparams, line, end;
};

/* Lines of a definition are being parsed: it is used in line line, with these
 * arguments for its parameters. */
struct cd_use {
	const struct cd_definition *of;
	char **arg;
	int line, depth;
	const struct cd_use *outer; /* where that line is in one itself */
};

/* A block whose `end` has not come yet. Layers are named by index. */
struct cd_block {
	int line;
	int input; /* what both paths take */
	int main;  /* the end of the main path, after `shortcut` */
	bool shortcut;
};

/* The state of parsing. */
struct parser {
	struct cd_net *net;
	const char *file;
	struct cd_err *e;

	char **words; /* of all the text */
	struct cd_line *lines;
	int nlines;
	struct cd_definition *definitions;
	int ndefinitions;

	int line;		      /* being parsed */
	const struct cd_use *use;     /* NULL: not by use of a definition */
	char **word;		      /* the line's, parameters replaced */
	int n, at;		      /* words; the next one to take */
	char name[CD_LAYER_NAME_MAX]; /* of the layer's line */
	int count[CD_STATEMENTS_MAX]; /* of each statement, for names */

	int room; /* of net->layer */
	int from; /* the layer that the next one takes */
	struct cd_block block[CD_DEPTH_MAX];
	int nblocks;
	struct cd_net_size size;
	bool have_input, have_init, have_loss;
};

/* Puts "FILE: line N: STATEMENT: " before the message in p->e; "line N, used in
 * line M" in a definition. Returns -1. */
int cd_words_blame(struct parser *);
/* As cd_fail, and blames. */
int cd_words_fail(struct parser *, const char *, ...) CD_PRINTF(2, 3);
/* As cd_words_fail: "WHAT 'WORD'", the word escaped. */
int cd_words_reject(struct parser *, const char *what, const char *word);

/* Cuts a line, which it changes, into words; a comment is dropped. word: room
 * for half as many as the line has bytes, rounded up. Returns how many. */
int cd_words_split(char *line, char **word);
/* The next word; NULL where there is none, with e filled. what: for the
 * message, as below. */
const char *cd_words_next(struct parser *, const char *what);
int cd_words_int(struct parser *, const char *what, int min, int max,
    int *out) CD_MUST_CHECK;
int cd_words_real(struct parser *, const char *what, double min, double max,
    double *out) CD_MUST_CHECK;
/* Takes the next word if it is this one. */
bool cd_words_take(struct parser *, const char *word);
/* Fails where a word is left. */
int cd_words_end(struct parser *) CD_MUST_CHECK;

/* May it name a layer, a definition or a parameter? Fails if not. */
int cd_words_name(struct parser *, const char *word) CD_MUST_CHECK;

#endif
