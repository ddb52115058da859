/* A stream as text. */
#include <inttypes.h>
#include <string.h>

#include "rec/text.h"

/* A header line. A long one is escaped byte by byte, so that all its non-ASCII
 * characters come out as \xNN. */
static void
put_head_line(FILE *f, const char *s, size_t n)
{
	char shown[CD_ESCAPED(CD_KEY_MAX)];
	size_t i;

	fputs("head ", f);
	if (n <= CD_KEY_MAX)
		fputs(cd_escape(shown, sizeof shown, s, n), f);
	else
		for (i = 0; i < n; i++)
			fputs(cd_escape(shown, sizeof shown, s + i, 1), f);
	fputc('\n', f);
}

void
cd_text_put_head(FILE *f, const struct cd_head *head)
{
	const char *p = (const char *)head->text.data;
	size_t left = head->text.len, n;
	const char *nl;

	fputs("stream 1\n", f);
	while (left > 0) {
		nl = memchr(p, '\n', left);
		n = nl ? (size_t)(nl - p) : left;
		put_head_line(f, p, n);
		n += nl != NULL;
		p += n;
		left -= n;
	}
}

/* Names and keys are one word: spaces are escaped too. */
static void
put_word(FILE *f, const char *s, size_t n)
{
	char shown[CD_ESCAPED(CD_KEY_MAX)];
	const char *p;

	for (p = cd_escape(shown, sizeof shown, s, n); *p; p++)
		if (*p == ' ')
			fputs("\\x20", f);
		else
			fputc(*p, f);
}

/* Most of a stream is bytes: no printf, no locking. */
static void
put_byte(FILE *f, unsigned v)
{
	if (v >= 100)
		putc_unlocked('0' + (int)(v / 100), f);
	if (v >= 10)
		putc_unlocked('0' + (int)(v / 10 % 10), f);
	putc_unlocked('0' + (int)(v % 10), f);
}

/* One line for each row of the last dimension; several if it is long. */
static void
put_values(FILE *f, const struct cd_tensor *t)
{
	uint64_t n = t->size / cd_dtype_size(t->dtype), i, in_row = 0;
	uint64_t row = t->rank > 0 ? t->dim[t->rank - 1] : 1;
	const unsigned char *bytes = t->data;
	char number[CD_TEXT_NUMBER];

	for (i = 0; i < n; i++) {
		if (t->dtype == CD_U8)
			put_byte(f, bytes[i]);
		else
			fputs(cd_text_number(number, t->dtype, t->data, i), f);
		in_row++;
		if (in_row == row)
			in_row = 0;
		putc_unlocked(in_row % CD_TEXT_ROW == 0 ? '\n' : ' ', f);
	}
}

void
cd_text_put(FILE *f, const struct cd_rec *r)
{
	char kind[4];
	int i, k;

	for (i = 0; i < 4; i++)
		kind[i] = (char)(r->kind >> 8 * i);
	fputs("record ", f);
	put_word(f, kind, sizeof kind);
	fprintf(f, " %" PRIu64 " %" PRIu32, r->epoch, r->view);
	if (r->key[0]) {
		fputc(' ', f);
		put_word(f, r->key, strlen(r->key));
	}
	fputc('\n', f);
	for (i = 0; i < r->ntensors; i++) {
		const struct cd_tensor *t = &r->tensor[i];

		fputs("tensor ", f);
		put_word(f, t->name, strlen(t->name));
		fprintf(f, " %s", cd_dtype_name(t->dtype));
		for (k = 0; k < t->rank; k++)
			fprintf(f, " %" PRIu64, t->dim[k]);
		fputc('\n', f);
		put_values(f, t);
	}
}

void
cd_text_put_end(FILE *f, uint64_t skipped)
{
	fprintf(f, "end %" PRIu64 "\n", skipped);
}
