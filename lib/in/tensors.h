/* The header of a safetensors file. Private to lib/in. */
#ifndef CD_IN_TENSORS_H
#define CD_IN_TENSORS_H

#include "in/array.h"

/* Parses the header, n bytes of JSON, and appends a struct cd_array for each
 * tensor, in the order of their numbers. Refused: a name that comes twice, a
 * type unknown, offsets that overlap, leave bytes out or are not as long as
 * type and shape say. "__metadata__" is passed over. */
int cd_tensors_parse(struct cd_buf *, const char *text, size_t n,
    struct cd_err *) CD_MUST_CHECK;

#endif
