/* Decoding a list of pictures on several threads, in its order. */
#ifndef CD_IMG_DECODE_H
#define CD_IMG_DECODE_H

#include "base/err.h"
#include "img/list.h"
#include "img/picture.h"

struct cd_decode;

/* The list is read until cd_decode_free. */
struct cd_decode *cd_decode_new(const struct cd_list *,
    const struct cd_jpeg_limits *, const struct cd_fit *, int threads,
    struct cd_err *);
void cd_decode_free(struct cd_decode *);

/* The next picture of the list: 1, with what it was listed as and its pixels,
 * which stay until the next call; 0 when all were given; < 0 where this one
 * cannot be decoded: item is set, the error does not name it, and the next
 * call goes on. */
int cd_decode_next(struct cd_decode *, const struct cd_listed **item,
    const struct cd_picture **, struct cd_err *) CD_MUST_CHECK;

#endif
