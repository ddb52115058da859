#include "layer/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"

int
cd_words_blame(struct cd_words *w)
{
	char shown[64], where[32 * CD_DEPTH_MAX];
	const struct cd_words_use *use = w->use;
	size_t n;

	n = (size_t)snprintf(where, sizeof where, "line %d", w->line);
	for (; use; use = use->outer)
		n += (size_t)snprintf(where + n, sizeof where - n,
		    ", used in line %d", use->line);
	if (w->n > 0)
		cd_fail_at(w->e, "%s",
		    cd_escape(shown, sizeof shown, w->word[0],
			strlen(w->word[0])));
	return cd_fail_at(w->e, "%s: %s", w->file, where);
}

int
cd_words_fail(struct cd_words *w, const char *fmt, ...)
{
	char msg[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	cd_fail(w->e, "%s", msg);
	return cd_words_blame(w);
}

int
cd_words_reject(struct cd_words *w, const char *what, const char *word)
{
	char shown[64];

	return cd_words_fail(w, "%s '%s'", what,
	    cd_escape(shown, sizeof shown, word, strlen(word)));
}

const char *
cd_words_next(struct cd_words *w, const char *what)
{
	if (w->at < w->n)
		return w->word[w->at++];
	cd_words_fail(w, "%s is missing", what);
	return NULL;
}

int
cd_words_int(struct cd_words *w, const char *what, int min, int max, int *out)
{
	const char *word = cd_words_next(w, what);
	int64_t v;

	if (!word)
		return -1;
	if (cd_parse_int(word, min, max, &v, w->e) < 0) {
		cd_fail_at(w->e, "%s", what);
		return cd_words_blame(w);
	}
	*out = (int)v;
	return 0;
}

int
cd_words_real(struct cd_words *w, const char *what, double min, double max,
    double *out)
{
	const char *word = cd_words_next(w, what);

	if (!word)
		return -1;
	if (cd_parse_real(word, min, max, out, w->e) < 0) {
		cd_fail_at(w->e, "%s", what);
		return cd_words_blame(w);
	}
	return 0;
}

bool
cd_words_take(struct cd_words *w, const char *word)
{
	if (w->at == w->n || strcmp(w->word[w->at], word) != 0)
		return false;
	w->at++;
	return true;
}

int
cd_words_end(struct cd_words *w)
{
	if (w->at < w->n)
		return cd_words_reject(w, "unexpected word", w->word[w->at]);
	return 0;
}

int
cd_words_split(char *s, char **word)
{
	static const char space[] = " \t\r";
	int n = 0;

	s[strcspn(s, "#")] = '\0';
	for (s += strspn(s, space); *s; s += strspn(s, space)) {
		word[n++] = s;
		s += strcspn(s, space);
		if (*s)
			*s++ = '\0';
	}
	return n;
}

int
cd_words_name(struct cd_words *w, const char *word)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	if (strlen(word) < CD_LAYER_NAME_MAX &&
	    strspn(word, chars) == strlen(word))
		return 0;
	return cd_words_fail(w,
	    "a name has at most %d letters, digits and "
	    "characters of '_.-'",
	    CD_LAYER_NAME_MAX - 1);
}
