/* The table of options as text, for programs. */
#ifndef CD_CMD_OPTIONS_H
#define CD_CMD_OPTIONS_H

#include "cmd/opt.h"

/* Prints a line for each option to standard output, --help and --version
 * included, of columns with a tab between:
 *
 *	--name
 *	-letter, or - where it has none
 *	its argument as the manual names it, or - for a flag
 *	file: the argument is a file's name; many: it may be repeated;
 *	file,many: both; or -
 *	words that the argument may be, a space between, or -
 *	the line of --help
 *
 * cd-tools(7) promises this; completion of shells reads it. */
void cd_options_print(const struct cd_command *);

#endif
