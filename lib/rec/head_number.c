/* The numbers in a header: which lines are numbers, and what they may be. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "rec/head.h"

/* What a line must be; of those that only models have, in models. */
static const struct number {
	const char *name;
	bool real, model;
	double min, max;
} numbers[] = {
	{ "batch", false, false, 1, CD_BATCH_MAX },
	{ "epochs", false, false, 0, CD_HEAD_NUMBER_MAX },
	{ "records", false, false, 0, CD_HEAD_NUMBER_MAX },
	{ "skipped", false, false, 0, CD_HEAD_NUMBER_MAX },
	{ "epoch", false, true, 0, CD_HEAD_NUMBER_MAX },
	{ "step", false, true, 0, CD_HEAD_NUMBER_MAX },
	{ "position", false, true, 0, CD_HEAD_NUMBER_MAX },
	{ "sum-correct", false, true, 0, CD_HEAD_NUMBER_MAX },
	{ "best-epoch", false, true, 0, CD_HEAD_NUMBER_MAX },
	{ "sum-loss", true, true, 0, HUGE_VAL },
	{ "best-loss", true, true, 0, HUGE_VAL },
	{ "best-accuracy", true, true, 0, 1 },
	{ "elapsed", true, true, 0, HUGE_VAL },
	{ NULL },
};

enum {
	DIGITS = 64, /* bytes of a number, with its NUL */
};

/* Whole numbers have no sign and no zeros before them, so that each is written
 * in one way. */
static bool
parse_whole(const char *s, double *out)
{
	int64_t n;

	if (!*s || strspn(s, "0123456789") != strlen(s) ||
	    (s[0] == '0' && s[1]))
		return false;
	if (cd_parse_int(s, 0, CD_HEAD_NUMBER_MAX, &n, NULL) < 0)
		return false;
	*out = (double)n;
	return true;
}

/* Decimal or hexadecimal, as C's %a writes it. */
static bool
parse_real(const char *s, double *out)
{
	char *end;

	if (!*s || strspn(s, "0123456789abcdefABCDEFxXpP.+-") != strlen(s))
		return false;
	*out = strtod(s, &end);
	return !*end && isfinite(*out);
}

static bool
parse(const struct number *what, const char *v, size_t len, double *out)
{
	char text[DIGITS];

	if (len >= sizeof text)
		return false;
	memcpy(text, v, len);
	text[len] = '\0';
	return (what->real ? parse_real : parse_whole)(text, out) &&
	    *out >= what->min && *out <= what->max;
}

static int
bad_number(const struct number *what, const char *v, size_t len,
    struct cd_err *e)
{
	char shown[DIGITS];

	cd_escape(shown, sizeof shown, v, len);
	if (what->real)
		return cd_fail(e,
		    "header line '%s': '%s' is not a number of at least 0%s",
		    what->name, shown, what->max > 1 ? "" : " and at most 1");
	return cd_fail(e,
	    "header line '%s': '%s' is not a whole number from %.0f to %.0f",
	    what->name, shown, what->min, what->max);
}

int
cd_head_check_numbers(const struct cd_head *h, struct cd_err *e)
{
	bool model = cd_head_is(h, "holds", "model");
	const struct number *what;
	const char *v;
	size_t at, len;
	double n;

	for (what = numbers; what->name; what++) {
		if (what->model && !model)
			continue;
		for (at = 0; (v = cd_head_next(h, what->name, &at, &len));)
			if (!parse(what, v, len, &n))
				return bad_number(what, v, len, e);
	}
	return 0;
}

int
cd_head_set_skipped(struct cd_head *h, uint64_t n, struct cd_err *e)
{
	const uint64_t most = (uint64_t)CD_HEAD_NUMBER_MAX;

	return cd_head_set_number(h, "skipped", (int64_t)(n < most ? n : most),
	    e);
}

/* The first line's number; false if there is none. */
static bool
number(const struct cd_head *h, const char *name, bool real, double *out)
{
	const struct number *what = numbers;
	size_t len;
	const char *v = cd_head_nth(h, name, 0, &len);

	while (what->name && strcmp(what->name, name) != 0)
		what++;
	return v && what->name && what->real == real &&
	    parse(what, v, len, out);
}

int64_t
cd_head_number(const struct cd_head *h, const char *name)
{
	double n;

	return number(h, name, false, &n) ? (int64_t)n : -1;
}

double
cd_head_real(const struct cd_head *h, const char *name)
{
	double n;

	return number(h, name, true, &n) ? n : 0;
}
