#include "cmd/escaped.h"

#include <stdio.h>

#include "base/err.h"

enum {
	PIECE = 1000, /* bytes of a line printed at once */
};

/* The length of the next piece of a line: at most PIECE bytes, and no UTF-8
 * character is cut in two. */
static size_t
piece(const char *p, size_t n)
{
	size_t cut = PIECE, back;

	if (n <= PIECE)
		return n;
	for (back = 0; back < 4; back++)
		if (((unsigned char)p[cut - back] & 0xc0) != 0x80)
			return cut - back;
	return cut; /* not UTF-8 here */
}

void
cd_print_escaped(const char *p, size_t n)
{
	char shown[CD_ESCAPED(PIECE)];
	size_t k;

	for (; n > 0; p += k, n -= k) {
		k = piece(p, n);
		fputs(cd_escape(shown, sizeof shown, p, k), stdout);
	}
}
