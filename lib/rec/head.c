#include "rec/head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct line {
	const char *begin, *value, *end; /* end: at the \n */
	size_t name_len;
};

/* The line at p, which must not be past the text's end. */
static struct line
line_at(const struct cd_head *h, const char *p)
{
	const char *stop = (const char *)h->text.data + h->text.len;
	const char *end = memchr(p, '\n', (size_t)(stop - p));
	const char *space;
	struct line l = { p, NULL, end ? end : stop, 0 };

	space = memchr(p, ' ', (size_t)(l.end - p));
	l.name_len = (size_t)((space ? space : l.end) - p);
	l.value = space ? space + 1 : l.end;
	return l;
}

static const char *
text_begin(const struct cd_head *h)
{
	return (const char *)h->text.data;
}

static const char *
text_end(const struct cd_head *h)
{
	return text_begin(h) + h->text.len;
}

static const char *
after(const struct cd_head *h, const struct line *l)
{
	return l->end < text_end(h) ? l->end + 1 : l->end;
}

static int
has_name(const struct line *l, const char *name)
{
	return l->name_len == strlen(name) &&
	    memcmp(l->begin, name, l->name_len) == 0;
}

const char *
cd_head_next(const struct cd_head *h, const char *name, size_t *at, size_t *len)
{
	struct line l;

	while (*at < h->text.len) {
		l = line_at(h, text_begin(h) + *at);
		*at = (size_t)(after(h, &l) - text_begin(h));
		if (!has_name(&l, name))
			continue;
		*len = (size_t)(l.end - l.value);
		return l.value;
	}
	return NULL;
}

const char *
cd_head_nth(const struct cd_head *h, const char *name, int i, size_t *len)
{
	const char *v;
	size_t at = 0;

	do
		v = cd_head_next(h, name, &at, len);
	while (v && i-- > 0);
	return v;
}

int
cd_head_count(const struct cd_head *h, const char *name)
{
	size_t at = 0, len;
	int n = 0;

	while (cd_head_next(h, name, &at, &len))
		n++;
	return n;
}

bool
cd_head_ends_with(const struct cd_head *h, const char *name,
    const struct cd_head *from, const char *old)
{
	int skip = cd_head_count(h, name) - cd_head_count(from, old);
	size_t at = 0, bt = 0, a, b;
	const char *v, *w;

	if (skip < 0)
		return false;
	while (skip-- > 0)
		(void)cd_head_next(h, name, &at, &a);
	while ((w = cd_head_next(from, old, &bt, &b))) {
		v = cd_head_next(h, name, &at, &a);
		if (a != b || memcmp(v, w, a) != 0)
			return false;
	}
	return true;
}

int
cd_head_is(const struct cd_head *h, const char *name, const char *value)
{
	size_t len;
	const char *v = cd_head_nth(h, name, 0, &len);

	return v && len == strlen(value) && memcmp(v, value, len) == 0;
}

int
cd_head_addn(struct cd_head *h, const char *name, const char *value, size_t len,
    struct cd_err *e)
{
	size_t n = strlen(name);

	if (memchr(value, '\n', len) || memchr(value, '\0', len))
		return cd_fail(e,
		    "header line '%s': the value holds a "
		    "newline or NUL",
		    name);
	if (h->text.len + n + len + 2 > CD_HEAD_TEXT_MAX)
		return cd_fail(e, "header text longer than %d bytes",
		    CD_HEAD_TEXT_MAX);
	if (cd_buf_add(&h->text, name, n, e) < 0 ||
	    cd_buf_add(&h->text, " ", 1, e) < 0 ||
	    cd_buf_add(&h->text, value, len, e) < 0)
		return -1;
	return cd_buf_add(&h->text, "\n", 1, e);
}

int
cd_head_add(struct cd_head *h, const char *name, const char *value,
    struct cd_err *e)
{
	return cd_head_addn(h, name, value, strlen(value), e);
}

void
cd_head_remove(struct cd_head *h, const char *name)
{
	size_t at = 0, kept = 0, n;
	struct line l;

	while (at < h->text.len) {
		l = line_at(h, text_begin(h) + at);
		n = (size_t)(after(h, &l) - l.begin);
		if (!has_name(&l, name)) {
			memmove(h->text.data + kept, h->text.data + at, n);
			kept += n;
		}
		at += n;
	}
	h->text.len = kept;
}

