/* Puts the pictures of records, their labels and predictions on a contact
 * sheet. */
#ifndef CD_IMG_CONTACT_H
#define CD_IMG_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "img/drawn.h"
#include "img/sheet.h"
#include "rec/rec.h"
#include "rec/values.h"

/* A picture on the sheet, without its pixels. */
struct cd_contact_cell {
	uint64_t key;	  /* hash */
	uint64_t escaped; /* of the escaped key */
	uint64_t epoch;
	uint32_t view;
	int w, h;  /* the picture's sides */
	int label; /* -1: none */
	int views; /* predictions added to sum */
};

struct cd_contact {
	struct cd_sheet sheet;
	int n, room;			 /* pictures on it, and at most */
	struct cd_values own, predicted; /* classes, of both streams */
	bool epochs;			 /* pictures come in several */
	struct cd_contact_cell *cells;
	double *sum; /* [room,classes], of predicted values */
	int classes; /* of the predictions */
	/* set it after cd_contact_new: pictures are mixed with their maps
	 * (img/heat.h), tensors "saliency", which they must have */
	bool saliency;
	struct cd_buf blend;
};

/* An empty sheet for room pictures from a stream with this head. predicted:
 * the head of the stream of predictions, or NULL. Both heads must outlive the
 * sheet. drawn: lines of text are left for cd_contact_drawn. The other
 * arguments are those of cd_sheet_new. Call cd_contact_free
 * after an error too. */
int cd_contact_new(struct cd_contact *, const struct cd_head *,
    const struct cd_head *predicted, bool drawn, int room, int columns,
    int cell_w, int cell_h, struct cd_err *) CD_MUST_CHECK;
void cd_contact_free(struct cd_contact *);

/* Puts a sample, or the pictures of a batch, on the sheet while there is room.
 * Records of other kinds are ignored. Fails on a malformed sample or batch, or
 * a picture that cannot be shown. */
int cd_contact_add(struct cd_contact *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

/* Adds a prediction to the pictures on the sheet that have its key; several
 * predictions for one key are averaged. Other records are ignored. */
int cd_contact_predict(struct cd_contact *, const struct cd_rec *,
    struct cd_err *) CD_MUST_CHECK;

/* Writes what was drawn at random for a picture below those on the sheet that
 * have its key, epoch and view. Returns how many. */
int cd_contact_drawn(struct cd_contact *, const struct cd_drawn *);

/* Writes the predicted class below each picture: green where it is the label,
 * red and framed where it is not, grey where there is no label. Classes are
 * matched by name. Returns how many pictures have a prediction. */
int cd_contact_finish(struct cd_contact *);

#endif
