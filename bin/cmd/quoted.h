/* Text of a stream as a word of a shell. */
#ifndef CD_CMD_QUOTED_H
#define CD_CMD_QUOTED_H

#include <stddef.h>
#include <stdio.h>

/* Prints n bytes as one word of bash: bytes that a terminal or an editor might
 * take for more than text as \xNN, in $''. */
void cd_put_quoted(FILE *, const char *s, size_t n);

#endif
