#include "net/text_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"

int
cd_words_blame(struct parser *p)
{
	char shown[64], where[32 * CD_DEPTH_MAX];
	const struct cd_use *use = p->use;
	size_t n;

	n = (size_t)snprintf(where, sizeof where, "line %d", p->line);
	for (; use; use = use->outer)
		n += (size_t)snprintf(where + n, sizeof where - n,
		    ", used in line %d", use->line);
	if (p->n > 0)
		cd_fail_at(p->e, "%s",
		    cd_escape(shown, sizeof shown, p->word[0],
			strlen(p->word[0])));
	return cd_fail_at(p->e, "%s: %s", p->file, where);
}

int
cd_words_fail(struct parser *p, const char *fmt, ...)
{
	char msg[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	cd_fail(p->e, "%s", msg);
	return cd_words_blame(p);
}

int
cd_words_reject(struct parser *p, const char *what, const char *word)
{
	char shown[64];

	return cd_words_fail(p, "%s '%s'", what,
	    cd_escape(shown, sizeof shown, word, strlen(word)));
}

const char *
cd_words_next(struct parser *p, const char *what)
{
	if (p->at < p->n)
		return p->word[p->at++];
	cd_words_fail(p, "%s is missing", what);
	return NULL;
}

int
cd_words_int(struct parser *p, const char *what, int min, int max, int *out)
{
	const char *w = cd_words_next(p, what);
	int64_t v;

	if (!w)
		return -1;
	if (cd_parse_int(w, min, max, &v, p->e) < 0) {
		cd_fail_at(p->e, "%s", what);
		return cd_words_blame(p);
	}
	*out = (int)v;
	return 0;
}

int
cd_words_real(struct parser *p, const char *what, double min, double max,
    double *out)
{
	const char *w = cd_words_next(p, what);

	if (!w)
		return -1;
	if (cd_parse_real(w, min, max, out, p->e) < 0) {
		cd_fail_at(p->e, "%s", what);
		return cd_words_blame(p);
	}
	return 0;
}

bool
cd_words_take(struct parser *p, const char *word)
{
	if (p->at == p->n || strcmp(p->word[p->at], word) != 0)
		return false;
	p->at++;
	return true;
}

int
cd_words_end(struct parser *p)
{
	if (p->at < p->n)
		return cd_words_reject(p, "unexpected word", p->word[p->at]);
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
cd_words_name(struct parser *p, const char *word)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	if (strlen(word) < CD_LAYER_NAME_MAX &&
	    strspn(word, chars) == strlen(word))
		return 0;
	return cd_words_fail(p,
	    "a name has at most %d letters, digits and "
	    "characters of '_.-'",
	    CD_LAYER_NAME_MAX - 1);
}
