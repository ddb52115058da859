/* Resizes 8-bit pictures, aspect ratio not kept, by the antialiased triangle
 * filter (pix/resize.h). The result depends only on the picture and the
 * size. */
#ifndef CD_IMG_RESIZER_H
#define CD_IMG_RESIZER_H

#include <stdint.h>

#include "base/err.h"
#include "base/team.h"

struct cd_resizer;

/* For teams of up to this many threads. Any number of channels but 3 is an
 * error. */
int cd_resizer_new(struct cd_resizer **, int threads, int channels,
    struct cd_err *) CD_MUST_CHECK;
void cd_resizer_free(struct cd_resizer *);

/* One picture: out [toh,tow,3] from in [h,w,3]. A resizer serves one caller at
 * a time. */
int cd_resizer_one(struct cd_resizer *, const uint8_t *in, int h, int w,
    uint8_t *out, int toh, int tow, struct cd_err *) CD_MUST_CHECK;

/* in [n,h,w,3] as [n,toh,tow,3], by the team's threads: in itself where it has
 * that size, else memory that is valid until the next call. NULL, with e
 * filled: out of memory. */
const uint8_t *cd_resizer_run(struct cd_resizer *, struct cd_team *,
    const uint8_t *in, int n, int h, int w, int toh, int tow, struct cd_err *e);

#endif
