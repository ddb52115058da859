/* A net ready to run: forward and backward passes over a batch, in memory that
 * is allocated once. */
#ifndef CD_PLAN_PLAN_H
#define CD_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/ranks.h"
#include "base/team.h"
#include "net/model.h"

struct cd_plan;

/* A plan for batches of up to `batch` pictures of h x w (0, 0: the net's own
 * size) with this many threads. The model must outlive it. A plan that trains
 * reads the parameters at each run; one that only predicts may do so only at
 * the first, and after cd_plan_read_slot. training: with a backward pass;
 * forward passes then update the running statistics in the model. Results do
 * not depend on threads, nor on a picture's place in its batch; they may depend
 * on the size of the batch, in the last bits (the order of sums in matrix
 * products). */
int cd_plan_new(struct cd_plan **, struct cd_model *, int h, int w, int batch,
    int threads, bool training, struct cd_err *) CD_MUST_CHECK;
/* A plan for cd_plan_predict, and cd_plan_score_gradient after it: the gradient
 * by the map that this layer, any but flatten, gives (its ReLU included). */
int cd_plan_new_map(struct cd_plan **, struct cd_model *, int h, int w,
    int batch, int threads, int layer, struct cd_err *) CD_MUST_CHECK;
void cd_plan_free(struct cd_plan *);

/* From now on the passes are of several ranks together, each of which calls
 * them with the same arguments, and has the same results, to the last bit those
 * of one alone; of images a rank reads those of cd_plan_pictures only. The
 * ranks must outlive the plan. An error if the net's sums have fewer parts than
 * there are ranks. Not for plans of cd_plan_new_map. */
int cd_plan_share(struct cd_plan *, const struct cd_ranks *,
    struct cd_err *) CD_MUST_CHECK;

/* The first of a batch of n pictures that a rank works on; of rank + 1, where
 * it ends. */
int cd_plan_pictures(const struct cd_ranks *, int rank, int n);

/* From now on reads parameters from this slot of the model; -1: from "value",
 * as a new plan does. For cd_plan_predict and cd_plan_measure
 * only. */
void cd_plan_read_slot(struct cd_plan *, int slot);

/* Probabilities p [n,nclasses], out, of images [n,h,w,C]. A logistic net gives
 * two, of class 0 and of class 1. n <= batch. Dropout does nothing. */
void cd_plan_predict(struct cd_plan *, const uint8_t *images, int n, float *p);

struct cd_batch_result {
	double loss; /* sum over the pictures, each times its weight */
	int correct; /* pictures whose most probable class is their label */
};

/* Forward in training mode, the loss against targets [n,nclasses] (rows sum to
 * 1), and backward. labels [n] are only counted; NULL: they are not. The
 * gradient (cd_plan_grad) is that of 1/n times the sum of the losses, each
 * times its weight [n] (NULL: 1). Dropout draws by (seed, step). */
struct cd_batch_result cd_plan_gradient(struct cd_plan *, const uint8_t *images,
    const float *targets, const int32_t *labels, const float *weights, int n,
    uint64_t seed, uint64_t step);

/* Forward as in training, by the batch's means and variances, but without
 * dropout. The statistics of norms become those of this batch, the variance the
 * mean square deviation, not the unbiased estimate. */
void cd_plan_measure(struct cd_plan *, const uint8_t *images, int n);

/* After cd_plan_predict of n pictures, by a plan of cd_plan_new_map: the
 * layer's map A [n,H,W,C] and dS/dA, of the same shape, where S is the sum over
 * the pictures i of the score of class[i]: the net's output for it, before
 * softmax; of a logistic net's one output z, z for class 1 and -z for class 0.
 * Norms use the model's statistics, dropout does nothing. Valid until the next
 * run. */
void cd_plan_score_gradient(struct cd_plan *, int n, const int *class,
    const float **map, const float **grad);

/* Where cd_plan_gradient of the same arguments gave no finite loss: the name of
 * the first layer of the first step whose output is not all finite, or NULL. It
 * passes forward once more. */
const char *cd_plan_not_finite(struct cd_plan *, const uint8_t *images, int n,
    uint64_t seed, uint64_t step);

/* The gradient of model->param[i], [param[i].n], valid until the next run; NULL
 * for statistics. */
const float *cd_plan_grad(const struct cd_plan *, int i);

/* The steps as a table: layers, kernel, shape, FLOPs of a picture's forward
 * pass, memory. */
void cd_plan_print(const struct cd_plan *, FILE *);

/* The plan's threads, for other work between its passes. */
struct cd_team *cd_plan_team(const struct cd_plan *);

#endif
