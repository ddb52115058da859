/* Takes the words of a line of a net text one by one, with messages that name
 * the line. */
#ifndef CD_LAYER_WORDS_H
#define CD_LAYER_WORDS_H

#include <stdbool.h>

#include "base/err.h"

enum {
	CD_LAYER_NAME_MAX = 64, /* its NUL included */
	CD_WORDS_MAX = 16,	/* in a line other than `input` */
	CD_DEPTH_MAX = 32,	/* of blocks; of uses of definitions */
};

/* A line that uses a definition; outer: the use that it is itself part of. */
struct cd_words_use {
	int line;
	const struct cd_words_use *outer;
};

/* A line, and its place. */
struct cd_words {
	const char *file;
	int line;			/* from 1 */
	const struct cd_words_use *use; /* NULL: in no definition */
	char **word;			/* the first is the statement */
	int n, at;			/* words; the next one to take */
	struct cd_err *e;
};

/* Puts "FILE: line N: STATEMENT: " before the message in w->e; in a definition
 * "line N, used in line M". Returns -1. */
int cd_words_blame(struct cd_words *);
/* As cd_fail, and blames. */
int cd_words_fail(struct cd_words *, const char *, ...) CD_PRINTF(2, 3);
/* As cd_words_fail: "WHAT 'WORD'", the word escaped. */
int cd_words_reject(struct cd_words *, const char *what, const char *word);

/* Cuts a line, in place, into words; a comment is dropped. word: out, with room
 * for half as many as the line has bytes, rounded up. Returns how many. */
int cd_words_split(char *line, char **word);

/* The next word; NULL, with e filled, if there is none. what: its name in the
 * message, here and below. */
const char *cd_words_next(struct cd_words *, const char *what);
int cd_words_int(struct cd_words *, const char *what, int min, int max,
    int *out) CD_MUST_CHECK;
int cd_words_real(struct cd_words *, const char *what, double min, double max,
    double *out) CD_MUST_CHECK;
/* Takes the next word if it is this one. */
bool cd_words_take(struct cd_words *, const char *word);
/* Fails if a word is left. */
int cd_words_end(struct cd_words *) CD_MUST_CHECK;

/* Fails unless word may name a layer, a definition or a parameter. */
int cd_words_name(struct cd_words *, const char *word) CD_MUST_CHECK;

#endif
