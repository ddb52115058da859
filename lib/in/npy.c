#include "in/npy.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"

enum {
	TYPE = 32,		/* most bytes of a 'descr' */
	ELEMENT_MAX = 64 << 10, /* bytes of one: 4 for each letter of a U */
};

/* What is left of the text; nothing can be read at its end. */
struct text {
	const char *p, *end;
};

static bool
take(struct text *t, const char *word)
{
	size_t n = strlen(word);

	while (t->p < t->end && strchr(" \t\n", *t->p) && *t->p)
		t->p++;
	if ((size_t)(t->end - t->p) < n || memcmp(t->p, word, n) != 0)
		return false;
	t->p += n;
	return true;
}

/* A string of Python's without escapes: what is in it, NULL: there is none. */
static const char *
take_string(struct text *t, size_t *n)
{
	const char *quote = take(t, "'") ? "'" : take(t, "\"") ? "\"" : NULL;
	const char *from = t->p, *to;

	to = quote ? memchr(from, *quote, (size_t)(t->end - from)) : NULL;
	if (!to || memchr(from, '\\', (size_t)(to - from)))
		return NULL;
	*n = (size_t)(to - from);
	t->p = to + 1;
	return from;
}

static bool
take_number(struct text *t, uint64_t *v)
{
	char digits[20];
	size_t n = 0;
	int64_t got;

	(void)take(t, "");
	while (t->p < t->end && *t->p >= '0' && *t->p <= '9' &&
	    n + 1 < sizeof digits)
		digits[n++] = *t->p++;
	digits[n] = '\0';
	if (n == 0 || cd_parse_int(digits, 0, INT64_MAX, &got, NULL) < 0)
		return false;
	*v = (uint64_t)got;
	return true;
}

static int
bad(struct cd_err *e)
{
	return cd_fail(e, "not the header of an NPY file");
}

static int
take_shape(struct text *t, struct cd_array *a, struct cd_err *e)
{
	if (!take(t, "("))
		return bad(e);
	for (a->rank = 0; !take(t, ")"); a->rank++) {
		if (a->rank == CD_ARRAY_RANK)
			return cd_fail(e, "more than %d dimensions",
			    CD_ARRAY_RANK);
		if (!take_number(t, &a->dim[a->rank]))
			return bad(e);
		/* (3,) is of one dimension; (3) would be a number */
		if (!take(t, ",") &&
		    (a->rank == 0 || t->p == t->end || *t->p != ')'))
			return bad(e);
	}
	return 0;
}

/* "<f4": order, kind and size. */
static int
set_type(struct cd_array *a, const char *type, struct cd_err *e)
{
	const char *p = type + (strchr("<>|=", *type) && *type ? 1 : 0);
	char shown[CD_ESCAPED(TYPE)];
	int64_t size;

	cd_escape(shown, sizeof shown, type, strlen(type));
	a->kind = *p;
	if (a->kind == 'O')
		return cd_fail(e,
		    "holds Python objects (pickled), which are not read");
	if (!a->kind || !strchr("uifbSU", a->kind) ||
	    cd_parse_int(p + 1, 0, ELEMENT_MAX, &size, NULL) < 0)
		return cd_fail(e, "of type '%s', which is not read", shown);
	a->size = (size_t)size * (a->kind == 'U' ? 4 : 1);
	if ((strchr("ui", a->kind) && size != 1 && size != 2 && size != 4 &&
		size != 8) ||
	    (a->kind == 'f' && size != 2 && size != 4 && size != 8) ||
	    (a->kind == 'b' && size != 1))
		return cd_fail(e, "of type '%s', which is not read", shown);
	if (*type == '>' && a->size > 1 && a->kind != 'S')
		return cd_fail(e,
		    "of type '%s', big-endian: save it as little-endian, "
		    ".astype('<%s')",
		    shown, p);
	return 0;
}

/* The value of one key of the dictionary. */
static int
take_value(struct text *t, const char *key, size_t n, struct cd_array *a,
    unsigned *seen, struct cd_err *e)
{
	static const char *const keys[] = { "descr", "fortran_order", "shape" };
	char type[TYPE];
	const char *s;
	unsigned k = 0;

	while (k < 3 && (strlen(keys[k]) != n || memcmp(keys[k], key, n) != 0))
		k++;
	if (k == 3 || *seen & 1u << k || !take(t, ":"))
		return bad(e);
	*seen |= 1u << k;
	if (k == 2)
		return take_shape(t, a, e);
	if (k == 1) {
		a->fortran = take(t, "True");
		return a->fortran || take(t, "False") ? 0 : bad(e);
	}
	if (take(t, "["))
		return cd_fail(e, "an array of structures, which is not read");
	s = take_string(t, &n);
	if (!s || n >= sizeof type || memchr(s, '\0', n))
		return bad(e);
	memcpy(type, s, n);
	type[n] = '\0';
	return set_type(a, type, e);
}

int
cd_npy_parse(struct cd_array *a, const char *text, size_t size,
    struct cd_err *e)
{
	struct text t = { text, text + size };
	const char *key;
	unsigned seen = 0;
	size_t n;

	if (!take(&t, "{"))
		return bad(e);
	while (!take(&t, "}")) {
		key = take_string(&t, &n);
		if (!key)
			return bad(e);
		if (take_value(&t, key, n, a, &seen, e) < 0)
			return -1;
		if (!take(&t, ",") && (t.p == t.end || *t.p != '}'))
			return bad(e);
	}
	(void)take(&t, "");
	while (t.p < t.end && (*t.p == ' ' || *t.p == '\n'))
		t.p++;
	if (seen != 7 || t.p != t.end)
		return bad(e);
	return cd_array_measure(a, e);
}
