/* The statistics of norms, measured once training is over: "precise batch norm"
 * of Wu and Johnson, Rethinking "Batch" in BatchNorm, 2021, section 3.
 *
 * Running statistics follow weights that change, and belong to pictures as they
 * were augmented; those of a moving average are an average of other nets'
 * statistics. These are of the weights that predict, and of given pictures. */
#ifndef CD_TRAIN_STATISTICS_H
#define CD_TRAIN_STATISTICS_H

#include "train/state.h"

/* Measures them on the file `statistics`, for the moving average if there is
 * one, else for the parameters, with the plan as it is. Each batch passes as in
 * training, normed by its own mean m and variance v, but without dropout; a
 * norm's then are, with weights n of the numbers of pictures,
 *
 *	mean = E[m], variance = E[v] + E[m^2] - E[m]^2
 *
 * A batch, or the rest of one, of a single picture is left out, as it tells
 * little of variance; at least one other is needed. The result does not depend
 * on what the statistics were before. */
int cd_trainer_measure(struct cd_trainer *, struct cd_err *) CD_MUST_CHECK;

/* Is the file one to measure on, and has the net norms? */
int cd_trainer_check_statistics(struct cd_trainer *,
    struct cd_err *) CD_MUST_CHECK;

#endif
