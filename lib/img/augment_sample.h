/* One sample being augmented: a copy of its record, and the memory for its
 * pictures. */
#ifndef CD_IMG_AUGMENT_SAMPLE_H
#define CD_IMG_AUGMENT_SAMPLE_H

#include "base/mem.h"
#include "img/augment.h"
#include "pix/warp.h"
#include "rec/copy.h"

/* All zero is empty; its memory only grows. Free with
 * cd_augment_sample_free. */
struct cd_augment_sample {
	struct cd_rec rec;
	struct cd_augment_size size;
	struct cd_augment_draw draw;   /* the caller's to set, between take
					 * and reserve */
	const struct cd_augment *what; /* the caller's; only its fill and value
					* are read */

	struct cd_rec_copy memory;
	struct cd_tensor *image; /* of rec */
	int h, w;		 /* shrunk to this first */
	struct cd_buf shrunk, scratch, out, spare;
};

/* Copies a sample, whose "image" must be u8 [H,W,C], 1 <= H, W <= 65535, 1 <= C
 * <= 4; sets size, its oh and ow to those given, or to the picture's where
 * these are 0. */
int cd_augment_take(struct cd_augment_sample *, const struct cd_rec *, int oh,
    int ow, struct cd_err *) CD_MUST_CHECK;

/* Allocates the memory that size and draw need. */
int cd_augment_reserve(struct cd_augment_sample *,
    struct cd_err *) CD_MUST_CHECK;

/* Puts the transformed picture into rec; allocates nothing, cannot fail. */
void cd_augment_apply(struct cd_augment_sample *);

void cd_augment_sample_free(struct cd_augment_sample *);

#endif
