/* Where in a picture a net finds a class: Grad-CAM (Selvaraju et al. 2017,
 * section 3). With A [H,W,C] the map that a layer gives, s the score of the
 * class before softmax (plan/plan.h, cd_plan_score_gradient):
 *
 *	alpha_c = the mean over H x W of ds/dA_c
 *	L = ReLU(sum over c of alpha_c A_c)		[H,W]
 *
 * brought to the picture's size by bilinear interpolation and scaled so that
 * its maximum is 255; a map that is 0 everywhere stays so. */
#ifndef CD_SCORE_SALIENCY_H
#define CD_SCORE_SALIENCY_H

#include <stdbool.h>

#include "base/err.h"
#include "net/model.h"
#include "rec/rec.h"
#include "score/run_size.h"

struct cd_saliency;

struct cd_saliency_how {
	int threads;
	struct cd_run_size size;
	bool no_average; /* use the parameters, not their moving average */
	/* a layer's name, or its number, from 1, in the order of the net;
	 * NULL: the last whose map is larger than 1x1 */
	const char *layer;
	/* a class's name, or "predicted", or "label" */
	const char *class;
};

/* Loads the model in the file named; how must outlive the saliency. Fails where
 * the layer is unknown or its map is 1x1. */
int cd_saliency_open(struct cd_saliency **, const char *model,
    const struct cd_saliency_how *how, struct cd_err *) CD_MUST_CHECK;
void cd_saliency_close(struct cd_saliency *);

/* Call once, with the header, before the first sample. As cd_predictor_start;
 * fails too where the class is unknown. */
int cd_saliency_start(struct cd_saliency *, const struct cd_head *,
    struct cd_err *) CD_MUST_CHECK;

/* Makes *out the sample with its map, a tensor "saliency" u8 [height,width,1]
 * in place of one that it had, or behind the others. Valid until the next call,
 * as long as the sample is. Errors do not name the record. */
int cd_saliency_add(struct cd_saliency *, const struct cd_rec *sample,
    struct cd_rec *out, struct cd_err *) CD_MUST_CHECK;

/* The formula above: out [oh,ow] from a and its gradient da, both [h,w,c].
 * rough: scratch [h,w]; smooth: scratch [oh,ow]. Fails where a number is not
 * finite. */
int cd_saliency_map(const float *a, const float *da, int h, int w, int c,
    float *rough, float *smooth, uint8_t *out, int oh, int ow,
    struct cd_err *) CD_MUST_CHECK;

#endif
