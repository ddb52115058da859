#include "cmd/quoted.h"

#include <string.h>

void
cd_put_quoted(FILE *f, const char *s, size_t n)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-_=+:,./%@^";
	bool bare = n > 0, shown = true;
	size_t i;

	for (i = 0; i < n; i++) {
		bare = bare && s[i] && strchr(plain, s[i]);
		shown = shown && s[i] >= ' ' && s[i] < 0x7f;
	}
	if (bare) {
		fwrite(s, 1, n, f);
		return;
	}
	fputs(shown ? "'" : "$'", f);
	for (i = 0; i < n; i++) {
		if (shown && s[i] == '\'')
			fputs("'\\''", f);
		else if (!shown && (s[i] == '\'' || s[i] == '\\'))
			fprintf(f, "\\%c", s[i]);
		else if (s[i] < ' ' || s[i] >= 0x7f)
			fprintf(f, "\\x%02x", (unsigned char)s[i]);
		else
			fputc(s[i], f);
	}
	fputc('\'', f);
}

bool
cd_next_word(struct cd_words *w)
{
	bool inside = false;

	w->len = 0;
	while (w->at < w->end && *w->at == ' ')
		w->at++;
	if (w->at == w->end)
		return false;
	for (; w->at < w->end && (inside || *w->at != ' '); w->at++) {
		if (*w->at == '\'') {
			inside = !inside;
			continue;
		}
		if (!inside && *w->at == '\\' && w->at + 1 < w->end)
			w->at++;
		if (w->len + 1 < sizeof w->word)
			w->word[w->len++] = *w->at;
	}
	w->word[w->len] = '\0';
	return true;
}
