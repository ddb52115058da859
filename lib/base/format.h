/* Files of other kinds, told by their first bytes, so that a message can name
 * what came. */
#ifndef CD_BASE_FORMAT_H
#define CD_BASE_FORMAT_H

#include <stddef.h>

enum {
	CD_FORMAT_BYTES = 32, /* all that is looked at */
};

/* What begins with these n bytes, "gzip data" or "a PNG picture"; NULL: none of
 * the kinds known. */
const char *cd_format_name(const void *, size_t n);

#endif
