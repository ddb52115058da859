/* A stream from its text. The text is untrusted: every line is checked against
 * the limits before use, and memory grows only with the input. */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "rec/layout.h"
#include "rec/text.h"

enum {
	CHUNK = 64 << 10,
};

struct cd_text {
	FILE *f;
	const char *name;
	uint64_t line_number;
	unsigned char chunk[CHUNK];
	size_t pos, len;
	struct cd_buf line; /* NUL-terminated */
	bool pending;	    /* line has been read but not used yet */
	bool ended;

	struct cd_head head;
	uint64_t skipped;

	struct cd_rec rec;
	struct cd_buf payload;
	size_t start[CD_TENSORS_MAX]; /* of each tensor, in payload */
	char names[CD_TENSORS_MAX][CD_NAME_MAX + 1];
	char key[CD_KEY_MAX + 1];
	uint64_t total; /* bytes of payload, padding included */
};

static int
fill(struct cd_text *t, struct cd_err *e)
{
	t->pos = 0;
	t->len = fread(t->chunk, 1, sizeof t->chunk, t->f);
	/* at once, even after a partial read: later errno may be another */
	if (ferror(t->f))
		return cd_fail_errno(e, "read");
	return 0;
}

/* The next line into t->line, without its newline: 1; at the end: 0. */
static int
next_line(struct cd_text *t, struct cd_err *e)
{
	const unsigned char *p, *nl = NULL;
	size_t n;

	if (t->pending) {
		t->pending = false;
		return 1;
	}
	t->line.len = 0;
	t->line_number++;
	while (!nl) {
		if (t->pos == t->len && fill(t, e) < 0)
			return -1;
		if (t->len == 0 && t->line.len == 0)
			return 0;
		if (t->len == 0)
			return cd_fail(e, "the text is cut: no newline");
		p = t->chunk + t->pos;
		nl = memchr(p, '\n', t->len - t->pos);
		n = nl ? (size_t)(nl - p) : t->len - t->pos;
		if (memchr(p, '\0', n))
			return cd_fail(e, "a NUL byte");
		if (t->line.len + n > CD_TEXT_LINE_MAX)
			return cd_fail(e, "longer than %d bytes",
			    CD_TEXT_LINE_MAX);
		if (cd_buf_add(&t->line, p, n, e) < 0)
			return -1;
		t->pos += n + (nl != NULL);
	}
	return cd_buf_add(&t->line, "", 1, e) < 0 ? -1 : 1;
}

/* As next_line, but the end of the text is an error. */
static int
need_line(struct cd_text *t, struct cd_err *e)
{
	int got = next_line(t, e);

	if (got == 0)
		return cd_fail(e, "the text is cut: no end line");
	return got;
}

static char *
line_text(struct cd_text *t)
{
	return (char *)t->line.data;
}

/* What follows word and a space in the line ("" if the line is word alone), or
 * NULL if the line begins otherwise. */
static char *
after_word(struct cd_text *t, const char *word)
{
	char *s = line_text(t);
	size_t n = strlen(word);

	if (strncmp(s, word, n) != 0 || (s[n] && s[n] != ' '))
		return NULL;
	return s + n + (s[n] == ' ');
}

/* Cuts the next word off *s and moves *s past it; NULL: none is left. */
static char *
cut_word(char **s)
{
	char *word = *s + strspn(*s, " ");
	size_t n = strcspn(word, " ");

	if (n == 0)
		return NULL;
	*s = word + n;
	if (word[n])
		*(*s)++ = '\0';
	return word;
}

/* Decodes \xNN in s in place; the length, or < 0. */
static int64_t
unescape(char *s, struct cd_err *e)
{
	char *in = s, *out = s;
	int high, low;

	while (*in) {
		if (*in != '\\') {
			*out++ = *in++;
			continue;
		}
		high = in[1] == 'x' ? cd_hex(in[2]) : -1;
		low = high >= 0 ? cd_hex(in[3]) : -1;
		if (low < 0)
			return cd_fail(e, "a backslash that is not \\xNN");
		*out++ = (char)(high << 4 | low);
		in += 4;
	}
	return out - s;
}

static char *
shown(char *buf, size_t size, const char *word)
{
	return cd_escape(buf, size, word, strlen(word));
}

static int
take_u64(const char *word, const char *what, uint64_t max, uint64_t *v,
    struct cd_err *e)
{
	char buf[64];

	if (!word)
		return cd_fail(e, "no %s", what);
	errno = 0;
	*v = strtoull(word, NULL, 10);
	if (errno || *v > max || strspn(word, "0123456789") != strlen(word))
		return cd_fail(e, "%s '%s' is not in 0 to %" PRIu64, what,
		    shown(buf, sizeof buf, word), max);
	return 0;
}

