/* The words of a net text's line, taken one after the other, with the messages
 * where one does not suit. Private to lib/net. */
#ifndef CD_NET_TEXT_WORDS_H
#define CD_NET_TEXT_WORDS_H

#include "net/text_shape.h"

enum {
	CD_WORDS_MAX = 16, /* in a line */
};

/* The state of parsing. */
struct parser {
	struct cd_net *net;
	const char *file;
	struct cd_err *e;
	int line;
	char *word[CD_WORDS_MAX]; /* the first is the statement */
	int n, at;		  /* words; the next one to take */
	const char *as;		  /* the name given, or NULL */
	int room;		  /* of net->layer */
	int count[CD_LAYER_KINDS];
	struct cd_net_size size;
	bool have_input, have_init, have_loss;
};

/* Puts "FILE: line N: STATEMENT: " before the message in p->e. Returns -1. */
int cd_words_blame(struct parser *);
/* As cd_fail, and blames. */
int cd_words_fail(struct parser *, const char *, ...) CD_PRINTF(2, 3);
/* As cd_words_fail: "WHAT 'WORD'", the word escaped. */
int cd_words_reject(struct parser *, const char *what, const char *word);

/* Splits a line, which it changes, into words; a comment is dropped. */
int cd_words_split(struct parser *, char *line) CD_MUST_CHECK;
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

#endif
