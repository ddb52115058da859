#include "rec/copy.h"

#include <string.h>

#include "base/num.h"
#include "rec/layout.h"

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

/* Bytes of the data, as they lie in the copy. */
static size_t
data_size(const struct cd_rec *r)
{
	size_t n = 0;
	int i;

	if (r->payload)
		return (size_t)r->payload_size;
	for (i = 0; i < r->ntensors; i++)
		n += cd_round_up(r->tensor[i].size, CD_BLOCK);
	return n;
}

/* Copies the data to `to`: the payload whole, padding and all, since its
 * checksum is kept; else tensor by tensor. */
static void
copy_data(struct cd_rec *r, unsigned char *to)
{
	const unsigned char *old = r->payload;
	size_t at = 0;
	int i;

	if (old && r->payload_size)
		memcpy(to, old, (size_t)r->payload_size);
	for (i = 0; i < r->ntensors; i++) {
		struct cd_tensor *t = &r->tensor[i];

		if (!t->data)
			continue;
		if (old)
			at = (size_t)((const unsigned char *)t->data - old);
		else if (t->size)
			memcpy(to + at, t->data, t->size);
		t->data = to + at;
		at += cd_round_up(t->size, CD_BLOCK);
	}
	r->payload = old ? to : NULL;
}

int
cd_rec_copy(struct cd_rec *to, struct cd_rec_copy *m, const struct cd_rec *from,
    size_t slack, struct cd_err *e)
{
	int i;

	m->text.len = 0;
	m->payload.len = 0;
	if (cd_buf_reserve(&m->text, text_size(from), e) < 0 ||
	    cd_buf_reserve(&m->payload, data_size(from) + slack, e) < 0)
		return -1;
	*to = *from;
	to->key = add_text(&m->text, from->key);
	for (i = 0; i < to->ntensors; i++)
		to->tensor[i].name = add_text(&m->text, to->tensor[i].name);
	copy_data(to, m->payload.data);
	return 0;
}

void
cd_rec_copy_free(struct cd_rec_copy *m)
{
	cd_buf_free(&m->text);
	cd_buf_free(&m->payload);
}