static int
add_value(struct cd_text *t, const char *word, struct cd_err *e)
{
	const struct cd_tensor *last = &t->rec.tensor[t->rec.ntensors - 1];
	unsigned char b[8];
	char buf[64];

	if (cd_text_parse(b, last->dtype, word) < 0)
		return cd_fail(e, "'%s' is not a number of type %s",
		    shown(buf, sizeof buf, word), cd_dtype_name(last->dtype));
	if (t->payload.len - t->start[t->rec.ntensors - 1] == last->size)
		return cd_fail(e, "more numbers than the tensor holds");
	return cd_buf_add(&t->payload, b, cd_dtype_size(last->dtype), e);
}

/* Checks that the last tensor has all its numbers, and pads it. */
static int
finish_tensor(struct cd_text *t, struct cd_err *e)
{
	static const unsigned char zeros[CD_BLOCK];
	int i = t->rec.ntensors - 1;
	size_t have, pad;
	char buf[64];

	if (i < 0)
		return 0;
	have = t->payload.len - t->start[i];
	if (have < t->rec.tensor[i].size)
		return cd_fail(e, "the tensor '%s' before has too few numbers",
		    shown(buf, sizeof buf, t->names[i]));
	pad = cd_round_up(have, CD_BLOCK) - have;
	return cd_buf_add(&t->payload, zeros, pad, e);
}

static int
take_dtype(const char *word, enum cd_dtype *out, struct cd_err *e)
{
	char buf[64];
	int d;

	for (d = CD_U8; word && d <= CD_F64; d++)
		if (strcmp(word, cd_dtype_name((enum cd_dtype)d)) == 0) {
			*out = (enum cd_dtype)d;
			return 0;
		}
	return cd_fail(e, "'%s' is not u8, i32, i64, f32 or f64",
	    shown(buf, sizeof buf, word ? word : ""));
}

/* Parses a tensor's line; s: what follows "tensor". */
static int
add_tensor(struct cd_text *t, char *s, struct cd_err *e)
{
	char *name = cut_word(&s), *dtype = cut_word(&s), *word;
	uint64_t dim[CD_RANK_MAX], size;
	enum cd_dtype d = CD_U8;
	int i = t->rec.ntensors, rank;
	int64_t n;

	if (i == CD_TENSORS_MAX)
		return cd_fail(e, "more than %d tensors", CD_TENSORS_MAX);
	if (!name)
		return cd_fail(e, "a tensor without a name");
	n = unescape(name, e);
	if (n < 0 || take_dtype(dtype, &d, e) < 0)
		return -1;
	if (n > CD_NAME_MAX || memchr(name, '\0', (size_t)n))
		return cd_fail(e,
		    "a tensor's name has more than %d bytes or "
		    "a NUL",
		    CD_NAME_MAX);
	memcpy(t->names[i], name, (size_t)n);
	t->names[i][n] = '\0';
	if (cd_rec_find(&t->rec, t->names[i]))
		return cd_fail(e, "two tensors have the same name");
	for (rank = 0; (word = cut_word(&s)); rank++) {
		if (rank == CD_RANK_MAX)
			return cd_fail(e, "rank > %d", CD_RANK_MAX);
		if (take_u64(word, "dimension", UINT64_MAX, &dim[rank], e) < 0)
			return -1;
	}
	if (cd_tensor_size(d, rank, dim, &size) < 0 || size > CD_PAYLOAD_MAX ||
	    size > CD_PAYLOAD_MAX - t->total)
		return cd_fail(e, "more than %" PRIu64 " bytes in a record",
		    CD_PAYLOAD_MAX);
	t->total += cd_round_up((size_t)size, CD_BLOCK);
	t->start[i] = t->payload.len;
	cd_rec_add(&t->rec, t->names[i], d, rank, dim, NULL);
	return 0;
}

/* Parses a record's line; s: what follows "record". */
static int
start_record(struct cd_text *t, char *s, struct cd_err *e)
{
	char *kind = cut_word(&s), *epoch = cut_word(&s);
	char *view = cut_word(&s), *key = cut_word(&s);
	unsigned char k[4];
	uint64_t v;
	int64_t n;

	memset(&t->rec, 0, offsetof(struct cd_rec, tensor));
	t->payload.len = 0;
	t->total = 0;
	/* so that empty tensors too have data that is not NULL */
	if (cd_buf_reserve(&t->payload, CD_BLOCK, e) < 0)
		return -1;
	n = kind ? unescape(kind, e) : 0;
	if (n != sizeof k)
		return cd_fail(e, "a record's kind has four bytes");
	memcpy(k, kind, sizeof k);
	t->rec.kind = cd_get32(k);
	if (t->rec.kind == CD_END)
		return cd_fail(e, "a record cannot be of the kind END.");
	if (take_u64(epoch, "epoch", UINT64_MAX, &t->rec.epoch, e) < 0 ||
	    take_u64(view, "view", UINT32_MAX, &v, e) < 0)
		return -1;
	t->rec.view = (uint32_t)v;
	n = key ? unescape(key, e) : 0;
	if (n < 0)
		return -1;
	if (n > CD_KEY_MAX || (key && memchr(key, '\0', (size_t)n)))
		return cd_fail(e, "a key has more than %d bytes or a NUL",
		    CD_KEY_MAX);
	memcpy(t->key, key ? key : "", (size_t)n);
	t->key[n] = '\0';
	t->rec.key = t->key;
	if (s[strspn(s, " ")])
		return cd_fail(e, "more words than kind, epoch, view and key");
	return 0;
}

