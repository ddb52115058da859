/* A net made ready to run: every size computed, all memory taken at once,
 * forward and backward passes over a batch. */
#ifndef CD_PLAN_PLAN_H
#define CD_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/team.h"
#include "net/model.h"

struct cd_plan;

/* A plan for batches of up to `batch` pictures of h x w (0, 0: the net's own
 * size) with this many threads. The model must outlive it; a plan that trains
 * reads its parameters at each run, one that only predicts at the first and
 * after cd_plan_read_slot. training: with what the backward pass needs; running
 * statistics in the model are then updated. Results do not depend on threads;
 * the place of a picture in its batch does not matter, the size of the batch
 * may, in the last bits (the matrix product's order of sums). */
int cd_plan_new(struct cd_plan **, struct cd_model *, int h, int w, int batch,
    int threads, bool training, struct cd_err *) CD_MUST_CHECK;
void cd_plan_free(struct cd_plan *);

/* Reads parameters from this slot of the model from now on, or from "value"
 * (-1), as a new plan does. For predictions only. */
void cd_plan_read_slot(struct cd_plan *, int slot);

/* Probabilities p [n,nclasses], out, of images [n,h,w,C]. A logistic net gives
 * two, those of class 0 and 1. n <= batch. Nothing is dropped out. */
void cd_plan_predict(struct cd_plan *, const uint8_t *images, int n, float *p);

struct cd_batch_result {
	double loss; /* sum over the pictures, each times its weight */
	int correct; /* pictures whose largest probability is where the
			 * largest target is */
};

/* Forward in training mode, loss against targets [n,nclasses] (rows that sum
 * to 1), and backward: the gradient of 1/n times the sum of the losses, each
 * times its weight [n] (NULL: 1), for cd_plan_grad. Dropout draws by (seed,
 * step). */
struct cd_batch_result cd_plan_gradient(struct cd_plan *, const uint8_t *images,
    const float *targets, const float *weights, int n, uint64_t seed,
    uint64_t step);

/* After cd_plan_gradient: the first layer in order whose output has a number
 * that is not finite, or NULL. */
const char *cd_plan_not_finite(const struct cd_plan *, int n);

/* The gradient of model->param[i], [n], valid until the next run; NULL for
 * statistics, which have none. */
const float *cd_plan_grad(const struct cd_plan *, int i);

/* The steps as a table: layers, kernel, shape, FLOPs of a picture's forward
 * pass, memory. */
void cd_plan_print(const struct cd_plan *, FILE *);

/* The plan's threads, for other work between its passes. */
struct cd_team *cd_plan_team(const struct cd_plan *);

#endif
