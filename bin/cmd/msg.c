#include "cmd/msg.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *self = "cd-tools";

void
cd_msg_name(const char *name)
{
	self = name;
}

/* A message is one printable line, whatever names it contains. Backslashes are
 * not escaped again: names may have been through cd_escape already. */
static void
printable(char *out, size_t size, const char *s)
{
	size_t n, o = 0;

	for (;;) {
		n = strcspn(s, "\\");
		cd_escape(out + o, size - o, s, n);
		o += strlen(out + o);
		if (!s[n] || o + 2 > size)
			return;
		out[o++] = '\\';
		out[o] = '\0';
		s += n + 1;
	}
}

/* One write, where the system takes it all, so that the lines of a pipeline's
 * stages do not mix. */
static void
put_line(const char *line, size_t len)
{
	ssize_t k;

	while (len > 0) {
		k = write(STDERR_FILENO, line, len);
		if (k < 0 && errno != EINTR)
			return;
		if (k > 0) {
			line += k;
			len -= (size_t)k;
		}
	}
}

static void
vwarn(const char *fmt, va_list ap)
{
	char text[CD_ERR_MSG], line[CD_ERR_MSG + 128];
	int n = snprintf(line, sizeof line - 1, "%s: ", self);
	size_t len;

	vsnprintf(text, sizeof text, fmt, ap);
	printable(line + n, sizeof line - 1 - (size_t)n, text);
	len = strlen(line);
	line[len++] = '\n';
	put_line(line, len);
}

void
cd_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarn(fmt, ap);
	va_end(ap);
}

void
cd_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarn(fmt, ap);
	va_end(ap);
	exit(2);
}

void
cd_close_stdout(void)
{
	if (fflush(stdout) == EOF || ferror(stdout) || fclose(stdout) == EOF)
		cd_die("standard output: %s", strerror(errno));
}
