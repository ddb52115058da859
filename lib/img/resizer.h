/* Pictures of 8 bits brought to another size, proportions given up, by the
 * antialiased triangle filter (pix/resize.h): so each picture's bytes depend
 * on it and the size alone. */
#ifndef CD_IMG_RESIZER_H
#define CD_IMG_RESIZER_H

#include <stdint.h>

#include "base/err.h"
#include "base/team.h"

struct cd_resizer;

/* For teams of up to this many threads, and pictures of this many channels: 3,
 * or it is an error. */
int cd_resizer_new(struct cd_resizer **, int threads, int channels,
    struct cd_err *) CD_MUST_CHECK;
void cd_resizer_free(struct cd_resizer *);

/* One picture: out [toh,tow,3] from in [h,w,3]. */
int cd_resizer_one(struct cd_resizer *, const uint8_t *in, int h, int w,
    uint8_t *out, int toh, int tow, struct cd_err *) CD_MUST_CHECK;

/* in [n,h,w,3] as [n,toh,tow,3] with the team's threads: in itself where that
 * is its size, or memory that is valid until the next call. NULL with e filled
 * where that runs out. */
const uint8_t *cd_resizer_run(struct cd_resizer *, struct cd_team *,
    const uint8_t *in, int n, int h, int w, int toh, int tow, struct cd_err *e);

#endif
