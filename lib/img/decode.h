/* Decodes a list of pictures on several threads; results come in list order. */
#ifndef CD_IMG_DECODE_H
#define CD_IMG_DECODE_H

#include "base/err.h"
#include "img/list.h"
#include "img/picture.h"

struct cd_decode;

/* The list must outlive the decoder. */
struct cd_decode *cd_decode_new(const struct cd_list *,
    const struct cd_still_how *, const struct cd_fit *, int threads,
    struct cd_err *);
void cd_decode_free(struct cd_decode *);

/* The next picture of the list. 1: *item and the picture are set, the picture
 * until the next call; 0: the end; < 0: the picture of *item could not be
 * decoded, the error does not name it, and the next call goes on with the
 * list. */
int cd_decode_next(struct cd_decode *, const struct cd_listed **item,
    const struct cd_picture **, struct cd_err *) CD_MUST_CHECK;

#endif