/* Parses tensors and their numbers, up to the next record or end line. */
static int
take_tensors(struct cd_text *t, struct cd_err *e)
{
	char *s, *word;

	for (;;) {
		if (need_line(t, e) < 0)
			return -1;
		if (after_word(t, "record") || after_word(t, "end")) {
			t->pending = true;
			return finish_tensor(t, e);
		}
		s = after_word(t, "tensor");
		if (s) {
			if (finish_tensor(t, e) < 0 || add_tensor(t, s, e) < 0)
				return -1;
			continue;
		}
		s = line_text(t);
		if (t->rec.ntensors == 0)
			return cd_fail(e,
			    "not a line of the text of a "
			    "stream");
		while ((word = cut_word(&s)))
			if (add_value(t, word, e) < 0)
				return -1;
	}
}

static int
take_end(struct cd_text *t, char *s, struct cd_err *e)
{
	int got;

	if (take_u64(cut_word(&s), "count of skipped pictures", UINT64_MAX,
		&t->skipped, e) < 0)
		return -1;
	if (s[strspn(s, " ")])
		return cd_fail(e, "more words than the count of skipped");
	got = next_line(t, e);
	if (got > 0)
		return cd_fail(e, "text after the end line");
	t->ended = true;
	return got;
}

static int
next(struct cd_text *t, struct cd_err *e)
{
	char *s;
	int i;

	if (t->ended)
		return 0;
	if (need_line(t, e) < 0)
		return -1;
	s = after_word(t, "end");
	if (s)
		return take_end(t, s, e);
	s = after_word(t, "record");
	if (!s)
		return cd_fail(e,
		    "a record's line or the end line should "
		    "stand here");
	if (start_record(t, s, e) < 0 || take_tensors(t, e) < 0)
		return -1;
	for (i = 0; i < t->rec.ntensors; i++)
		t->rec.tensor[i].data = t->payload.data + t->start[i];
	return 1;
}

int
cd_text_next(struct cd_text *t, const struct cd_rec **out, struct cd_err *e)
{
	int got = next(t, e);

	*out = got == 1 ? &t->rec : NULL;
	if (got < 0)
		return cd_fail_at(e, "%s: line %" PRIu64, t->name,
		    t->line_number);
	return got;
}

static int
take_head(struct cd_text *t, struct cd_err *e)
{
	int got = next_line(t, e);
	int64_t n;
	char *s;

	if (got < 0)
		return -1;
	s = got ? after_word(t, "stream") : NULL;
	if (!s)
		return cd_fail(e, "not the text of a stream");
	if (strcmp(s, "1") != 0)
		return cd_fail(e, "unsupported version of the text");
	for (;;) {
		if (need_line(t, e) < 0)
			return -1;
		s = after_word(t, "head");
		if (!s)
			break;
		n = unescape(s, e);
		if (n < 0)
			return -1;
		if (memchr(s, '\n', (size_t)n))
			return cd_fail(e, "a newline in a header line");
		s[n] = '\n';
		if (t->head.text.len + (size_t)n >= CD_HEAD_TEXT_MAX)
			return cd_fail(e, "header text longer than %d bytes",
			    CD_HEAD_TEXT_MAX);
		if (cd_buf_add(&t->head.text, s, (size_t)n + 1, e) < 0)
			return -1;
	}
	t->pending = true;
	return cd_head_check(&t->head, e);
}

int
cd_text_open(struct cd_text **out, FILE *f, const char *name, struct cd_err *e)
{
	struct cd_text *t = cd_calloc(1, sizeof *t, e);

	*out = NULL;
	if (!t)
		return -1;
	t->f = f;
	t->name = name;
	if (take_head(t, e) < 0) {
		cd_fail_at(e, "%s: line %" PRIu64, name, t->line_number);
		cd_text_close(t);
		return -1;
	}
	*out = t;
	return 0;
}

const struct cd_head *
cd_text_head(const struct cd_text *t)
{
	return &t->head;
}

uint64_t
cd_text_skipped(const struct cd_text *t)
{
	return t->skipped;
}

void
cd_text_close(struct cd_text *t)
{
	if (!t)
		return;
	cd_buf_free(&t->line);
	cd_buf_free(&t->payload);
	cd_head_free(&t->head);
	free(t);
}
