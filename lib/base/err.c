#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
cd_fail(struct cd_err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e || e->msg[0])
		return -1;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	return -1;
}

int
cd_fail_errno(struct cd_err *e, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	size_t n;

	if (!e || e->msg[0])
		return -1;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof e->msg - n, ": %s", strerror(saved));
	e->sys = saved;
	errno = saved;
	return -1;
}

int
cd_fail_at(struct cd_err *e, const char *fmt, ...)
{
	char old[CD_ERR_MSG];
	va_list ap;
	size_t n;

	if (!e)
		return -1;
	memcpy(old, e->msg, sizeof old);
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof e->msg - n, ": %s", old);
	return -1;
}

/* Length of the UTF-8 sequence at s (RFC 3629), or 0 if it is invalid. */
static size_t
utf8_len(const unsigned char *s, size_t n)
{
	size_t len, i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (len > n)
		return 0;
	for (i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	/* U+0080 to U+009F are control characters too */
	if (s[0] == 0xc2 && s[1] < 0xa0)
		return 0;
	return len;
}

int
cd_hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

size_t
cd_unescape(char *s, size_t n)
{
	size_t i, o = 0;
	int c;

	for (i = 0; i < n; i++) {
		c = s[i];
		if (c == '\\' && n - i >= 4 && s[i + 1] == 'x' &&
		    cd_hex(s[i + 2]) >= 0 && cd_hex(s[i + 3]) >= 0 &&
		    (s[i + 2] != '0' || s[i + 3] != '0')) {
			c = 16 * cd_hex(s[i + 2]) + cd_hex(s[i + 3]);
			i += 3;
		}
		s[o++] = (char)c;
	}
	return o;
}

char *
cd_escape(char *out, size_t size, const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t i = 0, o = 0, len;

	if (size == 0)
		return out;
	while (i < n) {
		len = utf8_len(u + i, n - i);
		if (u[i] < 0x20 || u[i] == 0x7f || u[i] == '\\')
			len = 0;
		if (o + (len ? len : 4) + 4 > size) {
			snprintf(out + o, size - o, "...");
			return out;
		}
		if (len) {
			memcpy(out + o, u + i, len);
			o += len;
			i += len;
		} else {
			snprintf(out + o, 5, "\\x%02x", u[i++]);
			o += 4;
		}
	}
	out[o] = '\0';
	return out;
}

char *
cd_escape_end(char *out, size_t size, const char *s, size_t n)
{
	size_t most = (size - 8) / 4;
	size_t cut = n > most ? n - most : 0;

	/* not within a character */
	while (cut > 0 && cut < n && ((unsigned char)s[cut] & 0xc0) == 0x80)
		cut++;
	if (cut > 0)
		memcpy(out, "...", 3);
	cd_escape(out + (cut > 0 ? 3 : 0), size - (cut > 0 ? 3 : 0), s + cut,
	    n - cut);
	return out;
}
