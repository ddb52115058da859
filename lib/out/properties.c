#include "out/properties.h"

#include <string.h>

const char *const cd_property_name[CD_PROPERTIES] = { "net", "classes", "fit",
	"provenance" };

/* Appends a line, escaped but for its tabs: strings of a protobuf are UTF-8. */
static int
add_line(struct cd_buf *b, const char *s, size_t n, struct cd_err *e)
{
	const char *end = s + n, *tab;

	for (;; s = tab + 1) {
		tab = memchr(s, '\t', (size_t)(end - s));
		n = (size_t)((tab ? tab : end) - s);
		if (cd_buf_reserve(b, b->len + CD_ESCAPED(n), e) < 0)
			return -1;
		cd_escape((char *)b->data + b->len, CD_ESCAPED(n), s, n);
		b->len += strlen((char *)b->data + b->len);
		if (cd_buf_add(b, tab ? "\t" : "\n", 1, e) < 0)
			return -1;
		if (!tab)
			return 0;
	}
}

/* The same of the header's lines of this name. */
static int
add_lines(struct cd_buf *b, const struct cd_head *h, const char *name,
    struct cd_err *e)
{
	size_t at = 0, len;
	const char *v;

	while ((v = cd_head_next(h, name, &at, &len)))
		if (add_line(b, v, len, e) < 0)
			return -1;
	return 0;
}

static int
add_net(struct cd_buf *b, const struct cd_net *net, struct cd_err *e)
{
	const char *p = net->text, *end = p + net->len, *nl;

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		if (add_line(b, p, (size_t)(nl - p), e) < 0)
			return -1;
	}
	return 0;
}

int
cd_properties_of(struct cd_properties *p, const struct cd_model *m,
    const char *made, struct cd_err *e)
{
	struct cd_buf *t = p->text;
	int i;

	if (add_net(&t[0], &m->net, e) < 0 ||
	    add_lines(&t[1], &m->head, "class", e) < 0 ||
	    add_lines(&t[2], &m->head, "fit", e) < 0 ||
	    add_lines(&t[3], &m->head, "made", e) < 0 ||
	    add_line(&t[3], made, strlen(made), e) < 0)
		return -1;
	for (i = 0; i < CD_PROPERTIES; i++) {
		if (t[i].len == 0)
			continue;
		t[i].data[t[i].len - 1] = '\0'; /* the last newline */
		p->value[i] = (char *)t[i].data;
	}
	return 0;
}

void
cd_properties_free(struct cd_properties *p)
{
	int i;

	for (i = 0; i < CD_PROPERTIES; i++)
		cd_buf_free(&p->text[i]);
}
