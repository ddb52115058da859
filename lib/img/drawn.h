/* What a log of random draws (img/augment_log.h, img/mix_log.h) says of one
 * picture, in words for people. */
#ifndef CD_IMG_DRAWN_H
#define CD_IMG_DRAWN_H

#include <stdint.h>

#include "base/err.h"
#include "img/augment_log.h"

enum {
	CD_DRAWN_COLUMNS = 28, /* at most */
	CD_DRAWN_ITEMS = 24,   /* of words */
	CD_DRAWN_ITEM = 64,    /* bytes of one, its NUL included */
};

struct cd_drawn {
	uint64_t key; /* cd_hash of the escaped key */
	uint64_t epoch;
	uint32_t view;
	/* "rotate -12.3", "flip", "crop 90x81+4+3": what changes nothing is
	 * left out */
	int n;
	char item[CD_DRAWN_ITEMS][CD_DRAWN_ITEM];

	/* private */
	int columns;
	const char *name[CD_DRAWN_COLUMNS];
	char head[CD_AUGMENT_LINE], line[2 * CD_AUGMENT_LINE];
};

/* Takes the first line of a log, without its newline. Fails where it is none of
 * cd-augment's or cd-batch's. */
int cd_drawn_head(struct cd_drawn *, const char *line,
    struct cd_err *) CD_MUST_CHECK;

/* Takes another line, without its newline. */
int cd_drawn_line(struct cd_drawn *, const char *line,
    struct cd_err *) CD_MUST_CHECK;

#endif
