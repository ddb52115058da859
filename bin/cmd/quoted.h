/* Words of a shell, written and read. */
#ifndef CD_CMD_QUOTED_H
#define CD_CMD_QUOTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Prints n bytes as one word of bash: bytes that a terminal or an editor might
 * take for more than text as \xNN, in $''. */
void cd_put_quoted(FILE *, const char *s, size_t n);

enum {
	CD_WORD = 4096, /* bytes of a word, with its NUL: as long as options */
};

/* A place in a line of provenance, and the word read last. */
struct cd_words {
	const char *at, *end;
	char word[CD_WORD];
	size_t len;
};

/* Reads the next word, as cd_opt_provenance quotes them; false: the end. */
bool cd_next_word(struct cd_words *);

#endif
