/* A stream as text, for awk, diff and eyes, and back, without loss.
 * cd-text(1) describes the lines. */
#ifndef CD_REC_TEXT_H
#define CD_REC_TEXT_H

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "rec/rec.h"

enum {
	CD_TEXT_NUMBER = 32,	     /* bytes that any number fits in */
	CD_TEXT_ROW = 1024,	     /* numbers a line, at most */
	CD_TEXT_LINE_MAX = 16 << 20, /* bytes of a line that is read */
};

/* The i-th element of a tensor as text: the fewest of two numbers of digits
 * from which the same bits are read again. out: CD_TEXT_NUMBER bytes.
 * Returns out. */
char *cd_text_number(char *out, enum cd_dtype, const void *data, uint64_t i);

/* The element that word tells, as its bytes in a tensor; < 0: it tells none of
 * this type. */
int cd_text_parse(unsigned char out[8], enum cd_dtype,
    const char *word) CD_MUST_CHECK;

/* The lines of a header, of a record, of the end. An output that fails is
 * found by the caller (ferror). */
void cd_text_put_head(FILE *, const struct cd_head *);
void cd_text_put(FILE *, const struct cd_rec *);
void cd_text_put_end(FILE *, uint64_t skipped);

struct cd_text;

/* Reads the header's lines from f, which stays the caller's and is read no
 * further than a buffer beyond what was asked for. name: for messages,
 * "NAME: line 12: ..."; it must live as long as the reader. */
int cd_text_open(struct cd_text **, FILE *f, const char *name,
    struct cd_err *) CD_MUST_CHECK;
const struct cd_head *cd_text_head(const struct cd_text *);
/* The next record: 1; 0 after the end line, where the file must end too; < 0
 * an error. Valid until the next call. */
int cd_text_next(struct cd_text *, const struct cd_rec **,
    struct cd_err *) CD_MUST_CHECK;
/* The end line's count of skipped pictures, once it was met. */
uint64_t cd_text_skipped(const struct cd_text *);
void cd_text_close(struct cd_text *);

#endif
