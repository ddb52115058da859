/* Records on a contact sheet: which text belongs to which picture. */
#ifndef CD_IMG_CONTACT_H
#define CD_IMG_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "img/sheet.h"
#include "rec/rec.h"

/* What is known of a picture on the sheet besides its pixels. */
struct cd_contact_cell {
	uint64_t key; /* hash */
	int label;    /* -1: none */
	int views;    /* how many predictions sum holds */
};

struct cd_contact {
	struct cd_sheet sheet;
	int n, room;		    /* pictures on it; at most */
	const struct cd_head *head; /* of the pictures' stream */
	const struct cd_head *predicted;
	struct cd_contact_cell *cells;
	double *sum; /* [room,classes], of predicted values */
	int classes; /* of the predictions */
};

/* An empty sheet for room pictures from a stream with this head, which must
 * live as long; predicted: the head of the stream of predictions, NULL: there
 * is none. cd_sheet_new tells the other arguments. */
int cd_contact_new(struct cd_contact *, const struct cd_head *,
    const struct cd_head *predicted, int room, int columns, int cell_w,
    int cell_h, struct cd_err *) CD_MUST_CHECK;
void cd_contact_free(struct cd_contact *);

/* Puts a sample, or the pictures of a batch, on the sheet while there is room.
 * Records of other kinds are passed over. An error: a record that is no proper
 * sample or batch. */
int cd_contact_add(struct cd_contact *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

/* Notes a prediction for the pictures on the sheet that have its key; those
 * that share a key are averaged. */
int cd_contact_predict(struct cd_contact *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

/* Writes below each picture what was predicted: green where it is the label,
 * red, with a frame, where it is not. Classes are matched by name. Returns
 * how many pictures have a prediction. */
int cd_contact_finish(struct cd_contact *);

#endif
