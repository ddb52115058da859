#include "img/still.h"

/* A picture that is read; kinds 1 to 6 are P1 to P6. */
struct reading {
	const unsigned char *at, *end;
	int kind;
	int64_t w, h, maxval;
	struct cd_err *e;
};

static bool
is_white(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static int
cut(const struct reading *r)
{
	return cd_fail(r->e, "the picture is cut");
}

/* Passes over white space, and over comments up to the end of their line. */
static void
skip(struct reading *r)
{
	bool comment = false;

	for (; r->at < r->end; r->at++) {
		comment = *r->at == '#' || (comment && *r->at != '\n');
		if (!comment && !is_white(*r->at))
			return;
	}
}

static int
number(struct reading *r, int64_t min, int64_t max, int64_t *v)
{
	skip(r);
	if (r->at == r->end)
		return cut(r);
	if (!is_digit(*r->at))
		return cd_fail(r->e, "a number is missing");
	for (*v = 0; r->at < r->end && is_digit(*r->at); r->at++) {
		*v = 10 * *v + (*r->at - '0');
		if (*v > max)
			break;
	}
	if (*v < min || *v > max)
		return cd_fail(r->e, "a number is not in %lld to %lld",
		    (long long)min, (long long)max);
	return 0;
}

/* Begins behind "P" and the kind. */
static int
header(struct reading *r)
{
	r->maxval = 1;
	if (number(r, 1, INT32_MAX, &r->w) < 0 ||
	    number(r, 1, INT32_MAX, &r->h) < 0 ||
	    (r->kind % 3 != 1 && number(r, 1, 65535, &r->maxval) < 0))
		return -1;
	if (r->at == r->end)
		return cut(r);
	if (!is_white(*r->at))
		return cd_fail(r->e, "no white space behind the header");
	r->at++;
	return 0;
}

static unsigned char
to_byte(const struct reading *r, int64_t v)
{
	return (unsigned char)((v * 255 + r->maxval / 2) / r->maxval);
}

/* One value of a plain file. */
static int
plain(struct reading *r, unsigned char *out)
{
	int64_t v;

	if (r->kind != 1) {
		if (number(r, 0, r->maxval, &v) < 0)
			return -1;
		*out = to_byte(r, v);
		return 0;
	}
	skip(r); /* bits need nothing between them */
	if (r->at == r->end)
		return cut(r);
	if (*r->at != '0' && *r->at != '1')
		return cd_fail(r->e, "neither 0 nor 1");
	*out = *r->at++ == '0' ? 255 : 0;
	return 0;
}

/* n values, of a row. */
static int
values(struct reading *r, unsigned char *out, size_t n)
{
	size_t i, wide = r->maxval > 255 ? 2 : 1;
	size_t bytes = r->kind == 4 ? (n + 7) / 8 : n * wide;
	const unsigned char *p = r->at;

	if (r->kind < 4) {
		for (i = 0; i < n; i++)
			if (plain(r, out + i) < 0)
				return -1;
		return 0;
	}
	if ((size_t)(r->end - p) < bytes)
		return cut(r);
	r->at += bytes;
	for (i = 0; i < n; i++) {
		int64_t v = p[i / (r->kind == 4 ? 8 : 1)];

		if (r->kind == 4)
			v = ~v >> (7 - i % 8) & 1;
		else if (wide == 2)
			v = (int64_t)p[2 * i] << 8 | p[2 * i + 1];
		if (v > r->maxval)
			return cd_fail(r->e, "a value is more than %lld",
			    (long long)r->maxval);
		out[i] = to_byte(r, v);
	}
	return 0;
}

static void
grey_to_rgb(unsigned char *p, size_t n)
{
	size_t i;

	for (i = n; i-- > 0;)
		p[3 * i] = p[3 * i + 1] = p[3 * i + 2] = p[i];
}

static int
rows(struct reading *r, struct cd_buf *out)
{
	size_t w = (size_t)r->w, n = r->kind % 3 == 0 ? 3 * w : w;
	unsigned char *p = out->data;
	int64_t y;

	for (y = 0; y < r->h; y++, p += 3 * w) {
		if (values(r, p, n) < 0)
			return -1;
		if (n == w)
			grey_to_rgb(p, w);
	}
	out->len = 3 * w * (size_t)r->h;
	return 0;
}

int
cd_still_pnm(const struct cd_still_how *how, const unsigned char *data,
    size_t n, struct cd_buf *out, struct cd_still *s, struct cd_err *e)
{
	struct reading r = { .at = data + 2,
		.end = data + n,
		.kind = data[1] - '0',
		.e = e };

	if (header(&r) < 0 || cd_still_room(how, r.w, r.h, n, 4, out, e) < 0 ||
	    rows(&r, out) < 0)
		return -1;
	skip(&r);
	s->more = r.end - r.at > 1 && r.at[0] == 'P' && is_digit(r.at[1]);
	if (r.at < r.end && !s->more)
		return cd_fail(e, "%lld bytes behind the picture",
		    (long long)(r.end - r.at));
	s->w = (int)r.w;
	s->h = (int)r.h;
	s->orientation = 1;
	return 0;
}
