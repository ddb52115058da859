#include "out/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
cd_json_string(struct cd_buf *b, const char *s, struct cd_err *e)
{
	char code[8];
	size_t n;

	if (cd_buf_add(b, "\"", 1, e) < 0)
		return -1;
	for (; *s; s += n ? n : 1) {
		n = strcspn(s,
		    "\"\\\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17"
		    "\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36"
		    "\37");
		if (n > 0) {
			if (cd_buf_add(b, s, n, e) < 0)
				return -1;
			continue;
		}
		if (*s == '"' || *s == '\\')
			snprintf(code, sizeof code, "\\%c", *s);
		else
			snprintf(code, sizeof code, "\\u%04x", *s);
		if (cd_buf_add(b, code, strlen(code), e) < 0)
			return -1;
	}
	return cd_buf_add(b, "\"", 1, e);
}

int
cd_json_add(struct cd_buf *b, struct cd_err *e, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof text)
		return cd_fail(e, "more than %zu bytes of text", sizeof text);
	return cd_buf_add(b, text, (size_t)n, e);
}
