/* Text of a stream, of any length, for a reader. */
#ifndef CD_CMD_ESCAPED_H
#define CD_CMD_ESCAPED_H

#include <stddef.h>

/* Prints n bytes to standard output as cd_escape shows them. */
void cd_print_escaped(const char *p, size_t n);

#endif
