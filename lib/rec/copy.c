#include "rec/copy.h"

#include <string.h>

/* Bytes of the key and the names, each with its NUL. */
static size_t
text_size(const struct cd_rec *r)
{
	size_t n = strlen(r->key) + 1;
	int i;

	for (i = 0; i < r->ntensors; i++)
		n += strlen(r->tensor[i].name) + 1;
	return n;
}

static const char *
add_text(struct cd_buf *b, const char *s)
{
	size_t n = strlen(s) + 1;
	char *at = (char *)b->data + b->len;

	memcpy(at, s, n);
	b->len += n;
	return at;
}

int
cd_rec_copy(struct cd_rec *to, struct cd_rec_copy *m, const struct cd_rec *from,
    size_t slack, struct cd_err *e)
{
	const unsigned char *old = from->payload;
	struct cd_tensor *t;
	int i;

	m->text.len = 0;
	m->payload.len = 0;
	if (cd_buf_reserve(&m->text, text_size(from), e) < 0 ||
	    cd_buf_reserve(&m->payload, from->payload_size + slack, e) < 0 ||
	    cd_buf_add(&m->payload, old, from->payload_size, e) < 0)
		return -1;
	*to = *from;
	to->key = add_text(&m->text, from->key);
	to->payload = m->payload.data;
	for (i = 0; i < to->ntensors; i++) {
		t = &to->tensor[i];
		t->name = add_text(&m->text, t->name);
		if (t->data)
			t->data = m->payload.data +
			    ((const unsigned char *)t->data - old);
	}
	return 0;
}

void
cd_rec_copy_free(struct cd_rec_copy *m)
{
	cd_buf_free(&m->text);
	cd_buf_free(&m->payload);
}
