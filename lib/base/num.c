#include "base/num.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
cd_parse_int(const char *s, int64_t min, int64_t max, int64_t *out,
    struct cd_err *e)
{
	char *end, shown[64];
	long long v;

	cd_escape(shown, sizeof shown, s, strlen(s));
	errno = 0;
	v = strtoll(s, &end, 10);
	if (!strchr("-0123456789", s[0]) || end == s || *end)
		return cd_fail(e, "'%s' is not a whole number", shown);
	if (errno || v < min || v > max)
		return cd_fail(e, "%s is not in %lld to %lld", shown,
		    (long long)min, (long long)max);
	*out = v;
	return 0;
}

static bool
parse_plain(const char *s, const char *stop, double *out)
{
	char *end;

	if (s == stop || !strchr("-.0123456789", s[0]) || strpbrk(s, "xXpP"))
		return false;
	*out = strtod(s, &end);
	return end == stop && isfinite(*out);
}

int
cd_parse_real(const char *s, double min, double max, double *out,
    struct cd_err *e)
{
	const char *end = s + strlen(s), *slash = strchr(s, '/');
	char shown[64];
	double num, den = 1;

	cd_escape(shown, sizeof shown, s, strlen(s));
	if (!parse_plain(s, slash ? slash : end, &num) ||
	    (slash && (!parse_plain(slash + 1, end, &den) || den == 0)))
		return cd_fail(e, "'%s' is not a number", shown);
	num /= den;
	if (!(num >= min && num <= max))
		return cd_fail(e, "%s is not in %g to %g", shown, min, max);
	*out = num;
	return 0;
}

int
cd_parse_size(const char *s, int64_t min, int64_t max, int64_t *out,
    struct cd_err *e)
{
	static const char units[] = "KMG";
	char digits[32], shown[64];
	size_t n = strlen(s);
	const char *u = n ? strchr(units, s[n - 1]) : NULL;
	int shift = u ? 10 * (int)(u - units + 1) : 0;
	int64_t v;

	cd_escape(shown, sizeof shown, s, n);
	if (u)
		n--;
	if (n == 0 || n >= sizeof digits || strspn(s, "0123456789") != n)
		return cd_fail(e, "'%s' is not a size (digits, then K, M or G)",
		    shown);
	memcpy(digits, s, n);
	digits[n] = '\0';
	if (cd_parse_int(digits, 0, INT64_MAX >> shift, &v, e) < 0)
		return -1;
	v <<= shift;
	if (v < min || v > max)
		return cd_fail(e, "%s is not in %lld to %lld bytes", shown,
		    (long long)min, (long long)max);
	*out = v;
	return 0;
}

int
cd_parse_wxh(const char *s, int min, int max, int *w, int *h, struct cd_err *e)
{
	const char *x = strchr(s, 'x');
	char left[8], shown[64];
	int64_t a, b;

	cd_escape(shown, sizeof shown, s, strlen(s));
	if (!x || x == s || (size_t)(x - s) >= sizeof left)
		return cd_fail(e, "'%s' is not WIDTHxHEIGHT", shown);
	memcpy(left, s, (size_t)(x - s));
	left[x - s] = '\0';
	if (cd_parse_int(left, min, max, &a, e) < 0 ||
	    cd_parse_int(x + 1, min, max, &b, e) < 0)
		return -1;
	*w = (int)a;
	*h = (int)b;
	return 0;
}

int
cd_parse_word(const char *s, const char *const *words, int *out,
    struct cd_err *e)
{
	char shown[64], list[256] = "";
	size_t n = 0;
	int i;

	for (i = 0; words[i]; i++) {
		if (strcmp(words[i], s) == 0) {
			*out = i;
			return 0;
		}
		if (n < sizeof list)
			n += (size_t)snprintf(list + n, sizeof list - n, "%s%s",
			    i == 0	     ? "" :
				words[i + 1] ? ", " :
					       " or ",
			    words[i]);
	}
	return cd_fail(e, "'%s' is not %s",
	    cd_escape(shown, sizeof shown, s, strlen(s)), list);
}