int
cd_head_set(struct cd_head *h, const char *name, const char *value,
    struct cd_err *e)
{
	struct cd_head out = { .text = { NULL, 0, 0 } };
	const char *p = text_begin(h);
	struct line l;
	int done = 0, rc = 0;

	for (; h->text.len && p < text_end(h) && rc == 0; p = after(h, &l)) {
		l = line_at(h, p);
		if (!has_name(&l, name))
			rc = cd_buf_add(&out.text, p,
			    (size_t)(after(h, &l) - p), e);
		else if (!done++)
			rc = cd_head_add(&out, name, value, e);
	}
	if (rc == 0 && !done)
		rc = cd_head_add(&out, name, value, e);
	if (rc < 0) {
		cd_head_free(&out);
		return -1;
	}
	cd_head_free(h);
	*h = out;
	return 0;
}

int
cd_head_set_number(struct cd_head *h, const char *name, int64_t value,
    struct cd_err *e)
{
	char digits[32];

	snprintf(digits, sizeof digits, "%lld", (long long)value);
	return cd_head_set(h, name, digits, e);
}

int
cd_head_copy_lines(struct cd_head *to, const char *name,
    const struct cd_head *from, const char *old, struct cd_err *e)
{
	size_t at = 0, len;
	const char *v;

	while ((v = cd_head_next(from, old, &at, &len)))
		if (cd_head_addn(to, name, v, len, e) < 0)
			return -1;
	return 0;
}

int
cd_head_copy(struct cd_head *to, const struct cd_head *from, struct cd_err *e)
{
	to->text.len = 0;
	return cd_buf_add(&to->text, from->text.data, from->text.len, e);
}

void
cd_head_free(struct cd_head *h)
{
	cd_buf_free(&h->text);
}

int
cd_head_check(const struct cd_head *h, struct cd_err *e)
{
	static const char name_chars[] = "abcdefghijklmnopqrstuvwxyz"
					 "0123456789-";
	const char *p = text_begin(h);
	struct line l;
	int n = 0;

	if (h->text.len == 0)
		return cd_fail(e, "no header text");
	if (memchr(p, '\0', h->text.len))
		return cd_fail(e, "header text: a NUL byte");
	if (h->text.data[h->text.len - 1] != '\n')
		return cd_fail(e, "header text: no newline at the end");
	for (; p < text_end(h); p = after(h, &l)) {
		n++;
		l = line_at(h, p);
		if (l.name_len == 0 || strspn(l.begin, name_chars) < l.name_len)
			return cd_fail(e, "header text: line %d has no name",
			    n);
		if (l.begin + l.name_len == l.end)
			return cd_fail(e, "header text: line %d has no value",
			    n);
	}
	if (cd_head_count(h, "holds") != 1)
		return cd_fail(e, "header text: no 'holds' line, or several");
	if (cd_head_count(h, "class") > CD_CLASSES_MAX)
		return cd_fail(e, "header text: more than %d classes",
		    CD_CLASSES_MAX);
	return cd_head_check_numbers(h, e);
}

int
cd_head_class(const struct cd_head *h, const char *name, size_t len)
{
	size_t at = 0, n;
	const char *v;
	int i;

	for (i = 0; (v = cd_head_next(h, "class", &at, &n)); i++)
		if (n == len && memcmp(v, name, n) == 0)
			return i;
	return -1;
}

int
cd_head_agree(const struct cd_head *a, const struct cd_head *b,
    struct cd_err *e)
{
	static const char *const names[] = { "holds", "class", "fit" };
	char left[128], right[128];
	size_t i, m = 0, n = 0, at, bt;
	const char *v, *w;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		for (at = bt = 0;;) {
			v = cd_head_next(a, names[i], &at, &m);
			w = cd_head_next(b, names[i], &bt, &n);
			if (!v && !w)
				break;
			if (v && w && m == n && memcmp(v, w, n) == 0)
				continue;
			cd_escape(left, sizeof left, v ? v : "none", v ? m : 4);
			cd_escape(right, sizeof right, w ? w : "none",
			    w ? n : 4);
			return cd_fail(e,
			    "header line '%s': '%s' there, "
			    "'%s' here",
			    names[i], left, right);
		}
	return 0;
}
