/* Tells inputs apart by what they begin with. */
#ifndef CD_CMD_SNIFF_H
#define CD_CMD_SNIFF_H

#include <stdbool.h>

/* Does path ("-": standard input) begin as a stream of records does? Nothing of
 * it is lost for who reads it next: where standard input is a pipe, a temporary
 * file takes its place. Dies (cd_die) where it cannot be read, and where it is
 * another pipe, which `advice` says what to do about. */
bool cd_sniff_records(const char *path, const char *advice);

/* The same: does it begin with this text, of at most 64 bytes? */
bool cd_sniff_text(const char *path, const char *text, const char *advice);

#endif
