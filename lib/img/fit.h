/* Bringing pictures to one size. */
#ifndef CD_IMG_FIT_H
#define CD_IMG_FIT_H

#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "pix/resize.h"

enum cd_fit_how {
	CD_FIT_SQUASH, /* the whole picture, proportions given up */
	CD_FIT_CROP,   /* the largest centred part of the right proportions */
	CD_FIT_PAD,    /* the whole picture, centred, black beside it */
	CD_FIT_HOWS
};

struct cd_fit {
	int w, h; /* 0: pictures stay as they are */
	enum cd_fit_how how;
	enum cd_resize_filter filter;
};

/* "squash" and "triangle", as options and the header line "fit" spell them, by
 * number; NULL behind the last. */
extern const char *const cd_fit_hows[CD_FIT_HOWS + 1];
extern const char *const cd_fit_filters[CD_RESIZE_FILTERS + 1];

/* The size to which a whole picture of w x h is brought, before a crop or
 * padding, rounded. */
void cd_fit_whole(const struct cd_fit *, int w, int h, int *tow, int *toh);

/* A worker: tables and rows, kept from picture to picture; for one thread at
 * a time. All zero is a new one. */
struct cd_fitter {
	int w, h;      /* what the tables were made for */
	int left, top; /* where the picture lies in the output */
	struct cd_resize_axis x, y;
	struct cd_buf tables, row;
};

/* out[fit.h][fit.w][3] from in[h][w][3]. fit is the same at each call. */
int cd_fitter_run(struct cd_fitter *, const struct cd_fit *, const uint8_t *in,
    int w, int h, uint8_t *out, struct cd_err *) CD_MUST_CHECK;
void cd_fitter_free(struct cd_fitter *);

#endif
