/* The values of all lines of one name in a header, to be looked up in either
 * direction: for classes, of which there may be 65536. */
#ifndef CD_REC_VALUES_H
#define CD_REC_VALUES_H

#include "rec/head.h"

struct cd_value {
	const char *s; /* in the header's text: len bytes, no NUL */
	size_t len;
	int i; /* the line's number among those of the name */
};

/* All zero is empty. */
struct cd_values {
	int n;
	struct cd_value *at; /* [n] in the order of lines */
	struct cd_value *sorted;
};

/* Lists the values of the lines with this name. The header must not be changed
 * while they are used. Free with cd_values_free. */
int cd_values_list(struct cd_values *, const struct cd_head *, const char *name,
    struct cd_err *) CD_MUST_CHECK;

/* The number of the first line with this value, or -1. */
int cd_values_find(const struct cd_values *, const char *s, size_t len);

void cd_values_free(struct cd_values *);

#endif
