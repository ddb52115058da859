/* For the unit programs of the net text: one net, parsed or refused. */
#ifndef CD_TESTS_UNIT_NET_PARSE_H
#define CD_TESTS_UNIT_NET_PARSE_H

#include "net/text.h"
#include "unit/check.h"

static struct cd_net net;
static struct cd_err e;

static inline int
parse(const char *text)
{
	e.msg[0] = '\0';
	return cd_net_parse(&net, text, strlen(text), "x.net", &e);
}

/* Checks that text is refused with this message. */
static inline void
refused(const char *text, const char *message)
{
	CHECK(parse(text) < 0);
	CHECK_TEXT(e.msg, message);
	CHECK(net.layer == NULL && net.text == NULL && net.mean == NULL);
	if (!e.msg[0])
		cd_net_free(&net);
}

/* Checks that text is refused, at where, for a word that begins no line. */
static inline void
unknown(const char *text, const char *where)
{
	static const char what[] = ": unknown word; a line begins with ";
	size_t n = strlen(where);

	CHECK(parse(text) < 0);
	CHECK(strncmp(e.msg, where, n) == 0);
	CHECK(strncmp(e.msg + n, what, sizeof what - 1) == 0);
}

/* Checks that text is accepted. */
static inline void
parsed(const char *text)
{
	CHECK(parse(text) == 0);
	CHECK_TEXT(e.msg, "");
}

#endif
