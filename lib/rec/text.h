/* The lossless text form of a stream, written and read; cd-text(1) describes
 * the lines. */
#ifndef CD_REC_TEXT_H
#define CD_REC_TEXT_H

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "rec/rec.h"

enum {
	CD_TEXT_NUMBER = 32,	     /* bytes that any number fits in */
	CD_TEXT_ROW = 1024,	     /* most numbers on a line */
	CD_TEXT_LINE_MAX = 16 << 20, /* bytes of a line that is read */
};

/* The i-th element of a tensor as text that reads back to the same bits; floats
 * with 7 digits (f64: 15) if that is enough, else 9 (17). out: CD_TEXT_NUMBER
 * bytes. Returns out. */
char *cd_text_number(char *out, enum cd_dtype, const void *data, uint64_t i);

/* Parses word to the little-endian bytes of an element; < 0: it is no value of
 * this type. */
int cd_text_parse(unsigned char out[8], enum cd_dtype,
    const char *word) CD_MUST_CHECK;

/* Writes the lines of a header, a record, the end. The caller checks for errors
 * (ferror). */
void cd_text_put_head(FILE *, const struct cd_head *);
void cd_text_put(FILE *, const struct cd_rec *);
void cd_text_put_end(FILE *, uint64_t skipped);

struct cd_text;

/* Reads the header's lines from f, which stays the caller's; f is read ahead by
 * up to a buffer. name: for messages, "NAME: line 12: ..."; must outlive the
 * reader. */
int cd_text_open(struct cd_text **, FILE *f, const char *name,
    struct cd_err *) CD_MUST_CHECK;
const struct cd_head *cd_text_head(const struct cd_text *);
/* 1: *rec is the next record, valid until the next call; 0: the end line, after
 * which the file must end; < 0: an error. */
int cd_text_next(struct cd_text *, const struct cd_rec **,
    struct cd_err *) CD_MUST_CHECK;
/* The end line's count of skipped pictures, after cd_text_next returned 0. */
uint64_t cd_text_skipped(const struct cd_text *);
void cd_text_close(struct cd_text *);

#endif
