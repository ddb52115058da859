/* Messages of a command, and dying with one. */
#ifndef CD_CMD_MSG_H
#define CD_CMD_MSG_H

#include "base/err.h"

/* Sets the name that begins each message; it is not copied. */
void cd_msg_name(const char *name);

/* "NAME: message\n" to standard error, in one write, with what is not
 * printable escaped as cd_escape does. */
void cd_warn(const char *fmt, ...) CD_PRINTF(1, 2);

/* cd_warn, then exit 2. */
void cd_die(const char *fmt, ...) CD_PRINTF(1, 2) __attribute__((noreturn));

/* For a main that printed text: flushes and closes standard output, and dies
 * with a message where that fails (a full disk). */
void cd_close_stdout(void);

#endif
