/* The header text of a stream: lines of "name value", specified in
 * formats/stream.md, "The header text". */
#ifndef CD_REC_HEAD_H
#define CD_REC_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

enum {
	CD_HEAD_TEXT_MAX = 1 << 20, /* bytes of header text */
	CD_CLASSES_MAX = 65536,
	CD_BATCH_MAX = 65536, /* pictures in a batch */
};
#define CD_HEAD_NUMBER_MAX ((int64_t)1 << 53) /* any program holds it exactly */

/* All zero is an empty head. Free with cd_head_free. */
struct cd_head {
	struct cd_buf text; /* the lines, each ended by \n */
};

/* The value of the next line with this name from *at on, *len bytes, not
 * NUL-terminated, or NULL; moves *at, which begins at 0, past it. */
const char *cd_head_next(const struct cd_head *, const char *name, size_t *at,
    size_t *len);

/* The same of the i-th line (from 0) with this name. It reads all before: in a
 * loop over lines take cd_head_next, or cd_values_list (rec/values.h). */
const char *cd_head_nth(const struct cd_head *, const char *name, int i,
    size_t *len);

/* Are the last lines with this name the values that `from` has under old, all
 * of them and in their order? */
bool cd_head_ends_with(const struct cd_head *, const char *name,
    const struct cd_head *from, const char *old);

/* How many lines have this name. */
int cd_head_count(const struct cd_head *, const char *name);

/* Does the first line with this name have exactly this value? */
int cd_head_is(const struct cd_head *, const char *name, const char *value);

/* The first line with this name as a whole number, from 0 to
 * CD_HEAD_NUMBER_MAX; -1 if there is none. The name must be one of those that
 * cd_head_check knows as numbers. */
int64_t cd_head_number(const struct cd_head *, const char *name);
/* The same of those that are not whole; 0 if there is none. */
double cd_head_real(const struct cd_head *, const char *name);

/* Appends a line. The name must be of [a-z0-9-]; a value with a newline or NUL
 * is an error. */
int cd_head_add(struct cd_head *, const char *name, const char *value,
    struct cd_err *) CD_MUST_CHECK;
int cd_head_addn(struct cd_head *, const char *name, const char *value,
    size_t len, struct cd_err *) CD_MUST_CHECK;

/* Removes all lines with this name. */
void cd_head_remove(struct cd_head *, const char *name);

/* Replaces all lines with this name by one, in the first one's place or at the
 * end. */
int cd_head_set(struct cd_head *, const char *name, const char *value,
    struct cd_err *) CD_MUST_CHECK;
int cd_head_set_number(struct cd_head *, const char *name, int64_t value,
    struct cd_err *) CD_MUST_CHECK;

/* The same of "skipped", a number that may be larger than a header's: then it
 * is the largest. */
int cd_head_set_skipped(struct cd_head *, uint64_t n,
    struct cd_err *) CD_MUST_CHECK;

/* Appends the lines of from named old, renamed to name. */
int cd_head_copy_lines(struct cd_head *to, const char *name,
    const struct cd_head *from, const char *old, struct cd_err *) CD_MUST_CHECK;

int cd_head_copy(struct cd_head *to, const struct cd_head *from,
    struct cd_err *) CD_MUST_CHECK;
void cd_head_free(struct cd_head *);

/* Is the text well formed, with numbers where lines are numbers? The error
 * names the line. */
int cd_head_check(const struct cd_head *, struct cd_err *) CD_MUST_CHECK;
/* The part of it that looks at numbers. */
int cd_head_check_numbers(const struct cd_head *,
    struct cd_err *) CD_MUST_CHECK;

/* The number of the class with this name, or -1. */
int cd_head_class(const struct cd_head *, const char *name, size_t len);

/* Can the two be members of one stream: are their holds, class and fit lines
 * the same? The error names both values. */
int cd_head_agree(const struct cd_head *, const struct cd_head *,
    struct cd_err *) CD_MUST_CHECK;

#endif
