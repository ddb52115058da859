/* Errors as values. Library functions return < 0 and fill the caller's
 * struct cd_err; they never print and never exit. */
#ifndef CD_BASE_ERR_H
#define CD_BASE_ERR_H

#include <stddef.h>

#define CD_MUST_CHECK __attribute__((warn_unused_result))
#define CD_PRINTF(f, a) __attribute__((format(printf, f, a)))

enum {
	CD_ERR_MSG = 1024, /* bytes of a message, NUL included */
};

/* Keeps the first error: a later one, met while cleaning up, does not hide the
 * cause. */
struct cd_err {
	char msg[CD_ERR_MSG];
	int sys; /* errno of the cause; 0: the input is at fault */
};

/* Fills e unless it holds a message already; returns -1, so that a function
 * ends in `return cd_fail(e, ...)`. e may be NULL. */
int cd_fail(struct cd_err *e, const char *fmt, ...) CD_PRINTF(2, 3);

/* As cd_fail, with ": " and strerror(errno) appended. */
int cd_fail_errno(struct cd_err *e, const char *fmt, ...) CD_PRINTF(2, 3);

/* Prefixes the message in e with "where: ". Returns -1. */
int cd_fail_at(struct cd_err *e, const char *fmt, ...) CD_PRINTF(2, 3);

/* Writes s (n bytes) to out (size bytes) with control characters, backslashes
 * and invalid UTF-8 as \xNN: names from a stream are never printed raw. What
 * does not fit is cut off and ends in "...". Returns out. */
char *cd_escape(char *out, size_t size, const char *s, size_t n);

/* The same of paths: what does not fit is left out at the beginning. size must
 * be at least 16. */
char *cd_escape_end(char *out, size_t size, const char *s, size_t n);

/* Room for all of n bytes, escaped. */
#define CD_ESCAPED(n) (4 * (n) + 8)

/* The value of a lower-case hexadecimal digit, or -1. */
int cd_hex(char);

/* The inverse, in place: \xNN of two lower-case digits becomes that byte,
 * except \x00; any other backslash is one. Returns the new length. */
size_t cd_unescape(char *s, size_t n);

#endif
