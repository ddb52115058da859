/* Fits pictures to one size. */
#ifndef CD_IMG_FIT_H
#define CD_IMG_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "pix/resize.h"

enum cd_fit_how {
	CD_FIT_SQUASH, /* the whole picture, its aspect ratio not kept */
	CD_FIT_CROP,   /* the largest centred part of that aspect ratio */
	CD_FIT_PAD,    /* the whole picture, centred on black */
	CD_FIT_HOWS
};

struct cd_fit {
	int w, h; /* both 0: pictures stay as they are */
	enum cd_fit_how how;
	enum cd_resize_filter filter;
	bool grey; /* then one channel (cd_picturer_run only) */
};

/* The names ("squash", "triangle") used by options and the header line "fit",
 * indexed by the enums; NULL ends them. */
extern const char *const cd_fit_hows[CD_FIT_HOWS + 1];
extern const char *const cd_fit_filters[CD_RESIZE_FILTERS + 1];

/* The size, rounded, to which a whole picture of w x h is resized, before it is
 * cropped or padded. */
void cd_fit_whole(const struct cd_fit *, int w, int h, int *tow, int *toh);

/* A picture to be fitted, it may be shrunk already: of a side of 257, shrunk by
 * 8, there are 32 pixels, which are 32 of the 32.125 that the side spans. */
struct cd_fit_input {
	const uint8_t *pixels; /* [h][w][3] */
	int w, h;
	int full_w, full_h; /* before it was shrunk; 0: w, h */
	int denominator;    /* w = full_w / denominator, rounded down; 0: 1 */
	/* the pixels begin at the picture's right, bottom: it was turned */
	bool from_right, from_bottom;
};

/* Tables and a row, kept from picture to picture; for one thread at a time.
 * All zero is a new one. */
struct cd_fitter {
	struct cd_fit_input like; /* the tables are for such pictures; w 0:
				   * for none */
	int left, top;		  /* where the picture lies in the output */
	struct cd_resize_axis x, y;
	struct cd_buf tables, row;
};

/* out[fit.h][fit.w][3] from in. fit must be the same in each call. */
int cd_fitter_run(struct cd_fitter *, const struct cd_fit *,
    const struct cd_fit_input *in, uint8_t *out, struct cd_err *) CD_MUST_CHECK;
void cd_fitter_free(struct cd_fitter *);

#endif
