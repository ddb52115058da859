/* Limits on what decoding one picture may cost, checked before it is paid. */
#ifndef CD_IMG_LIMITS_H
#define CD_IMG_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct cd_picture_limits {
	int64_t pixels;	 /* width times height */
	int64_t density; /* pixels a byte of the file, of those beyond 4 Mi */
	int64_t scans;	 /* of a progressive JPEG file */
	int64_t memory;	 /* bytes: pixels and the decoder's own memory, and,
			  * where EXIF turns it, the pixels again */
};

/* Fails for a picture of w x h pixels in a file of n bytes that passes pixels
 * or density. */
int cd_limits_check(const struct cd_picture_limits *, int64_t w, int64_t h,
    size_t n, struct cd_err *) CD_MUST_CHECK;
/* Fails if decoding needs more bytes than limits.memory. */
int cd_limits_memory(const struct cd_picture_limits *, int64_t bytes,
    struct cd_err *) CD_MUST_CHECK;

#endif
