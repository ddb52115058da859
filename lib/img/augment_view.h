/* Views of a picture for evaluation: nothing is drawn at random. */
#ifndef CD_IMG_AUGMENT_VIEW_H
#define CD_IMG_AUGMENT_VIEW_H

#include "base/err.h"
#include "img/augment.h"

enum {
	CD_VIEWS_MAX = 64,
};

/* Where a part lies. */
enum cd_corner {
	CD_CORNER_NONE, /* in the middle */
	CD_CORNER_TL,
	CD_CORNER_TR,
	CD_CORNER_BL,
	CD_CORNER_BR,
};

struct cd_view {
	int w, h; /* of the result; 0: not given */
	bool flip;
	double crop; /* share of each side, 0 < crop <= 1 */
	enum cd_corner corner;
};

struct cd_views {
	int n;
	struct cd_view view[CD_VIEWS_MAX];
};

/* Parses "96x96,96x96+flip,crop=0.8,crop=0.8:tl,whole". */
int cd_views_parse(struct cd_views *, const char *text,
    struct cd_err *) CD_MUST_CHECK;

/* The draw that makes this view. The part's sides are crop times the
 * picture's, rounded, at least 1; in the middle, halves are rounded to the top
 * and the left. */
struct cd_augment_draw cd_view_draw(const struct cd_view *,
    const struct cd_augment_size *);

#endif
